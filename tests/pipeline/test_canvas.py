import numpy as np
import pytest
from PIL import Image

from pipeline.canvas import Canvas, compose, count_changed, paste_masked, place, unknown_mask
from pipeline.geometry import Box, Size


def noise(size: Size, seed: int = 0) -> Image.Image:
    dice = np.random.default_rng(seed)
    return Image.fromarray(dice.integers(0, 256, (size.height, size.width, 3), dtype=np.uint8))


def flat(size: Size, colour: tuple[int, int, int]) -> Image.Image:
    return Image.new("RGB", (size.width, size.height), colour)


def random_canvases() -> list[Canvas]:
    dice = np.random.default_rng(5)
    canvases = [Canvas(Size(4000, 5200), Box(0, 0, 4000, 3000))]
    while len(canvases) < 30:
        photo = Size(int(dice.integers(200, 1500)), int(dice.integers(300, 1500)))
        left, top, right, bottom = (int(dice.integers(0, 300)) for _ in range(4))
        size = Size(photo.width + left + right, photo.height + top + bottom)
        canvases.append(Canvas(size, Box(left, top, photo.width, photo.height)))
    return canvases


@pytest.mark.parametrize(
    "canvas", random_canvases(), ids=lambda c: f"{c.size.width}x{c.size.height}"
)
def test_no_pixel_of_the_photo_changes_at_any_size(canvas: Canvas):
    photo, painted = noise(canvas.photo.size, 1), noise(canvas.size, 2)
    result = compose(painted, photo, canvas)
    assert result.size == painted.size
    assert result.crop(canvas.photo.edges).tobytes() == photo.tobytes()
    assert count_changed(result, photo, canvas) == 0


@pytest.mark.parametrize("side", ["up", "down", "left", "right"])
def test_a_band_blends_only_the_rim_of_the_side_that_was_extended(side: str):
    left, top = (20 if side == "left" else 0), (20 if side == "up" else 0)
    size = Size(100 + 20 * (side in ["left", "right"]), 80 + 20 * (side in ["up", "down"]))
    canvas = Canvas(size, Box(left, top, 100, 80))
    photo, painted = flat(canvas.photo.size, (50, 50, 50)), noise(canvas.size)
    result = compose(painted, photo, canvas, band=10)
    inner = np.asarray(result.crop(canvas.photo.edges)) != 50
    rim = {"up": inner[:10], "down": inner[-10:], "left": inner[:, :10], "right": inner[:, -10:]}
    assert rim[side].any()
    assert inner.sum() == rim[side].sum()
    assert count_changed(result, photo, canvas, band=10) == 0
    assert count_changed(result, photo, canvas) > 0


@pytest.mark.parametrize("top", [0, 40])
def test_a_tint_is_carried_from_the_seam_into_the_new_pixels(top: int):
    canvas = Canvas(Size(200, 340 + top), Box(0, top, 200, 300))
    photo = flat(canvas.photo.size, (100, 120, 140))
    painted = flat(canvas.size, (90, 130, 120))
    result = np.asarray(compose(painted, photo, canvas)).astype(int)
    below = result[canvas.photo.bottom, 100]
    assert np.abs(below - (100, 120, 140)).max() < 4
    assert np.abs(result[-1, 100] - (90, 130, 120)).max() < 4


def test_what_the_painter_put_far_from_the_seam_stays():
    canvas = Canvas(Size(100, 400), Box(0, 0, 100, 100))
    painted = noise(canvas.size, 3)
    result = compose(painted, flat(canvas.photo.size, (0, 0, 0)), canvas)
    assert result.crop((0, 200, 100, 400)).tobytes() == painted.crop((0, 200, 100, 400)).tobytes()


def test_a_photo_that_fills_its_canvas_comes_back_as_it_is():
    canvas = Canvas(Size(60, 50), Box(0, 0, 60, 50))
    photo = noise(canvas.size)
    assert compose(noise(canvas.size, 9), photo, canvas).tobytes() == photo.tobytes()
    assert place(photo, canvas).tobytes() == photo.tobytes()


def test_the_frame_is_filled_with_the_edge_s_colours():
    canvas = Canvas(Size(90, 200), Box(0, 0, 90, 100))
    photo = flat(canvas.photo.size, (10, 10, 10))
    photo.paste((200, 40, 40), (0, 90, 90, 100))
    filled = np.asarray(place(photo, canvas)).astype(int)
    assert filled[:100].astype(np.uint8).tobytes() == photo.tobytes()
    assert np.abs(filled[101:110] - (200, 40, 40)).max() < 60
    assert filled[100:, :, 0].min() > 90


def test_the_fill_gets_softer_with_distance():
    canvas = Canvas(Size(200, 500), Box(0, 0, 200, 100))
    filled = np.asarray(place(noise(canvas.photo.size), canvas)).astype(float)
    assert filled[105].std() > filled[160].std() > filled[450].std()


def test_the_mask_is_white_where_pixels_are_new():
    mask = np.asarray(unknown_mask(Canvas(Size(4, 4), Box(1, 0, 2, 3))))
    assert (mask == 0).sum() == 6
    assert mask[0, 0] == mask[3, 1] == 255
    assert mask[0, 1] == mask[2, 2] == 0


def test_pasting_by_a_mask_leaves_every_byte_outside_it():
    base, painted = noise(Size(50, 50), 1), noise(Size(50, 50), 2)
    mask = Image.new("L", (50, 50), 0)
    mask.paste(255, (10, 10, 20, 20))
    mask.paste(128, (20, 10, 30, 20))
    result, before = np.asarray(paste_masked(base, painted, mask)), np.asarray(base)
    outside = np.asarray(mask) == 0
    assert (result[outside] == before[outside]).all()
    assert (result[10:20, 10:20] == np.asarray(painted)[10:20, 10:20]).all()


def test_a_canvas_that_cannot_hold_its_photo_is_a_mistake():
    with pytest.raises(ValueError, match="cannot hold"):
        Canvas(Size(10, 10), Box(5, 0, 10, 10))
    with pytest.raises(ValueError, match="does not fit"):
        place(noise(Size(5, 5)), Canvas(Size(10, 10), Box(0, 0, 10, 10)))
