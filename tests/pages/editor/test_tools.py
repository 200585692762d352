"""Sheets, the brush and files: what the buttons do."""

import json
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.web.people import write_people
from pipeline.skeleton import Joint, Keypoint, Skeleton, from_openpose
from tests.pages.browser import Opened, barriers, photograph
from tests.pages.editor.stand import HEIGHT, WIDTH, Stand, stood_up
from tests.pages.editor.talk import Editor
from tests.pages.editor.thumb import Spot


async def _brush(editor: Editor) -> tuple[Spot, Spot]:
    """Take the brush; return a line over a leg to paint along."""
    await editor.page.locator("#tab-brush").tap()
    await editor.frame()
    return await editor.spot("left_hip"), await editor.spot("left_ankle")


async def _painted(editor: Editor) -> int:
    """Count the pixels of the mask that is shown."""
    return await editor.page.evaluate(
        """() => {
          const { width, height } = mask;
          const copy = new OffscreenCanvas(width, height).getContext('2d');
          copy.drawImage(mask, 0, 0);
          const { data } = copy.getImageData(0, 0, width, height);
          return data.filter((value, at) => at % 4 === 3 && value > 127).length;
        }"""
    )


async def test_a_stance_is_what_the_pipeline_makes_of_it(opened: Opened, stand: Stand):
    before = await stand.people()
    editor = await Editor.at(opened, stand)
    await editor.page.locator("#tab-stances").tap()
    await editor.page.get_by_role("button", name="Seated").tap()
    (after,) = await editor.saved(1)
    assert after["keypoints"]["left_knee"] != before[0]["keypoints"]["left_knee"]
    await editor.page.locator("#undo").tap()
    assert await editor.saved(2) == before


