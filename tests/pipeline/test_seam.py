import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from pipeline.canvas import Canvas, compose, count_changed, paste_masked
from pipeline.geometry import Box, Size
from pipeline.painted import Outside, Painted, Within
from pipeline.seam import blend


def scene(size: Size, seed: int = 1) -> Image.Image:
    """Draw soft blobs of all colours."""
    dice = np.random.default_rng(seed)
    pixels = dice.integers(0, 256, (12, 12, 3), dtype=np.uint8)
    large = Image.fromarray(pixels).resize((size.width, size.height), Image.Resampling.BICUBIC)
    return large.filter(ImageFilter.GaussianBlur(2))


def with_grain(image: Image.Image, strength: float) -> Image.Image:
    pixels = np.asarray(image, np.float32)
    noise = np.random.default_rng(3).normal(0, strength, pixels.shape)
    return Image.fromarray((pixels + noise).round().clip(0, 255).astype(np.uint8))


def painting(truth: Image.Image, box: Box, scale: float) -> Painted:
    """Paint the truth in small, tinted as a decoder may tint."""
    small = truth.crop(box.edges).resize(
        (round(box.width * scale), round(box.height * scale)), Image.Resampling.BOX
    )
    tinted = np.asarray(small, np.float32) * (1.05, 1.0, 0.94) + (3, 0, -4)
    return Painted(Image.fromarray(tinted.round().clip(0, 255).astype(np.uint8)), box)


def test_new_pixels_get_the_photo_s_grain():
    canvas = Canvas(Size(600, 700), Box(0, 0, 600, 450))
    truth = scene(canvas.size)
    photo = with_grain(truth, 5).crop(canvas.photo.edges)
    painted = painting(truth, Box(0, 150, 600, 550), 0.3)
    result = np.asarray(compose(painted, photo, canvas), np.float32)
    fine = np.diff(result, axis=1)
    assert fine[500:].std() == pytest.approx(fine[:400].std(), rel=0.15)
    plain = np.diff(np.asarray(painted.seen(Box(0, 500, 600, 200)), np.float32), axis=1)
    assert plain.std() < 0.5 * fine[:400].std()


def test_the_seed_decides_the_grain_and_the_photo_stays():
    canvas = Canvas(Size(500, 600), Box(0, 0, 500, 400))
    truth = scene(canvas.size)
    photo = with_grain(truth, 5).crop(canvas.photo.edges)
    painted = painting(truth, Box.of(canvas.size), 0.4)
    one, same, other = (compose(painted, photo, canvas, seed=seed) for seed in (1, 1, 2))
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()
    assert count_changed(other, photo, canvas) == 0


@pytest.mark.parametrize("scale", [0.25, 1.0])
def test_the_truth_is_found_again_down_left_and_right_at_once(scale: float):
    canvas = Canvas(Size(420, 400), Box(60, 0, 280, 300))
    truth = scene(canvas.size)
    painted = painting(truth, Box.of(canvas.size), scale)
    result = compose(painted, truth.crop(canvas.photo.edges), canvas)
    apart = np.abs(np.asarray(result).astype(int) - np.asarray(truth))
    plain = np.abs(np.asarray(painted.seen(painted.box)).astype(int) - np.asarray(truth))
    assert apart.mean() < 0.5 * plain.mean()
    for edge, axis in ((59, 1), (339, 1), (299, 0)):
        steps, usual = (
            np.abs(np.diff(np.asarray(image).astype(int), axis=axis)).mean(axis=(1 - axis, 2))
            for image in (result, truth)
        )
        assert steps[edge] < 1.1 * usual[edge] + 0.5


def blob(size: Size, seed: int) -> Image.Image:
    """Draw a mask of ellipses, some beyond the border."""
    dice = np.random.default_rng(seed)
    mask = Image.new("L", (size.width, size.height), 0)
    for _ in range(3):
        x, y, radius = dice.integers((0, 0, 10), (size.width, size.height, 60)).tolist()
        ImageDraw.Draw(mask).ellipse((x - radius, y - radius, x + radius, y + 2 * radius), fill=255)
    return mask


