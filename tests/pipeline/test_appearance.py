"""The seam's step, how the legs' colour goes on, and how far legs stand out."""

import numpy as np
import pytest
from PIL import Image

from pipeline.appearance import colour_step, contrast, seam_step
from pipeline.canvas import Canvas
from pipeline.ciede import difference, lab_of
from pipeline.draw import limb_mask
from pipeline.geometry import Box, Size
from pipeline.skeleton import LEFT_LEG, Joint, Keypoint, Skeleton
from tests.pipeline.people import whole_person

SIZE = Size(240, 320)
BELOW = Canvas(SIZE, Box(0, 0, 240, 200))
SIDES = {
    "below": BELOW,
    "above": Canvas(SIZE, Box(0, 120, 240, 200)),
    "right": Canvas(SIZE, Box(0, 0, 160, 320)),
    "left": Canvas(SIZE, Box(80, 0, 160, 320)),
}


def noisy(seed: int = 0, *, size: Size = SIZE, grey: float = 120) -> np.ndarray:
    dice = np.random.default_rng(seed)
    return dice.normal(grey, 12, (size.height, size.width, 3)).clip(0, 255)


def image(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(pixels.round().astype(np.uint8))


def brighter_outside(canvas: Canvas, by: float) -> Image.Image:
    pixels = noisy()
    photo = pixels[canvas.photo.top : canvas.photo.bottom, canvas.photo.left : canvas.photo.right]
    changed = pixels + by
    changed[canvas.photo.top : canvas.photo.bottom, canvas.photo.left : canvas.photo.right] = photo
    return image(changed)


def measured(picture: Image.Image, canvas: Canvas) -> float:
    step = seam_step(picture, canvas)
    assert step is not None
    return step


@pytest.mark.parametrize("side", SIDES)
def test_a_picture_of_one_piece_has_no_seam(side: str):
    assert seam_step(image(noisy()), SIDES[side]) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("side", SIDES)
def test_the_brighter_the_new_side_the_worse_the_seam(side: str):
    steps = [measured(brighter_outside(SIDES[side], by), SIDES[side]) for by in (0, 20, 60)]
    assert steps == sorted(steps)
    assert steps[2] > 4


def test_the_worst_side_counts():
    canvas = Canvas(SIZE, Box(80, 0, 160, 200))
    pixels = noisy()
    pixels[:200, :80] += 60
    assert measured(image(pixels), canvas) > 4


def test_a_photo_without_new_sides_has_no_seam():
    assert seam_step(image(noisy()), Canvas(SIZE, Box.of(SIZE))) is None


def test_a_new_side_of_one_line_is_measured_too():
    canvas = Canvas(SIZE, Box(0, 0, 240, 319))
    assert measured(brighter_outside(canvas, 80), canvas) > 2


def test_a_large_photo_is_measured_as_a_small_one_is():
    size, photo = Size(512, 600), Box(0, 0, 512, 512)
    pixels = noisy(size=size)
    pixels[512:] += 30
    larger = image(pixels).resize((1024, 1200), Image.Resampling.NEAREST)
    twice = Canvas(Size(1024, 1200), Box(0, 0, 1024, 1024))
    assert measured(larger, twice) == measured(image(pixels), Canvas(size, photo))


RED, BLUE = (180, 40, 40), (40, 60, 160)
PERSON = whole_person(height=320, middle=120)


def legs_of(above: tuple[int, int, int], below: tuple[int, int, int]) -> Image.Image:
    picture = Image.new("RGB", (SIZE.width, SIZE.height), above)
    picture.paste(below, (0, 200, 240, 320))
    return picture


def test_legs_that_go_on_in_their_colour_do_not_differ():
    assert colour_step(legs_of(RED, RED), BELOW, [PERSON]) == pytest.approx(0.0)


def test_legs_of_another_colour_differ_by_that_colour():
    apart = difference(lab_of(RED), lab_of(BLUE))
    assert colour_step(legs_of(RED, BLUE), BELOW, [PERSON]) == pytest.approx(apart)


def test_one_leg_that_goes_on_and_one_that_does_not_count_half_each():
    picture = legs_of(RED, RED)
    picture.paste(BLUE, (120, 200, 240, 320))
    apart = difference(lab_of(RED), lab_of(BLUE))
    assert colour_step(picture, BELOW, [PERSON]) == pytest.approx(apart / 2)


@pytest.mark.parametrize("bottom", [30, 290])
def test_nothing_is_compared_where_no_leg_leaves_the_photo_or_a_shoe_may_begin(bottom: int):
    canvas = Canvas(SIZE, Box(0, 0, 240, bottom))
    assert colour_step(legs_of(RED, BLUE), canvas, [PERSON]) is None


def test_a_leg_of_which_nothing_is_known_is_left_out():
    lone = Skeleton({Joint.RIGHT_HIP: Keypoint(100, 150), Joint.NECK: Keypoint(100, 60)})
    assert colour_step(legs_of(RED, BLUE), BELOW, [lone]) is None


def painted(person: Skeleton, size: Size = SIZE) -> Image.Image:
    """Paint blue legs on a red ground."""
    picture = Image.new("RGB", (size.width, size.height), RED)
    picture.paste(BLUE, mask=limb_mask([person], size))
    return picture


def stands_out(picture: Image.Image, person: Skeleton = PERSON, canvas: Canvas = BELOW) -> float:
    apart = contrast(picture, canvas, [person])
    assert apart is not None
    return apart


def test_legs_stand_out_by_the_difference_of_their_colour_from_the_ground_s():
    apart = difference(lab_of(RED), lab_of(BLUE))
    assert stands_out(painted(PERSON)) == pytest.approx(apart)


def test_legs_that_are_not_there_do_not_stand_out():
    assert stands_out(legs_of(RED, RED)) == pytest.approx(0.0)


def test_a_leg_that_stands_elsewhere_stands_out_less():
    aside = PERSON.having(
        {joint: PERSON.keypoints[joint].moved(70, 0) for joint in LEFT_LEG.joints[1:]}
    )
    assert stands_out(painted(aside)) < 0.8 * stands_out(painted(PERSON))


def test_only_limbs_beyond_the_photo_count():
    picture = painted(PERSON)
    picture.paste(RED, (0, 0, 240, 200))
    assert stands_out(picture) == pytest.approx(stands_out(painted(PERSON)))
    whole = Canvas(SIZE, Box.of(SIZE))
    assert contrast(picture, whole, [PERSON]) is None


def test_legs_stand_out_as_far_in_a_large_picture():
    size = Size(2400, 3200)
    canvas = Canvas(size, Box(0, 0, 2400, 2000))
    larger = PERSON.mapped(scale=10)
    apart = stands_out(painted(larger, size), larger, canvas)
    assert apart == pytest.approx(stands_out(painted(PERSON)), rel=0.05)
