"""Fingers, mice and keys move what they mean to move."""

from itertools import pairwise
from math import atan2, cos, degrees, hypot, pi, sin
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.pages.browser import DESKTOP, Opened, photograph
from tests.pages.editor.stand import HEIGHT, WIDTH, Stand, standing, stood_up
from tests.pages.editor.talk import Editor
from tests.web.page import Json

# Where the knob is for a left knee at the border of a stage, and where that leg's joints are.
KNOB = """async (person) => {
  const { knobOf } = await import('/static/editor/knob.js');
  const { LEGS } = await import('/static/editor/body.js');
  const { toScreen } = await import('/static/editor/view.js');
  const { a, e, f } = new DOMMatrix(getComputedStyle(world).transform);
  const view = { scale: a, x: e, y: f };
  const size = { width: stage.clientWidth, height: stage.clientHeight };
  const places = LEGS.left.joints.map((joint) => toScreen(view, person.keypoints[joint]));
  return [knobOf(person, 'left_knee', view, size).at, ...places].map(({ x, y }) => [x, y]);
}"""
LEFT = "(() => new DOMMatrix(getComputedStyle(world).transform).e)"  # of the canvas, CSS pixels
LEG = ("right_hip", "right_knee", "right_ankle")


def _lengths(person: Json) -> list[float]:
    """Measure a thigh and a shin."""
    places = [person["keypoints"][joint] for joint in LEG]
    return [hypot(a[0] - b[0], a[1] - b[1]) for a, b in pairwise(places)]


def _lean(person: Json) -> float:
    """Measure how far round its hip the right ankle is, in degrees."""
    hip, ankle = (person["keypoints"][joint] for joint in (LEG[0], LEG[2]))
    return degrees(atan2(ankle[1] - hip[1], ankle[0] - hip[0]))


async def test_a_thumb_drags_an_ankle_and_the_knee_bends(opened: Opened, stand: Stand):
    before = await stand.person()
    editor = await Editor.at(opened, stand)
    scale = await editor.scale()
    await editor.drag("right_ankle", -40, -50)
    (after,) = await editor.saved()
    x, y, score = after["keypoints"]["right_ankle"]
    assert x == pytest.approx(before["keypoints"]["right_ankle"][0] - 40 / scale, abs=0.1)
    assert y == pytest.approx(before["keypoints"]["right_ankle"][1] - 50 / scale, abs=0.1)
    assert score == 1
    assert _lengths(after) == pytest.approx(_lengths(before), abs=0.1)
    assert after["keypoints"]["right_knee"] != before["keypoints"]["right_knee"]
    assert "right_ankle" not in after["guessed"]
    assert after["keypoints"]["left_knee"] == before["keypoints"]["left_knee"]


async def test_without_the_lock_a_joint_moves_alone(opened: Opened, stand: Stand):
    before = await stand.person()
    editor = await Editor.at(opened, stand)
    await editor.page.locator("#lock").tap()
    await editor.drag("right_knee", -40, 0)
    (after,) = await editor.saved()
    moved = {
        joint for joint, place in after["keypoints"].items() if place != before["keypoints"][joint]
    }
    assert moved == {"right_knee"}


async def test_a_joint_moves_as_far_as_the_finger_wherever_it_was_taken(
    opened: Opened, stand: Stand
):
    before = (await stand.person())["keypoints"]["neck"]
    editor = await Editor.at(opened, stand)
    x, y = await editor.spot("neck")
    await editor.thumb.drag((x + 12, y + 9), (x + 42, y + 9))
    (after,) = await editor.saved()
    assert after["keypoints"]["neck"][0] == pytest.approx(
        before[0] + 30 / await editor.scale(), 1e-3
    )
    assert after["keypoints"]["neck"][1] == pytest.approx(before[1], abs=0.1)


async def test_a_tap_chooses_a_joint_and_moves_nothing(opened: Opened, stand: Stand):
    before = (await stand.person())["keypoints"]
    editor = await Editor.at(opened, stand)
    x, y = await editor.spot("left_knee")
    await editor.thumb.press((x, y))
    await editor.thumb.move((x + 3, y + 2))
    await editor.thumb.lift()
    await expect(editor.page.locator("#context-name")).to_have_text("left knee (4)")
    await editor.thumb.tap((x + 120, y - 200))
    await expect(editor.page.locator("#context")).to_be_hidden()
    await editor.drag("nose", 0, -20)
    (after,) = await editor.saved(1)
    assert after["keypoints"] == {**before, "nose": after["keypoints"]["nose"]}


