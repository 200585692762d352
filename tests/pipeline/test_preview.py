import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline import posing
from pipeline.figure import CHOSEN_COLOUR, LEFT_COLOUR, RIGHT_COLOUR
from pipeline.geometry import Box
from pipeline.preview import draw_plan, draw_skeletons
from pipeline.skeleton import Joint, Keypoint, Skeleton
from tests.pipeline.people import whole_person

GREY = Image.new("RGB", (500, 500), (128, 128, 128))


def near(pixels: NDArray[np.uint8], x: float, y: float, radius: int = 12) -> NDArray[np.uint8]:
    """Cut out what is drawn round a place."""
    left, top = max(0, round(x) - radius), max(0, round(y) - radius)
    return pixels[top : round(y) + radius, left : round(x) + radius]


def shows(pixels: NDArray[np.uint8], colour: tuple[int, int, int]) -> int:
    """Count the pixels of exactly this colour."""
    return int((pixels == colour).all(axis=2).sum())


def drawn(
    *people: Skeleton, on: Image.Image = GREY, chosen: Joint | None = None
) -> NDArray[np.uint8]:
    return np.asarray(draw_skeletons(on, people, chosen=chosen))


def test_the_picture_itself_is_left_alone_and_nobody_changes_nothing():
    before = GREY.tobytes()
    draw_skeletons(GREY, [whole_person()])
    assert GREY.tobytes() == before
    assert draw_skeletons(GREY, []).tobytes() == before


@pytest.mark.parametrize(
    ("joint", "colour", "other"),
    [
        (Joint.RIGHT_KNEE, RIGHT_COLOUR, LEFT_COLOUR),
        (Joint.LEFT_KNEE, LEFT_COLOUR, RIGHT_COLOUR),
        (Joint.LEFT_WRIST, LEFT_COLOUR, RIGHT_COLOUR),
    ],
)
def test_sides_are_told_apart_by_colour(
    joint: Joint, colour: tuple[int, int, int], other: tuple[int, int, int]
):
    point = whole_person().keypoints[joint]
    handle = near(drawn(whole_person()), point.x, point.y)
    assert shows(handle, colour) > 10
    assert shows(handle, other) == 0


@pytest.mark.parametrize("doubt", [Keypoint(0, 0, 0.9, guessed=True), Keypoint(0, 0, 0.3)])
def test_a_guessed_or_uncertain_joint_is_hollow(doubt: Keypoint):
    point = whole_person().keypoints[Joint.LEFT_KNEE]
    unsure = whole_person().having({Joint.LEFT_KNEE: doubt.moved(point.x, point.y)})
    filled = shows(near(drawn(whole_person()), point.x, point.y, 5), LEFT_COLOUR)
    hollow = shows(near(drawn(unsure), point.x, point.y, 5), LEFT_COLOUR)
    assert hollow < filled / 4


def test_limbs_to_a_guess_are_dashed():
    wall = Image.new("RGB", (2000, 2000), (128, 128, 128))
    person = whole_person(height=1900, middle=1000)
    knee, ankle = (person.keypoints[joint] for joint in (Joint.LEFT_KNEE, Joint.LEFT_ANKLE))
    guess = person.having({Joint.LEFT_ANKLE: Keypoint(ankle.x, ankle.y, 0.2, guessed=True)})
    shin = ((knee.x + ankle.x) / 2, (knee.y + ankle.y) / 2, 100)
    whole, dashed = (
        shows(near(drawn(who, on=wall), *shin), LEFT_COLOUR) for who in (person, guess)
    )
    assert 0.2 * whole < dashed < 0.8 * whole


def test_the_chosen_joint_and_its_number_stand_out():
    point = whole_person().keypoints[Joint.RIGHT_ANKLE]
    picture = drawn(whole_person(), chosen=Joint.RIGHT_ANKLE)
    assert shows(near(picture, point.x, point.y, 14), CHOSEN_COLOUR) > 50
    assert shows(picture, CHOSEN_COLOUR) == shows(
        near(picture, point.x, point.y, 45), CHOSEN_COLOUR
    )


@pytest.mark.parametrize(
    ("front", "colour"), [(Joint.RIGHT_HIP, RIGHT_COLOUR), (Joint.LEFT_HIP, LEFT_COLOUR)]
)
def test_the_front_legs_handle_lies_over_the_other(front: Joint, colour: tuple[int, int, int]):
    knees = {Joint.RIGHT_KNEE: Keypoint(250, 250), Joint.LEFT_KNEE: Keypoint(250, 250)}
    handle = near(drawn(Skeleton(knees, front=front)), 250, 250)
    assert shows(handle, colour) > 50


