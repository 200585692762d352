"""The page bends legs as the pipeline does, number for number."""

from collections.abc import Callable
from math import radians
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from bot.web.people import write_people
from pipeline import posing
from pipeline.skeleton import BODY_JOINTS, FOOT_JOINTS, LEGS, Joint, Keypoint, Skeleton
from tests.pages.browser import DESKTOP, Opened
from tests.pages.editor.stand import Stand
from tests.web.page import Json

CASES = 120
AT_ONCE = 20  # what goes over the wire to the browser in one piece
CLOSE = 1e-4  # pixels: near a stretched leg an arc cosine makes much of the last digit
ALL = (*BODY_JOINTS, *FOOT_JOINTS)
RUN = """async (cases) => {
  const posing = await import('/static/editor/posing.js');
  const { LEGS } = await import('/static/editor/body.js');
  return cases.map(({ person, edit, of, numbers }) =>
    posing[edit](person, edit === 'transformLeg' ? LEGS[of] : of, ...numbers));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def page(opened: Opened, stand: Stand) -> Page:
    page = await opened.page(DESKTOP)
    await page.goto(stand.url)
    return page


def person(skeleton: Skeleton) -> Json:
    """Write somebody as the page reads them."""
    return write_people((skeleton,))[0]


def _somebody(random: Random) -> Skeleton:
    """Somebody drawn by lot: some joints missing, some guessed, some hidden, some in one place."""
    known = [joint for joint in ALL if random.random() < 0.92]
    spots = [(random.uniform(-200, 900), random.uniform(-200, 1300)) for _ in ALL]
    places = {
        joint: random.choice(spots[:4]) if random.random() < 0.05 else spots[joint]
        for joint in known
    }
    return Skeleton(
        {
            joint: Keypoint(x, y, random.random(), guessed=random.random() < 0.3)
            for joint, (x, y) in places.items()
        },
        hidden=frozenset(joint for joint in known if random.random() < 0.05),
    )


def _straight(random: Random) -> Skeleton:
    """Somebody whose legs are stretched: to which side they bend, their places do not tell."""
    body = _somebody(random)
    changes = {
        joint: Keypoint(200 + 100 * side, 300 + 100 * along)
        for side, leg in enumerate(LEGS)
        for along, joint in enumerate((leg.hip, leg.knee, leg.ankle))
    }
    return body.having(changes)


def _bodies(seed: int) -> list[tuple[Random, Skeleton, Joint]]:
    random = Random(seed)
    makers: tuple[Callable[[Random], Skeleton], ...] = (_somebody, _somebody, _straight)
    bodies = [(random, random.choice(makers)(random)) for _ in range(CASES)]
    return [(random, body, random.choice(list(body.visible()))) for random, body in bodies]


async def _same(page: Page, cases: list[Json], expected: list[Skeleton]) -> None:
    found: list[dict[str, Any]] = []
    for start in range(0, len(cases), AT_ONCE):
        found += await page.evaluate(RUN, cases[start : start + AT_ONCE])
    for got, skeleton in zip(found, expected, strict=True):
        told = person(skeleton)
        assert got["keypoints"].keys() == told["keypoints"].keys()
        for joint, place in told["keypoints"].items():
            assert got["keypoints"][joint] == pytest.approx(place, abs=CLOSE)
        assert sorted(got["guessed"]) == told["guessed"]
        assert (got["hidden"], got["front"]) == (told["hidden"], told["front"])


async def test_a_drag_bends_a_body_as_the_pipeline_does(page: Page):
    cases: list[Json] = []
    expected: list[Skeleton] = []
    for random, body, joint in _bodies(1):
        x, y = random.uniform(-300, 1000), random.uniform(-300, 1400)
        cases.append({"person": person(body), "edit": "drag", "of": joint.label, "numbers": [x, y]})
        expected.append(posing.drag(body, joint, x, y))
    await _same(page, cases, expected)


async def test_a_nudge_moves_a_joint_as_the_pipeline_does(page: Page):
    cases: list[Json] = []
    expected: list[Skeleton] = []
    for random, body, joint in _bodies(2):
        dx, dy = random.uniform(-90, 90), random.uniform(-90, 90)
        cases.append(
            {"person": person(body), "edit": "nudge", "of": joint.label, "numbers": [dx, dy]}
        )
        expected.append(posing.nudge(body, joint, dx, dy))
    await _same(page, cases, expected)


async def test_a_leg_turns_and_grows_as_the_pipeline_has_it(page: Page):
    cases: list[Json] = []
    expected: list[Skeleton] = []
    for random, body, _ in _bodies(3):
        for side, leg in zip(("right", "left"), LEGS, strict=True):
            if leg.hip not in body or leg.knee not in body:
                continue
            degrees, factor = random.uniform(-180, 180), random.uniform(0.3, 3)
            numbers = [radians(degrees), factor]
            cases.append(
                {"person": person(body), "edit": "transformLeg", "of": side, "numbers": numbers}
            )
            expected.append(
                posing._transform_leg(body, leg, radians(degrees), factor)  # one step for both
            )
    assert len(cases) > CASES
    await _same(page, cases, expected)


async def test_a_joint_dragged_onto_its_root_stays_finite(page: Page):
    body = _straight(Random(4))
    hip = body.keypoints[Joint.RIGHT_HIP]
    shapes = (Joint.RIGHT_ANKLE, Joint.RIGHT_KNEE)
    cases = [
        {"person": person(body), "edit": "drag", "of": joint.label, "numbers": [hip.x, hip.y]}
        for joint in shapes
    ]
    await _same(page, cases, [posing.drag(body, joint, hip.x, hip.y) for joint in shapes])