async def test_a_loupe_stands_above_the_finger_only_while_it_holds_a_joint(
    opened: Opened, stand: Stand
):
    editor = await Editor.at(opened, stand)
    loupe = editor.page.locator("#loupe")
    x, y = await editor.spot("right_ankle")
    await expect(loupe).to_be_hidden()
    await editor.thumb.press((x, y))
    await editor.thumb.glide([(x, y)], [(x - 20, y - 20)])
    await expect(loupe).to_be_visible()
    box = await loupe.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < y - 20
    await photograph(editor.page, "editor-loupe")
    await editor.thumb.lift()
    await expect(loupe).to_be_hidden()


async def test_where_handles_crowd_the_leg_wins(opened: Opened, tmp_path: Path):
    crowded = standing(330, 330, 2.0)
    wrist = crowded.keypoints[next(j for j in crowded.keypoints if j.label == "right_wrist")]
    knee = next(j for j in crowded.keypoints if j.label == "right_knee")
    people = [crowded.having({knee: wrist.moved(30, 0)})]
    async with stood_up(people, tmp_path, opened) as stand:
        editor = await Editor.at(opened, stand)
        a, b = await editor.spot("right_wrist"), await editor.spot("right_knee")
        assert b[0] - a[0] < 22
        await editor.thumb.tap(((a[0] + b[0]) / 2, a[1]))
        await expect(editor.page.locator("#context-name")).to_have_text("right knee (3)")


async def test_a_second_finger_turns_and_stretches_the_leg_and_takes_the_drag_back(
    opened: Opened, stand: Stand
):
    before = await stand.person()
    editor = await Editor.at(opened, stand)
    x, y = await editor.spot("right_ankle")
    away = 120
    await editor.thumb.press((x, y))
    await editor.thumb.glide([(x, y)], [(x + 30, y)], 4)
    first, second = (x + 30, y), (x + 30 - away, y)
    await editor.thumb.press(first, second)
    turned, factor = pi / 9, 1.25
    end = (
        first[0] - factor * away * cos(turned),
        first[1] - factor * away * sin(turned),
    )
    await editor.thumb.glide([first, second], [first, end], 20)
    await editor.thumb.lift()
    (after,) = await editor.saved()
    assert _lean(after) - _lean(before) == pytest.approx(20, abs=1.5)
    for length, old in zip(_lengths(after), _lengths(before), strict=True):
        assert length / old == pytest.approx(1.21, abs=0.03)
    assert after["keypoints"]["right_hip"] == before["keypoints"]["right_hip"]


async def test_the_knob_beside_a_leg_turns_it_with_one_finger(opened: Opened, stand: Stand):
    before = await stand.person()
    editor = await Editor.at(opened, stand)
    hip = await editor.spot("right_hip")
    await editor.thumb.tap(await editor.spot("right_knee"))
    foot = await editor.spot("right_ankle")
    knee = await editor.spot("right_knee")
    length = hypot(foot[0] - hip[0], foot[1] - hip[1])
    out = (-(foot[1] - hip[1]) / length, (foot[0] - hip[0]) / length)
    bulge = max(0, (knee[0] - hip[0]) * out[0] + (knee[1] - hip[1]) * out[1]) + 52
    at = (
        (hip[0] + foot[0]) / 2 + out[0] * bulge,
        (hip[1] + foot[1]) / 2 + out[1] * bulge,
    )
    far = hypot(at[0] - hip[0], at[1] - hip[1])
    angle = atan2(at[1] - hip[1], at[0] - hip[0]) - pi / 12
    end = (hip[0] + far * cos(angle), hip[1] + far * sin(angle))
    await editor.thumb.drag(at, end, 20)
    (after,) = await editor.saved()
    assert _lean(after) - _lean(before) == pytest.approx(-15, abs=1)
    assert _lengths(after) == pytest.approx(_lengths(before), rel=0.01)


