import numpy as np
import pytest
from PIL import Image, ImageFilter

from pipeline.geometry import Box, Size
from pipeline.painted import Outside, Painted
from pipeline.tone import FARTHEST, matched

SIZE = Size(240, 360)
KEPT = Box(0, 0, 240, 200)
AREA = Outside(SIZE, KEPT)


def scene(seed: int = 1) -> Image.Image:
    dice = np.random.default_rng(seed)
    pixels = dice.integers(0, 256, (36, 24, 3), dtype=np.uint8)
    soft = Image.fromarray(pixels).resize((240, 360), Image.Resampling.BICUBIC)
    return soft.filter(ImageFilter.GaussianBlur(4))


def known(whole: Image.Image) -> Image.Image:
    frame = Image.new("RGB", whole.size)
    frame.paste(whole.crop(KEPT.edges), KEPT.edges)
    return frame


def cast(image: Image.Image, gain: tuple[float, ...], offset: tuple[float, ...]) -> Image.Image:
    pixels = np.asarray(image) * np.array(gain) + np.array(offset)
    return Image.fromarray(pixels.round().clip(0, 255).astype(np.uint8))


def apart(one: Image.Image, other: Image.Image) -> float:
    below = (0, KEPT.bottom, SIZE.width, SIZE.height)
    pair = (np.asarray(image.crop(below)).astype(int) for image in (one, other))
    return float(np.abs(np.subtract(*pair)).mean())


@pytest.mark.parametrize("scale", [1, 3])
@pytest.mark.parametrize(
    ("gain", "offset"),
    [((1.08, 1, 0.92), (0, 0, 0)), ((0.9, 0.9, 0.9), (12, 12, 12)), ((1, 1, 1), (8, -6, -10))],
)
def test_a_cast_is_taken_off_the_new_side(
    gain: tuple[float, ...], offset: tuple[float, ...], scale: int
):
    truth = scene()
    tinted = cast(truth, gain, offset).resize((240 // scale, 360 // scale))
    painted = matched(Painted(tinted, Box.of(SIZE)), known(truth), AREA)
    after = painted.picture.resize((240, 360))
    before = tinted.resize((240, 360))
    assert apart(after, truth) < 0.55 * apart(before, truth)


def test_a_true_painting_stays_as_it_is():
    truth = scene()
    painted = matched(Painted(truth, Box.of(SIZE)), known(truth), AREA)
    assert apart(painted.picture, truth) < 1


def test_a_fifth_that_shows_other_things_has_no_say():
    truth = scene()
    painted = cast(truth, (1, 1, 1), (8, -6, -10))
    painted.paste((255, 0, 255), (0, 150, 100, 200))
    after = matched(Painted(painted, Box.of(SIZE)), known(truth), AREA)
    assert apart(after.picture, truth) < 0.4 * apart(painted, truth)


def test_another_picture_is_moved_no_farther_than_is_allowed():
    truth = Image.new("RGB", (240, 360), (240, 240, 240))
    black = Image.new("RGB", (240, 360), (10, 10, 10))
    after = matched(Painted(black, Box.of(SIZE)), known(truth), AREA)
    assert np.asarray(after.picture).max() < 10 + 3 * FARTHEST


def test_without_known_pixels_nothing_is_matched():
    area = Outside(SIZE, Box(0, 0, 2, 2))
    painted = Painted(scene(), Box.of(SIZE))
    assert matched(painted, Image.new("RGB", (240, 360)), area) is painted