def test_hidden_joints_are_not_shown():
    point = whole_person().keypoints[Joint.LEFT_WRIST]
    hidden = posing.hide(whole_person(), [Joint.LEFT_WRIST])
    assert (near(drawn(whole_person()), point.x, point.y, 4) != 128).any()
    assert (near(drawn(hidden), point.x, point.y, 4) == 128).all()


def test_only_the_first_person_wears_numbers_and_others_are_pale():
    alone = drawn(whole_person(middle=120))[:, :250]
    second = drawn(whole_person(middle=380), whole_person(middle=120))[:, :250]
    assert shows(alone, LEFT_COLOUR) > 500
    assert shows(second, LEFT_COLOUR) == 0
    assert 0 < (second != 128).any(axis=2).sum() < (alone != 128).any(axis=2).sum() / 1.3


@pytest.mark.parametrize("background", [(255, 255, 255), (0, 0, 0), RIGHT_COLOUR, LEFT_COLOUR])
def test_handles_stand_out_from_any_background(background: tuple[int, int, int]):
    picture = drawn(whole_person(), on=Image.new("RGB", (500, 500), background))
    for joint in (Joint.RIGHT_KNEE, Joint.LEFT_KNEE):
        point = whole_person().keypoints[joint]
        handle = near(picture, point.x, point.y, 12).reshape(-1, 3).astype(int)
        lightness = handle.mean(axis=1)
        assert lightness.max() - lightness.min() > 100


def test_a_joint_below_the_picture_is_an_arrow_at_its_border():
    person = whole_person()
    cut = Image.new("RGB", (500, 400), (128, 128, 128))
    ankle = person.keypoints[Joint.LEFT_ANKLE]
    assert ankle.y > 400
    strip = drawn(person, on=cut)[390:]
    assert shows(near(strip, ankle.x, 5, 15), LEFT_COLOUR) > 20


def test_the_number_of_a_joint_below_the_picture_stands_beside_its_arrow():
    leg = {Joint.LEFT_KNEE: Keypoint(100, 300), Joint.LEFT_ANKLE: Keypoint(100, 700)}
    beside = drawn(Skeleton(leg), chosen=Joint.LEFT_ANKLE)[470:500]
    inked = (beside == CHOSEN_COLOUR).all(axis=2).any(axis=0).nonzero()[0]
    assert inked.max() - inked.min() > 30  # an arrow alone is 10 wide


def test_only_the_first_joint_of_a_limb_that_leaves_the_picture_is_an_arrow():
    leg = {
        Joint.LEFT_HIP: Keypoint(100, 100),
        Joint.LEFT_KNEE: Keypoint(100, 600),
        Joint.LEFT_ANKLE: Keypoint(400, 900),
    }
    picture = drawn(Skeleton(leg))
    assert shows(near(picture, 100, 492, 15), LEFT_COLOUR) > 20
    assert (near(picture, 400, 490, 9) == 128).all()


@pytest.mark.parametrize("size", [(64, 96), (500, 500), (2400, 3600)])
def test_handles_grow_with_the_picture(size: tuple[int, int]):
    height = 0.9 * size[1]
    person = whole_person(height=height, middle=size[0] / 2)
    picture = drawn(person, on=Image.new("RGB", size, (128, 128, 128)))
    share = (picture != 128).any(axis=2).mean()
    assert 0.01 < share < 0.75
    assert picture.shape == (size[1], size[0], 3)


@pytest.mark.parametrize("x", [1e6, -3e9, 1e300])
def test_a_joint_at_the_end_of_the_world_does_no_harm(x: float):
    drawn(whole_person().having({Joint.LEFT_ANKLE: Keypoint(x, x)}))


def test_the_plan_keeps_the_photo_bright_and_stripes_the_rest():
    placed = Image.new("RGB", (400, 600), (200, 200, 200))
    plan = np.asarray(draw_plan(placed, Box(50, 0, 300, 300), []))
    assert (plan[20:280, 70:330] == 200).all()
    assert plan[400:].max() < 190
    assert len(np.unique(plan[400:, :, 0])) == 2
    assert (plan[150, 50] == 255).all()  # the frame round the photo


def test_the_plan_shows_guessed_legs_hollow():
    person = whole_person()
    guessed = person.having(
        {j: Keypoint(p.x, p.y, 0.2, guessed=True) for j, p in person.keypoints.items()}
    )
    placed = Image.new("RGB", (500, 500), (90, 90, 90))
    knee = person.keypoints[Joint.RIGHT_KNEE]
    sure, unsure = (
        shows(near(np.asarray(draw_plan(placed, Box(0, 0, 500, 200), [who])), knee.x, knee.y, 5),
              RIGHT_COLOUR)
        for who in (person, guessed)
    )  # fmt: skip
    assert unsure < sure / 4
