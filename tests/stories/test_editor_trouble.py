"""What goes wrong at the skeleton editor, over real HTTP with a living bot: nothing is lost."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.settings import Settings
from pipeline.jobs import RefineJob
from tests.bot.fakes import FakeEngine, photo_bytes
from tests.web.editing import EDITOR, Editing, editor, mask_of, posed, token_of
from tests.web.living import DONE, has, web_bot
from tests.web.page import Json, Message, Page, browser, page

KNEE = "left_knee"
Change = Callable[[list[Json]], Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """Somebody whose photo is completed, with the editor open.

    Attributes:
        engine: What paints.
        page: Their chat.
        card: As it was when the editor was opened.
        editing: The editor.
        jobs: What was painted.
    """

    engine: FakeEngine
    page: Page
    card: Message
    editing: Editing
    jobs: list[object]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncGenerator[Scene]:
    jobs: list[object] = []
    engine = FakeEngine(pace=0.002, began=jobs.append)
    async with web_bot(tmp_path, engine) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        async with editor(url, await token_of(ana, card)) as opened:
            yield Scene(engine, ana, card, opened, jobs)


async def stands(scene: Scene) -> list[Json]:
    """Ask how everybody stands now, by saving what nobody changed."""
    status, told = await scene.editing.saves(scene.editing.people)
    assert status == 200, told
    return told["people"]


def placed(joint: str, point: Any) -> Change:
    def change(people: list[Json]) -> list[Json]:
        people[0]["keypoints"][joint] = point
        return people

    return change


def having(name: str, value: Any) -> Change:
    def change(people: list[Json]) -> list[Json]:
        people[0][name] = value
        return people

    return change


BAD_PEOPLE: dict[str, Change] = {
    "no number": lambda people: placed(KNEE, [float("nan"), 1, 1])(people),
    "infinitely far": placed(KNEE, [float("inf"), 1, 1]),
    "infinitely far the other way": placed(KNEE, [float("-inf"), 1, 1]),
    "a whole number of three hundred digits": placed(KNEE, [10**300, 1, 1]),
    "a billion pixels away": placed(KNEE, [1e9, 1, 1]),
    "surer than sure": placed(KNEE, [1, 1, 2]),
    "less than unsure": placed(KNEE, [1, 1, -1]),
    "two numbers": placed(KNEE, [1, 1]),
    "four numbers": placed(KNEE, [1, 1, 1, 1]),
    "words": placed(KNEE, ["1", "1", "1"]),
    "true and false": placed(KNEE, [True, False, True]),
    "nothing": placed(KNEE, None),
    "a third knee": placed("third_knee", [1, 1, 1]),
    "a joint in capitals": placed("LEFT_KNEE", [1, 1, 1]),
    "joints in a list": having("keypoints", [[1, 1, 1]]),
    "hiding what nobody has": having("hidden", ["tail"]),
    "hiding a billion": having("hidden", [KNEE] * 1000),
    "hiding in words": having("hidden", KNEE),
    "a leg in the middle in front": having("front", "middle"),
    "a list in front": having("front", ["left"]),
    "nobody": lambda _: [],
    "one more": lambda people: [*people, *people],
    "no list": lambda people: {"people": people},
    "a number": lambda _: 7,
    "null": lambda _: None,
    "people as words": lambda people: json.dumps(people),
    "nobodies": lambda _: [None],
}


@pytest.mark.parametrize(
    ("path", "more"),
    [("save", {"version": 1}), ("edit", {"person": 0, "edit": "mirror"})],
)
async def test_what_are_no_people_is_refused_in_a_sentence_and_nothing_is_lost(
    scene: Scene, path: str, more: Json
):
    before = await stands(scene)
    for case, change in BAD_PEOPLE.items():
        asked = {**more, "base": scene.editing.document["mark"]}
        people = change(scene.editing.people)
        status, answer = await scene.editing.posts(path, {**asked, "people": people})
        assert status in (400, 422), (case, answer)
        assert answer["error"].endswith("."), case
    assert await stands(scene) == before


GARBAGE = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "half": b"{",
    "no text": b"\xff\xfe",
    "brackets": b"[" * 200_000,
    "depths": b'{"a":' * 50_000,
    "digits": b"1" * 10_000,
}


@pytest.mark.parametrize("path", ["open", "save", "edit", "refine", "openpose"])
async def test_garbage_is_refused_in_a_sentence(scene: Scene, path: str):
    for case, body in GARBAGE.items():
        status, answer = await scene.editing.sends(path, body)
        assert 400 <= status < 500, case
        assert answer["error"].endswith("."), case


async def test_a_billion_points_are_cut_off_before_they_are_read(scene: Scene):
    points = b'{"version":1,"people":[' + b"[1,1,1]," * 1_000_000
    status, answer = await scene.editing.sends("save", points)
    assert status == 413
    assert answer["error"].endswith(".")


async def test_an_edit_that_cannot_be_done_is_refused_in_a_sentence(scene: Scene):
    for edit in ("", "dance", "preset flying", "left_knee up 99999", "민아", "\0", 7, None):
        told = {"people": scene.editing.people, "person": 0, "edit": edit}
        status, answer = await scene.editing.posts("edit", told)
        assert status in (400, 422), edit
        assert answer["error"], edit


async def test_nobody_else_is_edited(scene: Scene):
    for person in (-1, 1, 10**30, "0", None, True, 0.5):
        told = {"people": scene.editing.people, "person": person, "edit": "mirror"}
        status, _ = await scene.editing.posts("edit", told)
        assert status in (400, 422), person


async def test_an_openpose_file_that_is_none_is_refused_in_a_sentence(scene: Scene):
    _, file = await scene.editing.gets("openpose")
    somebody = file["people"][0]
    nothing: Json = {}
    files: tuple[Json, ...] = (
        nothing,
        {"people": 7},
        {"people": [None]},
        {"people": []},
        {"people": [nothing]},
        {"people": [{"pose_keypoints_2d": [1, 2, 3]}]},
        {"people": [{"pose_keypoints_2d": [float("nan")] * 54}]},
        {"people": [{"pose_keypoints_2d": [1e300] * 54}]},
        {"people": [{**somebody, "front": "nose"}]},
        {"people": [{**somebody, "hidden": ["tail"]}]},
        {"people": [{**somebody, "hidden": 7}]},
        {**file, "canvas_width": 0},
        {**file, "canvas_width": -5},
        {**file, "canvas_width": "160"},
        {**file, "canvas_width": 1e-300},
        {**file, "people": [somebody, somebody]},
    )
    for told in files:
        status, answer = await scene.editing.posts("openpose", told)
        assert status in (400, 422), told
        assert answer["error"].endswith("."), told


async def test_an_openpose_file_of_thousands_is_refused_at_once(scene: Scene):
    somebody = {"pose_keypoints_2d": [1, 1, 1] * 18}
    status, answer = await scene.editing.posts("openpose", {"people": [somebody] * 3000})
    assert status in (400, 422)
    assert answer["error"].endswith(".")


async def test_a_link_opens_once_and_the_browser_it_opened_can_load_anew(scene: Scene):
    token = await token_of(scene.page, scene.card)
    async with editor(scene.page.url, token) as first, browser() as session:
        assert (await first.opens({}))[0] == 200
        late = Editing(scene.page.url, session)
        assert (await late.opens({"token": token}))[0] == 403
        assert (await late.opens({}))[0] in (401, 403)


async def test_who_only_looks_at_a_link_uses_nothing_up(scene: Scene):
    token = await token_of(scene.page, scene.card)
    async with browser() as session:
        for method in ("GET", "HEAD", "OPTIONS"):
            for address in (
                "/edit",
                f"/edit?{token}",
                "/api/editor/open",
                f"/api/editor/open?{token}",
            ):
                async with session.request(method, f"{scene.page.url}{address}") as answer:
                    assert answer.status in (200, 404, 405, 403)
        form = {"token": token}
        async with session.post(f"{scene.page.url}/api/editor/open", json=form) as answer:
            assert answer.status == 403, "another page's post has no header of ours"
    async with editor(scene.page.url, token) as opened:
        assert opened.document["session"] == scene.editing.document["session"]


async def test_without_a_link_nobody_gets_in(scene: Scene):
    async with browser() as session:
        stranger = Editing(scene.page.url, session)
        nothing: Json = {}
        keys: tuple[Json, ...] = (
            nothing,
            {"token": ""},
            {"token": 7},
            {"token": None},
            {"initData": "x"},
        )
        for key in keys:
            status, answer = await stranger.opens(key)
            assert status in (400, 401, 403), key
            assert answer["error"].endswith("."), key
        stranger.document = scene.editing.document
        assert (await stranger.saves(scene.editing.people))[0] == 401
        stranger.visit = "x" * 43
        assert (await stranger.saves(scene.editing.people))[0] == 401
        assert (await stranger.gets("openpose"))[0] == 401


async def test_the_cookie_of_the_chat_opens_no_editor(scene: Scene):
    stranger = Editing(scene.page.url, scene.page.session, document=scene.editing.document)
    assert (await stranger.saves(scene.editing.people))[0] == 401


async def test_two_editors_of_one_browser_never_save_over_each_other(scene: Scene):
    other = await posed_anew(scene.page)
    token = await token_of(scene.page, other)
    first = scene.editing
    second = Editing(first.url, first.session)
    assert (await second.opens({"token": token}))[0] == 200
    assert second.document["session"] != first.document["session"]
    status, answer = await first.saves(first.moved(KNEE, 11, 22))
    if status != 200:
        assert answer["error"].endswith(".")
    again = Editing(first.url, first.session)
    assert (await again.opens({}))[0] == 200
    assert again.document["session"] == second.document["session"]
    assert again.document["people"] == second.document["people"]


async def posed_anew(ana: Page) -> Message:
    """Begin a conversation about another photo."""
    known = {message.id for message in ana.told()}
    status, _ = await ana.sends_photo(photo_bytes(colour="olive"))
    assert status == 202
    return await ana.sees(lambda one: one.id not in known and has(EDITOR)(one), within=20)


async def test_the_picture_lies_on_the_canvas_however_tall_it_is(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await posed(ana, photo_bytes(160, 500))
        async with editor(url, await token_of(ana, card)) as opened:
            picture, canvas = await opened.picture(), opened.document["canvas"]
            assert picture.width / picture.height == pytest.approx(
                canvas["width"] / canvas["height"], rel=0.01
            )


async def test_a_picture_is_shown_to_who_was_let_in(scene: Scene):
    picture = await scene.editing.picture()
    assert picture.size == (160, 320)


async def test_a_mask_of_another_size_or_of_nothing_is_refused(scene: Scene):
    white = mask_of((160, 320), lambda mask: mask.paste(255, (0, 210, 160, 320)))
    for content in (mask_of((10, 10)), mask_of((160, 320)), b"", b"\x89PNG", white[:60]):
        status, answer = await scene.editing.sends("mask", content)
        assert 400 <= status < 500
        assert answer["error"].endswith(".")
    assert (await scene.editing.sends("mask", white))[0] == 200


async def test_a_mask_of_fifty_megabytes_is_cut_off(scene: Scene):
    async def pouring() -> AsyncGenerator[bytes]:
        for _ in range(800):
            yield b"\x89PNG" * 16_000

    try:
        status, answer = await scene.editing.sends("mask", pouring())
    except OSError:
        status, answer = 413, {"error": "."}
    assert 400 <= status < 500
    assert answer["error"].endswith(".")
    assert await stands(scene) == scene.editing.people


async def test_a_bomb_of_a_mask_is_refused_unread(scene: Scene):
    status, answer = await scene.editing.sends(
        "mask", await asyncio.to_thread(mask_of, (12_000, 12_000))
    )
    assert status == 422
    assert answer["error"].endswith(".")


async def test_a_drawn_mask_reaches_the_painter_and_leaves_the_photo_alone(scene: Scene):
    white = mask_of((160, 320), lambda mask: mask.paste(255, (0, 100, 160, 320)))
    _, told = await scene.editing.sends("mask", white)
    order = {"version": 1, "base": scene.editing.document["mark"], "mask": told["mask"]}
    assert (await scene.editing.posts("refine", order))[0] == 202
    await scene.page.sees(has(DONE), within=20)
    job = scene.jobs[-1]
    assert isinstance(job, RefineJob)
    assert isinstance(job.mask, Image.Image)
    assert (job.mask.mode, job.mask.size) == ("L", (160, 320))
    assert job.mask.getbbox() == (0, 100, 160, 320)
    assert not job.anywhere


async def test_a_mask_that_nobody_drew_orders_nothing(scene: Scene):
    masks: tuple[object, ...] = ("", "m1", "0" * 64, 7, [], {"a": 1})
    for mask in masks:
        status, answer = await scene.editing.posts("refine", {"version": 1, "mask": mask})
        assert 400 <= status < 500, mask
        assert answer["error"].endswith("."), mask
    assert len(scene.jobs) == 1


async def test_another_version_is_told_and_not_painted(scene: Scene):
    for version in (None, 0, 2, "1", 10**30, True, 1.5):
        status, _ = await scene.editing.posts("refine", {"version": version, "mask": None})
        assert 400 <= status < 500, version
    assert len(scene.jobs) == 1


async def test_while_the_bot_paints_nothing_is_saved_and_that_is_said(scene: Scene):
    scene.engine.hold.clear()
    try:
        order = {"version": 1, "base": scene.editing.document["mark"], "mask": None}
        assert (await scene.editing.posts("refine", order))[0] == 202
        for path, told in (
            ("save", {**order, "people": scene.editing.moved(KNEE, 11, 22)}),
            ("refine", order),
        ):
            status, answer = await scene.editing.posts(path, told)
            assert status in (409, 423)
            assert "painting" in answer["error"]
    finally:
        scene.engine.hold.set()
    await scene.page.sees(has(DONE), within=20)


async def test_an_order_too_many_is_refused_to_whoever_ordered(tmp_path: Path):
    async with web_bot(tmp_path, settings=Settings(daily=1)) as url, page(url) as ana:
        card = await posed(ana, photo_bytes())
        async with editor(url, await token_of(ana, card)) as opened:
            order = {"version": 1, "base": opened.document["mark"], "mask": None}
            status, answer = await opened.posts("refine", order)
            assert status in (409, 429)
            assert answer["error"].endswith(".")


async def test_a_save_for_an_older_version_gets_the_new_one(scene: Scene):
    order = {"version": 1, "base": scene.editing.document["mark"], "mask": None}
    await scene.editing.posts("refine", order)
    await scene.page.sees(has(DONE), within=20)
    status, told = await scene.editing.saves(scene.editing.moved(KNEE, 11, 22))
    assert status == 410
    assert told["version"] == 2
    assert len(told["people"]) == 1


async def test_what_two_moved_apart_is_told_and_stays_as_the_chat_has_it(scene: Scene):
    await scene.page.types("left_knee up 20")
    await scene.page.sees("Changed.")
    status, told = await scene.editing.saves(scene.editing.moved(KNEE, 11, 22))
    assert status == 409
    assert told["conflicts"] == [{"person": 0, "joint": KNEE}]
    before = scene.editing.people[0]["keypoints"][KNEE]
    assert told["people"][0]["keypoints"][KNEE][1] == before[1] - 20


async def test_a_save_from_a_pose_that_nobody_remembers_overwrites_nothing(scene: Scene):
    bases: tuple[object, ...] = (None, "", "0" * 16, 7, [], "x" * 10_000)
    for base in bases:
        status, told = await scene.editing.saves(scene.editing.moved(KNEE, 11, 22), base=base)
        assert status == 409, base
        assert {"person": 0, "joint": KNEE} in told["conflicts"], base
    assert await stands(scene) == scene.editing.people


async def test_who_is_forgotten_is_let_in_no_more(scene: Scene):
    async with scene.editing.listens():
        await scene.page.types("/forget")
        asked = await scene.page.sees(lambda one: one.labels == [["Delete everything"]])
        await scene.page.taps(asked, "Delete everything")
        await scene.editing.hears("over")
    assert (await scene.editing.saves(scene.editing.people))[0] == 401


async def test_a_socket_that_says_nonsense_is_closed(scene: Scene):
    address, headers = f"{scene.page.url}/api/editor/live", {"Origin": scene.page.url}
    async with browser() as session:
        for said in ("", "null", "[]", "{", '{"type":"hello","visit":7}', "x" * 9_000):
            async with session.ws_connect(address, headers=headers) as socket:
                await socket.send_str(said)
                assert (await socket.receive(timeout=5)).data in (1000, 1003, 1008, 1009), said


async def test_a_socket_of_another_page_is_refused(scene: Scene):
    headers = {"Origin": "https://evil.example.org"}
    address = f"{scene.page.url}/api/editor/live"
    async with browser() as session, session.get(address, headers=headers) as answer:
        assert answer.status >= 400
