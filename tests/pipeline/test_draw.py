import time

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import posing
from pipeline.draw import JOINT_COLOURS, LIMB_COLOURS, LIMB_RADIUS, draw_condition, limb_mask
from pipeline.geometry import Size
from pipeline.skeleton import LEFT_LEG, LEGS, RIGHT_LEG, Joint, Keypoint, Skeleton
from tests.pipeline.people import whole_person

SIZE = Size(500, 500)


def condition(
    *people: Skeleton, size: Size = SIZE, stick: float = 4, feet: bool = True
) -> NDArray[np.int64]:
    return np.asarray(draw_condition(people, size, stick=stick, feet=feet)).astype(np.int64)


def mask_of(*people: Skeleton, **wishes: object) -> NDArray[np.bool_]:
    return np.asarray(limb_mask(people, SIZE, **wishes)) == 255  # type: ignore[arg-type]


def crossing(front: Joint | None) -> Skeleton:
    """Cross two legs like an X, whose bars meet at (250, 250)."""
    return Skeleton(
        {
            Joint.RIGHT_HIP: Keypoint(150, 150),
            Joint.RIGHT_KNEE: Keypoint(350, 350),
            Joint.LEFT_HIP: Keypoint(350, 150),
            Joint.LEFT_KNEE: Keypoint(150, 350),
        },
        front=front,
    )


def dimmed(colour: tuple[int, int, int]) -> list[int]:
    return [int(channel * 0.6) for channel in colour]


def test_every_limb_and_joint_has_a_colour_of_its_own():
    assert len(set(JOINT_COLOURS.values())) == 24
    assert len(set(LIMB_COLOURS.values())) == 23


def test_the_pictures_first_channel_is_red():
    picture = condition(Skeleton({Joint.NOSE: Keypoint(250.5, 250.5)}))
    assert picture[250, 250].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("front", "above"),
    [
        (None, LEFT_LEG),
        (Joint.LEFT_HIP, LEFT_LEG),
        (Joint.RIGHT_HIP, RIGHT_LEG),
    ],
)
def test_the_front_leg_lies_over_the_other(front: Joint | None, above: object):
    leg = LEFT_LEG if above == LEFT_LEG else RIGHT_LEG
    colour = dimmed(LIMB_COLOURS[(leg.hip, leg.knee)])
    assert condition(crossing(front))[250, 250].tolist() == colour


def test_the_front_leg_lies_over_the_joints_of_the_other():
    behind = crossing(Joint.RIGHT_HIP).having({Joint.LEFT_KNEE: Keypoint(250, 250)})
    colour = dimmed(LIMB_COLOURS[(Joint.RIGHT_HIP, Joint.RIGHT_KNEE)])
    assert condition(behind)[250, 250].tolist() == colour


def test_hidden_joints_and_their_limbs_are_not_drawn():
    hidden = posing.hide(crossing(None), [Joint.RIGHT_KNEE])
    picture = condition(hidden)
    assert not picture[350, 350].any()
    assert not picture[200, 200].any()
    assert picture[150, 150].any()


def test_feet_are_drawn_only_where_they_are_asked_for():
    person = whole_person()
    toe = person.keypoints[Joint.LEFT_BIG_TOE]
    at = (round(toe.y), round(toe.x))
    assert condition(person)[at].tolist() == list(JOINT_COLOURS[Joint.LEFT_BIG_TOE])
    assert not condition(person, feet=False)[at].any()


def test_nobody_is_black():
    assert not condition().any()


def test_what_lies_outside_the_frame_is_cut_off_where_it_falls():
    person = whole_person()
    moved = person.mapped(dx=-100, dy=-300)
    assert (condition(moved)[:200, :400] == condition(person)[300:, 100:]).all()


@pytest.mark.parametrize("x", [1e6, -3e9, 1e300])
def test_a_joint_at_the_end_of_the_world_does_no_harm(x: float):
    far = whole_person().having({Joint.LEFT_ANKLE: Keypoint(x, 1e12)})
    picture = condition(far)
    nose = far.keypoints[Joint.NOSE]
    assert picture[round(nose.y), round(nose.x)].tolist() == [255, 0, 0]
    assert mask_of(far).any()


