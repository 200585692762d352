import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from pipeline.canvas import (
    Canvas,
    Painted,
    compose,
    count_changed,
    kept_box,
    paste_masked,
    place,
    unknown_mask,
)
from pipeline.fill import Fill
from pipeline.geometry import Box, Size


def noise(size: Size, seed: int = 0) -> Image.Image:
    dice = np.random.default_rng(seed)
    return Image.fromarray(dice.integers(0, 256, (size.height, size.width, 3), dtype=np.uint8))


def flat(size: Size, colour: tuple[int, int, int]) -> Image.Image:
    return Image.new("RGB", (size.width, size.height), colour)


def whole(picture: Image.Image) -> Painted:
    """Show the whole canvas at its own scale."""
    return Painted(picture, Box.of(Size(*picture.size)))


def random_canvases() -> list[Canvas]:
    dice = np.random.default_rng(5)
    canvases = [
        Canvas(Size(4000, 3600), Box(0, 0, 4000, 3000)),
        Canvas(Size(1300, 900), Box(100, 60, 1050, 800)),
        Canvas(Size(200, 700), Box(0, 0, 200, 300)),
    ]
    while len(canvases) < 12:
        photo = Size(int(dice.integers(200, 1201)), int(dice.integers(300, 1001)))
        left, top, right, bottom = (
            int(dice.integers(0, 300) * dice.integers(0, 2)) for _ in range(4)
        )
        size = Size(photo.width + left + right, photo.height + top + bottom)
        canvases.append(Canvas(size, Box(left, top, photo.width, photo.height)))
    return canvases


@pytest.mark.parametrize(
    "canvas", random_canvases(), ids=lambda c: f"{c.size.width}x{c.size.height}"
)
def test_no_pixel_of_the_photo_changes_at_any_size(canvas: Canvas):
    photo, painted = noise(canvas.photo.size, 1), noise(canvas.size, 2)
    result = compose(whole(painted), photo, canvas)
    assert result.size == painted.size
    assert result.crop(canvas.photo.edges).tobytes() == photo.tobytes()
    assert count_changed(result, photo, canvas) == 0


@pytest.mark.parametrize("side", ["up", "down", "left", "right"])
def test_a_band_blends_only_the_rim_of_the_side_that_was_extended(side: str):
    left, top = (20 if side == "left" else 0), (20 if side == "up" else 0)
    size = Size(100 + 20 * (side in ["left", "right"]), 80 + 20 * (side in ["up", "down"]))
    canvas = Canvas(size, Box(left, top, 100, 80))
    photo, painted = flat(canvas.photo.size, (50, 50, 50)), noise(canvas.size)
    result = compose(whole(painted), photo, canvas, band=10)
    inner = np.asarray(result.crop(canvas.photo.edges)) != 50
    rim = {"up": inner[:10], "down": inner[-10:], "left": inner[:, :10], "right": inner[:, -10:]}
    assert rim[side].any()
    assert inner.sum() == rim[side].sum()
    assert count_changed(result, photo, canvas, band=10) == 0
    assert count_changed(result, photo, canvas) > 0


@pytest.mark.parametrize("top", [0, 40])
def test_a_tint_is_taken_off_all_new_pixels(top: int):
    canvas = Canvas(Size(200, 500 + top), Box(0, top, 200, 300))
    photo = flat(canvas.photo.size, (100, 120, 140))
    painted = flat(canvas.size, (90, 130, 120))
    result = np.asarray(compose(whole(painted), photo, canvas)).astype(int)
    assert np.abs(result - (100, 120, 140)).max() <= 1


@pytest.mark.parametrize("top", [0, 40])
def test_a_step_that_only_the_seam_shows_fades_into_the_new_pixels(top: int):
    canvas = Canvas(Size(200, 600 + top), Box(0, top, 200, 300))
    photo = flat(canvas.photo.size, (100, 120, 140))
    painted = flat(canvas.size, (90, 130, 120))
    painted.paste(photo, canvas.photo.edges)
    column = np.asarray(compose(whole(painted), photo, canvas)).astype(int)[:, 100]
    assert np.abs(column[canvas.photo.bottom] - (100, 120, 140)).max() == 0
    assert np.abs(np.diff(column, axis=0)).max() <= 1
    assert np.abs(column[-1] - (90, 130, 120)).max() <= 2


