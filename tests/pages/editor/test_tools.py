"""Sheets, the brush and files: what the buttons do."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import expect

from pipeline.skeleton import from_openpose
from tests.pages.browser import PHONE, Opened, barriers, photograph
from tests.pages.editor.stand import HEIGHT, WIDTH, Stand, person, stood_up
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
    before = stand.people
    editor = await Editor.at(opened, stand)
    await editor.page.locator("#tab-stances").tap()
    await editor.page.get_by_role("button", name="Seated").tap()
    (after,) = await editor.saved(1)
    await photograph(editor.page, "editor-seated")
    assert after["keypoints"]["left_knee"] != before[0]["keypoints"]["left_knee"]
    await editor.page.locator("#undo").tap()
    assert await editor.saved(2) == before


async def test_a_joint_is_hidden_and_shown_again_where_it_was(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    before = stand.people
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


async def test_an_edit_that_is_refused_says_why(opened: Opened, stand: Stand):
    opened.expected += ["500"]
    stand.people[0]["keypoints"] = {"nose": [330, 250, 1]}
    editor = await Editor.at(opened, stand)
    await editor.page.locator("#tab-stances").tap()
    await editor.page.get_by_role("button", name="Swap the legs").tap()
    await expect(editor.page.locator("#toast")).to_be_visible()


async def test_a_painted_mask_is_sent_white_on_black_at_the_canvas_own_size(
    opened: Opened, stand: Stand
):
    editor = await Editor.at(opened, stand)
    start, end = await _brush(editor)
    await editor.thumb.drag(start, end)
    await editor.frame()
    assert await _painted(editor) > 0
    await photograph(editor.page, "editor-mask")
    await editor.page.locator("#refine").tap()
    await expect(editor.page.locator("#busy")).to_be_visible()
    assert stand.orders == [{"version": 1, "base": stand.mark, "mask": "m1"}]
    mask = Image.open(BytesIO(stand.masks[0])).convert("L")
    assert mask.size == (WIDTH, HEIGHT)
    knee = stand.people[0]["keypoints"]["left_knee"]
    assert mask.getpixel((round(knee[0]), round(knee[1]))) == 255
    assert mask.getpixel((5, 5)) == 0


async def test_a_refine_without_a_mask_sends_none(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand)
    await editor.drag("right_knee", -30, 0)
    await editor.page.locator("#refine").tap()
    await expect(editor.page.locator("#busy")).to_be_visible()
    assert len(stand.saves) == 1  # what was moved is saved before it is painted
    assert stand.orders == [{"version": 1, "base": stand.mark, "mask": None}]


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
    assert stand.saves == []


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
    saved = tmp_path / "pose.json"
    download = await waiting.value
    assert download.suggested_filename == "silver-heron-openpose.json"
    await download.save_as(saved)
    document = json.loads(saved.read_text())
    assert [person(one) for one in from_openpose(document)] == stand.people
    document["people"][0]["pose_keypoints_2d"][:2] = [111, 222]
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document))
    await editor.page.locator("#file").set_input_files(changed)
    (after,) = await editor.saved(1)
    assert after["keypoints"]["nose"][:2] == [111, 222]


async def test_a_file_that_is_no_openpose_is_refused(opened: Opened, stand: Stand, tmp_path: Path):
    opened.expected += ["400"]
    editor = await Editor.at(opened, stand)
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"people": [{"pose_keypoints_2d": [1]}]}')
    await editor.page.locator("#file").set_input_files(wrong)
    await expect(editor.page.locator("#toast")).to_have_text("This is no OpenPose file.")
    assert stand.saves == []


async def test_while_a_picture_is_painted_the_editor_shows_how_far_it_is(
    opened: Opened, stand: Stand
):
    editor = await Editor.at(opened, stand)
    await stand.tell({"type": "busy", "stage": "refine", "step": 5, "steps": 20})
    busy = editor.page.locator("#busy")
    await expect(busy).to_contain_text("step 5 of 20")
    bar = editor.page.get_by_role("progressbar")
    assert await bar.evaluate("bar => bar.value") == 0.25
    await editor.drag("right_knee", -40, 0)  # it pans: nothing is posed now
    await editor.page.wait_for_timeout(400)
    assert stand.saves == []
    stand.version = 2
    await stand.tell({"type": "document", **stand.document()})
    await expect(busy).to_be_hidden()
    await expect(editor.page.locator("#picture")).to_have_attribute("src", "/picture/2")


async def test_where_nobody_was_found_the_page_says_what_can_be_done(opened: Opened):
    async with stood_up([]) as stand:
        page = await opened.page(PHONE)
        await page.goto(f"{stand.address}/edit#token")
        await expect(page.locator("#hint")).to_contain_text("Load an OpenPose file")
        await expect(page.locator("#refine")).to_have_attribute("aria-disabled", "true")
        await page.locator("#tab-more").tap()
        assert await barriers(page) == []
