import numpy as np
import pytest
from PIL import Image

from pipeline import posing
from pipeline.canvas import Canvas
from pipeline.geometry import Box, Size
from pipeline.masks import feathered, moved_legs, refine_mask, within_painted
from pipeline.skeleton import LEFT_LEG, LEGS, RIGHT_LEG, Joint, Keypoint, Skeleton

SIZE = Size(200, 400)


@pytest.fixture
def person() -> Skeleton:
    return Skeleton(
        {
            Joint.NECK: Keypoint(100, 50),
            Joint.RIGHT_HIP: Keypoint(85, 150),
            Joint.LEFT_HIP: Keypoint(115, 150),
            Joint.RIGHT_KNEE: Keypoint(80, 240),
            Joint.LEFT_KNEE: Keypoint(120, 240),
            Joint.RIGHT_ANKLE: Keypoint(80, 330),
            Joint.LEFT_ANKLE: Keypoint(120, 330),
        }
    )


def white(mask: Image.Image, x: float, y: float) -> bool:
    return mask.getpixel((round(x), round(y))) == 255


def test_the_mask_covers_the_moved_leg_as_it_was_and_as_it_shall_be(person: Skeleton):
    moved = posing.nudge(person, Joint.RIGHT_ANKLE, -50, 0)
    mask = refine_mask([person], [moved], SIZE)
    assert white(mask, 80, 330)
    assert white(mask, 30, 330)
    assert not white(mask, 120, 335)


def test_all_legs_are_covered_when_none_was_moved(person: Skeleton):
    mask = refine_mask([person], [person], SIZE)
    assert white(mask, 80, 300)
    assert white(mask, 120, 300)
    assert not white(mask, 100, 60)


def test_a_new_order_of_the_legs_concerns_both(person: Skeleton):
    assert moved_legs([person], [posing.in_front(person, RIGHT_LEG)]) == [LEGS]


def test_hiding_a_knee_concerns_its_leg(person: Skeleton):
    assert moved_legs([person], [posing.hide(person, [Joint.LEFT_KNEE])]) == [(LEFT_LEG,)]


def test_the_photo_stays_out_of_the_mask(person: Skeleton):
    canvas = Canvas(SIZE, Box(0, 0, 200, 300))
    mask = within_painted(refine_mask([person], [person], SIZE), canvas)
    assert not np.asarray(mask)[:300].any()
    assert white(mask, 80, 320)


def test_a_feathered_mask_is_black_where_it_was_black_and_white_inside():
    mask = Image.new("L", (100, 100), 0)
    mask.paste(255, (20, 20, 80, 100))
    soft = np.asarray(feathered(mask, radius=10))
    assert not soft[np.asarray(mask) == 0].any()
    assert soft[50, 50] == 255
    assert 0 < soft[50, 24] < 255
    assert soft[99, 50] == 255  # the canvas ends here, not the mask