def test_no_line_is_seen_along_the_seam_nor_at_the_corners():
    canvas = Canvas(Size(400, 500), Box(90, 70, 200, 240))
    shades = np.linspace(40, 200, 400)[None, :, None] + np.linspace(0, 40, 500)[:, None, None]
    scene = np.repeat(shades, 3, axis=2)
    tint = np.array([15, -10, 5]) + np.linspace(-12, 12, 400)[None, :, None]
    photo = Image.fromarray(scene.astype(np.uint8)).crop(canvas.photo.edges)
    painted = Image.fromarray((scene + tint).clip(0, 255).astype(np.uint8))
    result = np.asarray(compose(whole(painted), photo, canvas)).astype(int)
    assert max(np.abs(np.diff(result, axis=axis)).max() for axis in (0, 1)) <= 3


def test_every_column_of_the_photo_runs_on_over_the_seam():
    canvas = Canvas(Size(300, 300), Box(0, 0, 300, 150))
    stripes = np.where(np.arange(300) % 30 < 15, 210, 40)[None, :, None]
    photo = Image.fromarray(np.broadcast_to(stripes, (150, 300, 3)).astype(np.uint8))
    soft = noise(canvas.size).filter(ImageFilter.GaussianBlur(8))
    result = np.asarray(compose(whole(soft), photo, canvas)).astype(int)
    steps = np.abs(np.diff(result, axis=0)).mean(axis=(1, 2))
    assert steps[149:].max() < 8


@pytest.mark.parametrize("side", ["up", "left", "right"])
def test_the_other_sides_have_no_seam_either(side: str):
    left, top = (60 if side == "left" else 0), (60 if side == "up" else 0)
    size = Size(160 if side != "up" else 100, 160 if side == "up" else 100)
    canvas = Canvas(size, Box(left, top, 100, 100))
    photo = noise(canvas.photo.size).filter(ImageFilter.GaussianBlur(2))
    result = np.asarray(compose(whole(flat(size, (220, 30, 90))), photo, canvas)).astype(int)
    edge = {"up": 59, "left": 59, "right": 99}[side]
    axis = 0 if side == "up" else 1
    step = np.abs(np.diff(result, axis=axis)).mean(axis=(1 - axis, 2))[edge]
    assert step <= 2


@pytest.mark.parametrize("band", [1, 7, 40, 500])
def test_a_band_runs_smoothly_from_the_photo_to_the_new_pixels(band: int):
    canvas = Canvas(Size(260, 330), Box(20, 0, 200, 300))
    photo = flat(canvas.photo.size, (100, 100, 100))
    light = 100 + 60 * np.clip((np.arange(330) - 120) / 60, 0, 1)
    painted = Image.fromarray(
        np.broadcast_to(light.round().astype(np.uint8)[:, None, None], (330, 260, 3)).copy()
    )
    result = compose(whole(painted), photo, canvas, band=band)
    middle = np.asarray(result)[:, 120, 0].astype(int)
    kept = kept_box(canvas, band=band)
    assert set(middle[kept.top : kept.bottom]) == {100}
    assert np.abs(np.diff(middle)).max() <= 4
    assert count_changed(result, photo, canvas, band=band) == 0


def test_what_the_painter_put_far_from_the_seam_stays():
    canvas = Canvas(Size(100, 600), Box(0, 0, 100, 100))
    painted = noise(canvas.size, 3)
    photo = painted.crop(canvas.photo.edges)
    result = np.asarray(compose(whole(painted), photo, canvas)).astype(int)
    assert np.abs(result[200:] - np.asarray(painted)[200:]).max() <= 3


def test_a_painting_in_small_is_enlarged_as_a_whole_would_be():
    canvas = Canvas(Size(311, 905), Box(0, 0, 311, 300))
    small = noise(Size(103, 211), 4).filter(ImageFilter.GaussianBlur(1))
    painted = Painted(small, Box(0, 150, 311, 755))
    wide = small.resize((311, 211), Image.Resampling.LANCZOS)
    at_once = np.asarray(wide.resize((311, 755), Image.Resampling.LANCZOS)).astype(int)
    for top in (150, 400, 777):
        part = np.asarray(painted.seen(Box(0, top, 311, 100))).astype(int)
        assert np.abs(part - at_once[top - 150 : top - 50]).max() <= 1
    photo = noise(canvas.photo.size)
    result = compose(painted, photo, canvas)
    assert result.crop(canvas.photo.edges).tobytes() == photo.tobytes()


