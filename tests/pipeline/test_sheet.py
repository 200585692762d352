import numpy as np
import pytest
from PIL import Image

from pipeline.canvas import Canvas, Painted, place, unknown_mask
from pipeline.fill import Fill
from pipeline.geometry import Box, Size
from pipeline.sheet import Composed, Outpainting, Retouching, white_boxes

CANVAS = Canvas(Size(90, 140), Box(10, 0, 60, 80))


def noise(width: int, height: int, seed: int = 1) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


PHOTO = noise(60, 80)


def test_a_sheet_at_full_size_is_the_placed_photo_and_its_mask():
    sheet, whole = Outpainting(PHOTO, CANVAS), Box.of(CANVAS.size)
    assert sheet.look(whole, CANVAS.size) == place(PHOTO, CANVAS)
    assert sheet.holes(whole, CANVAS.size) == unknown_mask(CANVAS)


@pytest.mark.parametrize("fill", Fill)
def test_a_sheet_is_filled_as_it_was_asked_for(fill: Fill):
    sheet = Outpainting(PHOTO, CANVAS, fill=fill)
    assert sheet.look(Box.of(CANVAS.size), CANVAS.size) == place(PHOTO, CANVAS, fill=fill)


def test_what_is_unknown_is_all_but_the_photo():
    holes = np.zeros((140, 90), bool)
    for box in Outpainting(PHOTO, CANVAS).unknown:
        holes[box.top : box.bottom, box.left : box.right] = True
    assert (holes == (np.asarray(unknown_mask(CANVAS)) > 0)).all()


def test_a_pixel_that_is_partly_new_is_new():
    holes = Outpainting(PHOTO, CANVAS).holes(Box.of(CANVAS.size), Size(60, 93))
    assert np.asarray(holes)[:, 6].all()
    assert not np.asarray(holes)[0, 7:46].any()


def test_a_band_widens_what_windows_have_to_show_but_not_what_is_new():
    sheet = Outpainting(PHOTO, CANVAS, band=6)
    assert sheet.unknown[0].top == 74
    assert sheet.holes(Box.of(CANVAS.size), CANVAS.size) == unknown_mask(CANVAS)


def test_a_part_of_a_sheet_is_that_part_of_the_whole():
    part = Box(0, 60, 90, 80)
    shown = Outpainting(PHOTO, CANVAS).look(part, part.size)
    known = Box(10, 60, 60, 20)
    inner = known.moved(0, -60)
    assert shown.crop(inner.edges) == PHOTO.crop((0, 60, 60, 80))


def test_what_was_composed_fills_the_unknown_part_alone():
    red = Painted(Image.new("RGB", (45, 70), "red"), Box.of(CANVAS.size))
    sheet = Composed(Outpainting(PHOTO, CANVAS), red)
    shown = sheet.look(Box.of(CANVAS.size), CANVAS.size)
    assert shown.crop(CANVAS.photo.edges) == PHOTO
    assert shown.crop((0, 80, 90, 140)).getcolors() == [(90 * 60, (255, 0, 0))]


def test_a_composition_of_a_part_leaves_the_rest_as_the_sheet_has_it():
    red = Painted(Image.new("RGB", (45, 30), "red"), Box(0, 80, 90, 60))
    sheet = Composed(Outpainting(PHOTO, CANVAS), red)
    shown = sheet.look(Box.of(CANVAS.size), CANVAS.size)
    assert shown.crop((0, 0, 90, 80)) == place(PHOTO, CANVAS).crop((0, 0, 90, 80))


def test_a_shrunk_mask_keeps_a_trace_of_every_white_pixel():
    mask = Image.new("L", (100, 100))
    mask.putpixel((50, 50), 255)
    holes = Retouching(noise(100, 100), mask).holes(Box(0, 0, 100, 100), Size(10, 10))
    assert np.asarray(holes).sum() == 255


@pytest.mark.parametrize("scale", [1, 9])
def test_separate_white_parts_have_boxes_of_their_own(scale: int):
    mask = Image.new("L", (200 * scale, 100 * scale))
    for left in (10, 150):
        mask.paste(255, (left * scale, 20 * scale, (left + 30) * scale, 60 * scale))
    boxes = white_boxes(mask)
    assert len(boxes) == 2
    for left in (10, 150):
        part = Box(left * scale, 20 * scale, 30 * scale, 40 * scale)
        assert any(box.holds(part) for box in boxes)