async def test_at_the_border_the_knob_keeps_off_the_joints(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    await editor.thumb.drag((60, 640), (145, 640))
    await editor.frame()
    hip, knee = await editor.spot("left_hip"), await editor.spot("left_knee")
    await editor.thumb.drag(knee, (350, hip[1] + 20))  # the thigh lies level, almost at the border
    await editor.saved(1)
    assert (await editor.spot("left_knee"))[0] > 340
    await photograph(editor.page, "editor-knob-at-border")
    places: list[list[float]] = await editor.page.evaluate(KNOB, await stand.person())
    knob, joints = places[0], places[1:]
    assert min(hypot(knob[0] - x, knob[1] - y) for x, y in joints) > 40
    assert knob[0] < 340  # on the inner side, for once


async def test_two_fingers_on_the_picture_zoom_and_one_moves_it(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    before, at = await editor.scale(), await editor.spot("nose")
    a, b = (60, 640), (160, 640)
    await editor.thumb.press(a, b)
    await editor.thumb.glide([a, b], [(10, 640), (210, 640)])
    await editor.thumb.lift()
    await editor.frame()
    assert await editor.scale() == pytest.approx(2 * before, rel=0.02)
    at = await editor.spot("left_knee")
    await editor.thumb.drag((60, 640), (100, 600))
    await editor.frame()
    moved = await editor.spot("left_knee")
    assert (moved[0] - at[0], moved[1] - at[1]) == pytest.approx((40, -40), abs=1.5)
    await editor.page.locator("#fit").tap()
    await editor.frame()
    assert await editor.scale() == pytest.approx(before)
    assert editor.saves == []


async def test_a_wheel_zooms_about_the_mouse(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand, DESKTOP)
    before, (x, y) = await editor.scale(), await editor.spot("right_knee")
    await editor.page.mouse.move(x, y)
    await editor.page.mouse.wheel(0, -400)
    await editor.frame()
    assert await editor.scale() > 1.5 * before
    assert await editor.spot("right_knee") == pytest.approx((x, y), abs=1.5)


async def test_a_tap_of_two_fingers_undoes_and_one_of_three_redoes(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    start = await stand.people()
    await editor.drag("right_knee", -30, 0)
    moved = await editor.saved(1)
    await editor.thumb.tap((60, 640), (160, 660))
    assert await editor.saved(2) == start
    await editor.thumb.tap((60, 640), (160, 660), (240, 640))
    assert await editor.saved(3) == moved


async def test_buttons_and_keys_undo_and_redo(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand, DESKTOP)
    start = await stand.people()
    x, y = await editor.spot("left_ankle")
    await editor.page.mouse.move(x, y)
    await editor.page.mouse.down()
    await editor.page.mouse.move(x + 60, y - 40, steps=6)
    await editor.page.mouse.up()
    moved = await editor.saved(1)
    await editor.page.keyboard.press("Control+z")
    assert await editor.saved(2) == start
    await editor.page.keyboard.press("Control+Shift+Z")
    assert await editor.saved(3) == moved
    await editor.page.locator("#undo").click()
    assert await editor.saved(4) == start
    await editor.page.keyboard.press("Control+y")
    assert await editor.saved(5) == moved


async def test_somebody_else_is_edited_once_their_joint_is_taken(opened: Opened, crowd: Stand):
    first, second, third = await crowd.people()
    editor = await Editor.at(opened, crowd)
    await editor.page.get_by_role("button", name="Person 3").tap()
    await editor.frame()  # only then the handles are those of the third
    x, y = await editor.spot("left_ankle")
    await editor.page.get_by_role("button", name="Person 1").tap()
    await editor.frame()
    await editor.thumb.drag((x, y), (x + 10, y - 20))
    after = await editor.saved()
    assert after[:2] == [first, second]
    assert after[2] != third
    chosen = editor.page.get_by_role("button", name="Person 3")
    await expect(chosen).to_have_attribute("aria-pressed", "true")


async def test_joints_outside_the_picture_are_in_reach(opened: Opened, tmp_path: Path):
    async with stood_up([standing(330, 760, 2.0)], tmp_path, opened) as stand:
        ankle = (await stand.person())["keypoints"]["left_ankle"]
        assert ankle[1] > HEIGHT
        editor = await Editor.at(opened, stand)
        await editor.drag("left_ankle", 20, -30)
        (after,) = await editor.saved()
        assert after["keypoints"]["left_ankle"][1] < ankle[1]


async def test_a_joint_held_at_the_border_pulls_the_view_along(opened: Opened, stand: Stand):
    before = (await stand.person())["keypoints"]["left_wrist"]
    editor = await Editor.at(opened, stand)
    (x, y), scale = await editor.spot("left_wrist"), await editor.scale()
    left = await editor.page.evaluate(f"{LEFT}()")
    held = before[0] + (385 - x) / scale
    far = max(held + 100, WIDTH)
    await editor.page.locator("#lock").tap()
    await editor.thumb.press((x, y))
    await editor.thumb.glide([(x, y)], [(385, y)])
    pulled = left - (far + 10 - held) * scale
    await editor.page.wait_for_function(f"(pulled) => ({LEFT})() < pulled", arg=pulled)
    await editor.thumb.lift()
    (after,) = await editor.saved()
    assert after["keypoints"]["left_wrist"][0] > far