@pytest.mark.parametrize("seed", range(10))
def test_small_joints_are_centred_to_a_tenth_of_a_pixel(seed: int):
    x, y = np.random.default_rng(seed).uniform(20, 60, 2).tolist()
    red = condition(Skeleton({Joint.NOSE: Keypoint(x, y)}), size=Size(80, 80), stick=1.2)[:, :, 0]
    rows, columns = np.indices(red.shape) + 0.5
    assert (columns * red).sum() / red.sum() == pytest.approx(x, abs=0.15)
    assert (rows * red).sum() / red.sum() == pytest.approx(y, abs=0.15)
    assert red.sum() / 255 == pytest.approx(np.pi * 1.2**2, rel=0.15)


def test_a_small_picture_is_the_large_one_shrunk():
    person = whole_person(height=480)
    large = condition(person, size=Size(480, 480), stick=5)
    small = condition(person.mapped(scale=0.25), size=Size(120, 120), stick=1.25)
    shrunk = large.reshape(120, 4, 120, 4, 3).mean(axis=(1, 3))
    assert np.abs(small - shrunk).mean() < 0.5
    assert np.abs(small - shrunk)[shrunk.any(axis=2)].mean() < 8


@pytest.mark.parametrize(
    ("size", "stick", "seconds"), [(Size(96, 144), 1.2, 0.002), (Size(1024, 1536), 8, 0.015)]
)
def test_drawing_is_quick_enough_for_training(size: Size, stick: float, seconds: float):
    person = whole_person(height=0.9 * size.height, middle=size.width / 2)
    taken: list[float] = []
    for _ in range(30):
        start = time.perf_counter()
        draw_condition([person], size, stick=stick, feet=True)
        taken.append(time.perf_counter() - start)
    assert min(taken) < seconds  # the least disturbed run


def test_a_mask_covers_legs_and_feet_but_no_body():
    person = whole_person()
    mask = mask_of(person)
    for leg in LEGS:
        for joint in leg.joints:
            point = person.keypoints[joint]
            assert mask[round(point.y), round(point.x)]
    for joint in (Joint.NOSE, Joint.NECK, Joint.LEFT_WRIST):
        point = person.keypoints[joint]
        assert not mask[round(point.y), round(point.x)]


def test_a_mask_of_one_leg_leaves_the_other():
    right, left = (
        mask_of(whole_person(), legs=[RIGHT_LEG]),
        mask_of(whole_person(), legs=[LEFT_LEG]),
    )
    assert right[350, 215]
    assert not right[350, 285]
    assert ((right | left) == mask_of(whole_person())).all()


def test_a_mask_is_as_wide_as_it_is_told():
    thigh = Skeleton({Joint.LEFT_HIP: Keypoint(250, 100), Joint.LEFT_KNEE: Keypoint(250, 300)})
    mask = mask_of(thigh, radius=20)
    assert mask[200].sum() == pytest.approx(2 * 20 + 1, abs=2)
    assert mask[200, 232:268].all()
    assert mask[81, 250]
    assert not mask[78, 250]


def test_the_sole_between_heel_and_toes_is_covered():
    foot = Skeleton(
        {
            Joint.LEFT_HEEL: Keypoint(100, 400),
            Joint.LEFT_BIG_TOE: Keypoint(300, 400),
            Joint.LEFT_SMALL_TOE: Keypoint(200, 250),
        }
    )
    assert mask_of(foot, radius=3)[360, 200]


def test_where_toes_are_unknown_there_is_room_for_them():
    person = whole_person()
    feet = {joint for leg in LEGS for joint in leg.foot}
    bare = Skeleton({j: p for j, p in person.keypoints.items() if j not in feet})
    toe = person.keypoints[Joint.LEFT_BIG_TOE]
    assert mask_of(bare)[round(toe.y), round(toe.x)]


def test_hidden_joints_are_not_covered():
    hidden = posing.hide(whole_person(), LEFT_LEG.joints)
    assert (mask_of(hidden) == mask_of(whole_person(), legs=[RIGHT_LEG])).all()


def test_the_mask_of_nobody_is_black():
    assert not mask_of().any()


def test_broader_limbs_are_so_many_radii_wide_for_whoever_they_are():
    large, small = whole_person(), whole_person(height=250, middle=100)
    broad = limb_mask([large, small], SIZE, breadth=1.5)
    for person in (large, small):
        alone = limb_mask([person], SIZE, radius=1.5 * LIMB_RADIUS * (person.torso or 0))
        assert not np.any(np.asarray(alone) > np.asarray(broad))
    assert np.asarray(broad).sum() > 1.3 * np.asarray(limb_mask([large, small], SIZE)).sum()
