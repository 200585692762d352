import numpy as np
import pytest
from PIL import Image

from pipeline import posing
from pipeline.canvas import Canvas
from pipeline.errors import EditError
from pipeline.geometry import Box, Size
from pipeline.masks import feathered, moved_legs, refine_mask, refine_passes, within_painted
from pipeline.skeleton import LEFT_LEG, LEGS, RIGHT_LEG, Joint, Keypoint, Leg, Skeleton

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


def crossed(front: Leg | None) -> Skeleton:
    """Cross the shins: each ankle lies where the other one was."""
    return Skeleton(
        {
            Joint.NECK: Keypoint(100, 50),
            Joint.RIGHT_HIP: Keypoint(80, 150),
            Joint.LEFT_HIP: Keypoint(120, 150),
            Joint.RIGHT_KNEE: Keypoint(80, 240),
            Joint.LEFT_KNEE: Keypoint(120, 240),
            Joint.RIGHT_ANKLE: Keypoint(130, 340),
            Joint.LEFT_ANKLE: Keypoint(70, 340),
            Joint.RIGHT_BIG_TOE: Keypoint(135, 360),
            Joint.LEFT_BIG_TOE: Keypoint(65, 360),
        },
        front=front.hip if front else None,
    )


CANVAS = Canvas(SIZE, Box(0, 0, 200, 140))


def test_legs_that_do_not_cross_are_painted_in_one_pass(person: Skeleton):
    after = posing.in_front(person, RIGHT_LEG)
    assert [one.skeletons for one in refine_passes([person], [after], CANVAS)] == [(after,)]


def test_crossed_legs_of_which_none_was_named_are_painted_in_one_pass(person: Skeleton):
    passes = refine_passes([person], [crossed(None)], CANVAS)
    assert [one.skeletons for one in passes] == [(crossed(None),)]


def test_the_back_leg_is_painted_first_and_then_both_with_the_front_one_over_it(person: Skeleton):
    back, front = refine_passes([person], [crossed(RIGHT_LEG)], CANVAS)
    (alone,) = back.skeletons
    assert set(LEFT_LEG.joints).intersection(alone.keypoints) <= set(alone.visible())
    assert set(alone.visible(RIGHT_LEG.joints)) == {Joint.RIGHT_HIP, Joint.RIGHT_KNEE}
    assert front.skeletons == (crossed(RIGHT_LEG),)


def test_only_the_limbs_that_may_cover_the_other_leg_are_painted_over_it(person: Skeleton):
    back, front = refine_passes([person], [crossed(RIGHT_LEG)], CANVAS)
    assert white(front.mask, 130, 340)
    assert white(front.mask, 80, 240)  # the knee, where the shin begins
    assert not white(front.mask, 80, 190)
    assert not white(front.mask, 65, 360)
    assert not np.any(np.asarray(front.mask) > np.asarray(back.mask))


def test_a_thigh_that_crosses_brings_the_whole_leg_to_the_front(person: Skeleton):
    thighs = crossed(LEFT_LEG).having(
        {Joint.LEFT_KNEE: Keypoint(70, 230), Joint.RIGHT_KNEE: Keypoint(130, 230)}
    )
    back, front = refine_passes([person], [thighs], CANVAS)
    assert set(back.skeletons[0].visible(LEFT_LEG.joints)) == {Joint.LEFT_HIP}
    assert white(front.mask, 115, 160)


def test_who_crosses_legs_changes_nothing_for_who_does_not(person: Skeleton):
    beside = person.mapped(dx=60)
    passes = refine_passes([person, beside], [crossed(LEFT_LEG), beside], CANVAS)
    assert [one.skeletons[1] for one in passes] == [beside, beside]


def test_a_drawn_mask_takes_the_place_of_the_limbs(person: Skeleton):
    drawn = Image.new("L", (200, 400), 0)
    drawn.paste(200, (10, 300, 60, 390))
    (only,) = refine_passes([person], [person], CANVAS, drawn=drawn)
    assert only.mask.getbbox() == (10, 300, 60, 390)
    assert set(only.mask.tobytes()) == {0, 255}


def test_a_drawn_mask_holds_both_passes_of_crossed_legs(person: Skeleton):
    drawn = Image.new("L", (200, 400), 0)
    drawn.paste(255, (0, 300, 200, 330))
    back, front = refine_passes([person], [crossed(RIGHT_LEG)], CANVAS, drawn=drawn)
    assert back.mask.getbbox() == (0, 300, 200, 330)
    assert np.asarray(front.mask)[300:330].any()
    assert not np.any(np.asarray(front.mask) > np.asarray(drawn))


def test_a_mask_over_the_photo_counts_only_where_that_is_allowed(person: Skeleton):
    drawn = Image.new("L", (200, 400), 0)
    drawn.paste(255, (0, 0, 50, 50))
    with pytest.raises(EditError, match="allow the photo itself to be painted over"):
        refine_passes([person], [person], CANVAS, drawn=drawn)
    (only,) = refine_passes([person], [person], CANVAS, drawn=drawn, anywhere=True)
    assert only.mask.getbbox() == (0, 0, 50, 50)


@pytest.mark.parametrize(
    ("size", "grey", "sentence"),
    [
        ((199, 400), 255, "The mask has 199 x 400 pixels, the picture 200 x 400"),
        ((200, 400), 0, "The mask is all black"),
        ((200, 400), 127, "The mask is all black"),
    ],
)
def test_a_drawn_mask_that_cannot_be_used_is_refused(
    person: Skeleton, size: tuple[int, int], grey: int, sentence: str
):
    with pytest.raises(EditError, match=sentence):
        refine_passes([person], [person], CANVAS, drawn=Image.new("L", size, grey))


def test_legs_that_were_moved_wholly_out_of_the_picture_are_refused(person: Skeleton):
    with pytest.raises(EditError, match="wholly outside the picture"):
        refine_passes([person], [person.mapped(dx=500)], CANVAS)


def test_legs_that_are_hidden_are_painted_away(person: Skeleton):
    gone = posing.hide(person, [joint for leg in LEGS for joint in leg.joints])
    (only,) = refine_passes([person], [gone], CANVAS)
    assert white(only.mask, 80, 300)
