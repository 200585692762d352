"""What goes wrong at the skeleton editor, over real HTTP with a living bot: nothing is lost."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.stories.scene import KNEE, Scene, stands
from tests.web.living import DONE, has
from tests.web.page import Json

Change = Callable[[list[Json]], Any]


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