async def test_a_joint_is_hidden_and_shown_again_where_it_was(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    before = await stand.people()
    await editor.thumb.tap(await editor.spot("left_heel"))
    await editor.page.locator("#context-hide").tap()
    (after,) = await editor.saved(1)
    assert after["hidden"] == ["left_heel"]
    await expect(editor.page.locator("#context-hide")).to_have_text("Show")
    await editor.drag("left_heel", -30, 0)  # it is not there to be moved
    await editor.page.locator("#context-hide").tap()
    assert await editor.saved(2) == before


async def test_a_leg_is_hidden_and_put_in_front(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    await editor.page.locator("#tab-more").tap()
    await editor.page.get_by_role("button", name="Left", exact=True).tap()
    (after,) = await editor.saved(1)
    assert after["front"] == "left"
    pressed = editor.page.get_by_role("button", name="Left", exact=True)
    await expect(pressed).to_have_attribute("aria-pressed", "true")
    await editor.page.get_by_role("button", name="Hide right leg").tap()
    (after,) = await editor.saved(2)
    assert "right_knee" in after["hidden"]
    await editor.page.get_by_role("button", name="Show right leg").tap()
    (after,) = await editor.saved(3)
    assert after["hidden"] == []


async def test_an_edit_that_is_refused_says_why(opened: Opened, tmp_path: Path):
    opened.expected += ["422"]
    head = Skeleton({Joint.NOSE: Keypoint(330, 250), Joint.NECK: Keypoint(330, 330)})
    async with stood_up([head], tmp_path, opened) as stand:
        editor = await Editor.at(opened, stand)
        await editor.page.locator("#tab-stances").tap()
        await editor.page.get_by_role("button", name="Swap the legs").tap()
        told = "There are no legs to swap. Place them first: preset standing"
        await expect(editor.page.locator("#toast")).to_have_text(told)


async def test_a_painted_mask_is_sent_white_on_black_at_the_canvas_own_size(
    opened: Opened, stand: Stand
):
    editor = await Editor.at(opened, stand)
    start, end = await _brush(editor)
    await editor.thumb.drag(start, end)
    await editor.frame()
    assert await _painted(editor) > 0
    await photograph(editor.page, "editor-mask")
    await _is_painted_anew(editor)
    (job,) = stand.refined
    assert job.mask is not None
    assert job.mask.size == (WIDTH, HEIGHT)
    knee = job.skeletons[0].keypoints[Joint.LEFT_KNEE]
    assert job.mask.getpixel((round(knee.x), round(knee.y))) == 255
    assert job.mask.getpixel((5, 5)) == 0
    await editor.frame()
    assert await _painted(editor) == 0  # it was of the picture before


async def test_a_refine_without_a_mask_paints_what_was_moved(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    await editor.drag("right_knee", -30, 0)
    await _is_painted_anew(editor)
    (job,) = stand.refined
    assert job.mask is None
    assert write_people(job.skeletons) == editor.saves[0]["people"]


async def _is_painted_anew(editor: Editor) -> None:
    """Have the picture painted, and wait until the page shows it."""
    picture = await editor.page.locator("#picture").get_attribute("src")
    await editor.page.locator("#refine").tap()
    shown = editor.page.locator("#picture")
    await expect(shown).not_to_have_attribute("src", str(picture), timeout=20_000)
    await expect(editor.page.locator("#busy")).to_be_hidden()


async def test_strokes_are_erased_undone_redone_and_cleared(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    start, end = await _brush(editor)
    await editor.thumb.drag(start, end)
    await editor.frame()
    whole = await _painted(editor)
    await editor.page.locator("#erase").tap()
    await editor.thumb.drag(start, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
    await editor.frame()
    half = await _painted(editor)
    assert 0.3 * whole < half < 0.7 * whole
    await editor.page.locator("#undo").tap()
    await editor.frame()
    assert await _painted(editor) == whole
    await editor.page.locator("#redo").tap()
    await editor.frame()
    assert await _painted(editor) == half
    await editor.page.locator("#clear").tap()
    await editor.frame()
    assert await _painted(editor) == 0
    assert editor.saves == []


async def test_two_fingers_zoom_while_painting_and_paint_nothing(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    before = await editor.scale()
    await _brush(editor)
    fitted = await editor.scale()
    assert fitted < before  # the sheet takes room
    a, b = (150, 300), (250, 300)
    await editor.thumb.press(a)
    await editor.thumb.glide([a], [(150, 330)], 4)
    await editor.thumb.press((150, 330), b)
    await editor.thumb.glide([(150, 330), b], [(100, 330), (300, 300)])
    await editor.thumb.lift()
    await editor.frame()
    assert await editor.scale() > 1.5 * fitted
    assert await _painted(editor) == 0


async def test_the_brush_is_as_large_as_chosen_and_finer_when_zoomed_in(
    opened: Opened, stand: Stand
):
    editor = await Editor.at(opened, stand)
    start, _ = await _brush(editor)
    await editor.page.locator("#size").fill("10")
    await editor.thumb.tap(start)
    await editor.frame()
    small = await _painted(editor)
    across = 2 * (small / 3.14159) ** 0.5
    assert across == pytest.approx(20 / await editor.scale(), rel=0.05)


async def test_openpose_goes_out_and_comes_back(opened: Opened, stand: Stand, tmp_path: Path):
    editor = await Editor.at(opened, stand)
    await editor.page.locator("#tab-more").tap()
    async with editor.page.expect_download() as waiting:
        await editor.page.locator("#export").tap()
    saved, session = tmp_path / "pose.json", (await stand.document())["session"]
    download = await waiting.value
    assert download.suggested_filename == f"{session}-openpose.json"
    await download.save_as(saved)
    document = json.loads(saved.read_text())
    assert write_people(tuple(from_openpose(document))) == await stand.people()
    document["people"][0]["pose_keypoints_2d"][:2] = [111, 222]
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document))
    await editor.page.locator("#file").set_input_files(changed)
    (after,) = await editor.saved(1)
    assert after["keypoints"]["nose"][:2] == [111, 222]


async def test_a_file_that_is_no_openpose_is_refused(opened: Opened, stand: Stand, tmp_path: Path):
    opened.expected += ["422"]
    editor = await Editor.at(opened, stand)
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"people": [{"pose_keypoints_2d": [1]}]}')
    await editor.page.locator("#file").set_input_files(wrong)
    await expect(editor.page.locator("#toast")).not_to_be_empty()
    assert editor.saves == []


async def test_while_a_picture_is_painted_the_editor_shows_how_far_it_is(
    opened: Opened, stand: Stand
):
    editor = await Editor.at(opened, stand)
    picture = await editor.page.locator("#picture").get_attribute("src")
    stand.engine.hold.clear()
    await stand.types("refine")
    busy = editor.page.locator("#busy")
    await expect(busy).to_contain_text("step 0 of 4")
    knee, nose = await editor.spot("right_knee"), await editor.spot("nose")
    await editor.drag("right_knee", -40, 0)  # it pans: nothing is posed now
    await editor.frame()
    assert await editor.spot("right_knee") == pytest.approx((knee[0] - 40, knee[1]), abs=1.5)
    assert await editor.spot("nose") == pytest.approx((nose[0] - 40, nose[1]), abs=1.5)
    stand.engine.hold.set()
    await expect(editor.page.locator("#picture")).not_to_have_attribute("src", str(picture))
    await expect(busy).to_be_hidden()
    assert editor.saves == []


async def test_a_job_that_is_cancelled_leaves_the_pose_to_be_edited(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    stand.engine.hold.clear()
    await editor.page.locator("#refine").tap()
    busy = editor.page.locator("#busy")
    await expect(busy).to_contain_text("step 0 of 4")
    await stand.types("cancel")
    await expect(busy).to_be_hidden()
    stand.engine.hold.set()
    await editor.drag("right_knee", -40, 0)
    assert await editor.saved(1) == await stand.people()


async def test_where_nobody_is_found_any_more_the_page_says_what_can_be_done(
    opened: Opened, stand: Stand
):
    editor = await Editor.at(opened, stand)
    await editor.thumb.tap(await editor.spot("left_knee"))
    stand.engine.people = ()
    await stand.types("again")
    hint = editor.page.locator("#hint")
    await expect(hint).to_contain_text("Nobody was found", timeout=20_000)
    await expect(editor.page.locator("#refine")).to_have_attribute("aria-disabled", "true")
    await editor.page.locator("#tab-more").tap()
    assert await barriers(editor.page) == []