@pytest.mark.parametrize("seed", range(6))
def test_whatever_lies_outside_a_mask_of_any_shape_stays(seed: int):
    size = Size(330, 270)
    base, mask = with_grain(scene(size, seed), 4), blob(size, seed)
    box = Within(mask).box.grown(20).within(Box.of(size))
    result = paste_masked(base, painting(scene(size, seed + 50), box, 0.4), mask)
    differs = (np.asarray(result) != np.asarray(base)).any(axis=2)
    outside = np.asarray(mask) == 0
    assert not differs[outside].any()
    assert differs[~outside].mean() > 0.5


def test_a_leg_that_ends_at_a_mask_s_rim_does_not_tint_what_is_inside():
    size = Size(200, 240)
    base = Image.new("RGB", (200, 240), (120, 120, 120))
    base.paste((30, 60, 200), (60, 0, 100, 240))
    picture = Image.new("RGB", (200, 240), (130, 120, 110))
    picture.paste((30, 60, 200), (110, 0, 150, 240))
    mask = Image.new("L", (200, 240), 0)
    mask.paste(255, (30, 60, 180, 200))
    result = np.asarray(paste_masked(base, Painted(picture, Box.of(size)), mask)).astype(int)
    assert np.abs(result[110:150, 40:100] - 120).max() <= 15
    assert np.abs(result[110:150, 115:145] - (30, 60, 200)).max() <= 35


def test_a_mask_over_the_whole_picture_takes_the_painting():
    size = Size(90, 80)
    painted = painting(scene(size), Box.of(size), 1)
    result = paste_masked(scene(size, 5), painted, Image.new("L", (90, 80), 255))
    assert result.tobytes() == painted.picture.tobytes()


def test_band_by_band_is_what_it_is_at_once(monkeypatch: pytest.MonkeyPatch):
    canvas = Canvas(Size(420, 500), Box(60, 0, 280, 300))
    truth = scene(canvas.size)
    photo = with_grain(truth, 3).crop(canvas.photo.edges)
    painted = painting(truth, Box.of(canvas.size), 0.3)
    results = list[np.ndarray]()
    for pixels in (2**10, 2**24):
        monkeypatch.setattr("pipeline.seam.BAND", pixels)
        results.append(np.asarray(compose(painted, photo, canvas)).astype(int))
    assert np.abs(results[0] - results[1]).max() <= 4
    assert np.abs(results[0] - results[1]).mean() < 0.02


def test_a_painting_that_does_not_show_all_new_pixels_is_a_mistake():
    area = Outside(Size(100, 100), Box(0, 0, 100, 50))
    painted = Painted(Image.new("RGB", (50, 20)), Box(0, 40, 100, 50))
    with pytest.raises(ValueError, match="does not show"):
        blend(Image.new("RGB", (100, 100)), painted, area, reach=10)


SOME_LARGE_PICTURES = """
import resource
from PIL import Image
from pipeline.canvas import Canvas, Painted, compose, count_changed, paste_masked
from pipeline.geometry import Box, Size

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

def work(size):
    canvas = Canvas(Size(size.width, size.height * 4 // 3), Box.of(size))
    photo = Image.new("RGB", (size.width, size.height), (90, 120, 100))
    small = Image.effect_noise((300, 400), 30).convert("RGB")
    before = peak()
    result = compose(Painted(small, Box.of(canvas.size)), photo, canvas)
    count_changed(result, photo, canvas)
    del photo
    mask = Image.new("L", result.size, 0)
    mask.paste(255, (50, 60, size.width - 70, size.height - 80))
    middle = peak()
    paste_masked(result, Painted(small, Box.of(canvas.size)), mask)
    return middle - before, peak() - middle

work(Size(400, 300))
print(*work(Size(4000, 3000)))
"""


def test_nothing_as_large_as_the_picture_is_held_besides_the_result():
    told = subprocess.run(
        [sys.executable, "-c", SOME_LARGE_PICTURES], capture_output=True, text=True, check=True
    )
    composed, pasted = map(int, told.stdout.split())
    result = 4 * 4000 * 4000  # Pillow keeps four bytes for a pixel of three
    assert composed < result + 32e6
    assert pasted < result + 32e6