def test_a_photo_that_fills_its_canvas_comes_back_as_it_is():
    canvas = Canvas(Size(60, 50), Box(0, 0, 60, 50))
    photo = noise(canvas.size)
    assert compose(whole(noise(canvas.size, 9)), photo, canvas).tobytes() == photo.tobytes()
    assert place(photo, canvas).tobytes() == photo.tobytes()


def test_the_frame_is_filled_with_the_edge_s_colours():
    canvas = Canvas(Size(90, 200), Box(0, 0, 90, 100))
    photo = flat(canvas.photo.size, (10, 10, 10))
    photo.paste((200, 40, 40), (0, 90, 90, 100))
    filled = np.asarray(place(photo, canvas)).astype(int)
    assert filled[:100].astype(np.uint8).tobytes() == photo.tobytes()
    assert np.abs(filled[101:110] - (200, 40, 40)).max() < 60
    assert filled[100:, :, 0].min() > 90


def test_the_fill_is_black_nowhere_and_runs_on_without_a_jump():
    canvas = Canvas(Size(400, 500), Box(90, 70, 200, 240))
    wave = 120 + 60 * np.sin(np.arange(200) / 20)
    photo = Image.fromarray(np.broadcast_to(wave[None, :, None], (240, 200, 3)).astype(np.uint8))
    filled = np.asarray(place(photo, canvas)).astype(int)
    assert filled.min() >= 55
    assert max(np.abs(np.diff(filled, axis=axis)).max() for axis in (0, 1)) <= 5


def test_the_fill_gets_softer_with_distance():
    canvas = Canvas(Size(200, 500), Box(0, 0, 200, 100))
    filled = np.asarray(place(noise(canvas.photo.size), canvas, fill=Fill.EDGES)).astype(float)
    near, far, farthest = (filled[row].std(axis=0).mean() for row in (105, 160, 450))
    assert near > 2 * far > 4 * farthest


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
    result, before = np.asarray(paste_masked(base, whole(painted), mask)), np.asarray(base)
    outside = np.asarray(mask) == 0
    assert (result[outside] == before[outside]).all()
    assert (result[10:20, 10:20] != before[10:20, 10:20]).any()


def test_what_was_painted_inside_a_mask_is_there_and_its_tint_is_not():
    base = flat(Size(120, 90), (90, 110, 130))
    painted = flat(Size(120, 90), (104, 110, 118))
    painted.paste((200, 40, 40), (50, 40, 60, 50))
    mask = Image.new("L", (120, 90), 0)
    ImageDraw.Draw(mask).ellipse((20, 10, 95, 80), fill=255)
    result = np.asarray(paste_masked(base, whole(painted), mask)).astype(int)
    assert np.abs(result[20:30, 40:70] - (90, 110, 130)).max() <= 2
    assert result[45, 55, 0] > 170
    assert (result[np.asarray(mask) == 0] == (90, 110, 130)).all()


def test_a_canvas_that_cannot_hold_its_photo_is_a_mistake():
    with pytest.raises(ValueError, match="cannot hold"):
        Canvas(Size(10, 10), Box(5, 0, 10, 10))
    with pytest.raises(ValueError, match="cannot hold"):
        Canvas(Size(10, 10), Box(0, 0, 0, 10))
    with pytest.raises(ValueError, match="does not show"):
        compose(whole(noise(Size(9, 10))), noise(Size(5, 5)), Canvas(Size(10, 10), Box(0, 0, 5, 5)))
    with pytest.raises(ValueError, match="does not fit"):
        place(noise(Size(5, 5)), Canvas(Size(10, 10), Box(0, 0, 10, 10)))


def test_what_was_altered_is_really_counted():
    canvas = Canvas(Size(30, 600), Box(0, 0, 30, 500))
    photo = noise(canvas.photo.size)
    result = compose(whole(noise(canvas.size, 1)), photo, canvas)
    for place_ in ((0, 0), (29, 499), (3, 256), (3, 255)):
        red, green, blue = np.asarray(result)[place_[1], place_[0]].tolist()
        result.putpixel(place_, (red, green, blue ^ 1))
    assert count_changed(result, photo, canvas) == 4
    assert count_changed(result, photo, canvas, band=1) == 3
