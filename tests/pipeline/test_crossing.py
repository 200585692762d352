from dataclasses import replace

import pytest

from pipeline.crossing import covering, only_covering, uncovered
from pipeline.skeleton import LEFT_LEG, LEGS, RIGHT_LEG, Joint, Keypoint, Skeleton
from tests.pipeline.people import whole_person

STANDING = replace(whole_person(), front=Joint.RIGHT_HIP)


def moved(**places: tuple[float, float]) -> Skeleton:
    return STANDING.having({Joint[name.upper()]: Keypoint(*at) for name, at in places.items()})


def test_legs_beside_each_other_cover_nothing():
    assert covering(STANDING) == ()


def test_nothing_is_known_to_cover_where_no_front_leg_was_named():
    crossed = moved(right_ankle=(310, 460), left_ankle=(200, 460))
    assert covering(replace(crossed, front=None)) == ()


@pytest.mark.parametrize(
    ("person", "first"),
    [
        (moved(right_knee=(320, 350), left_knee=(190, 350)), Joint.RIGHT_HIP),
        (moved(right_ankle=(310, 460), left_ankle=(200, 460)), Joint.RIGHT_KNEE),
        (moved(right_big_toe=(295, 470)), Joint.RIGHT_ANKLE),
    ],
)
def test_the_front_leg_covers_from_its_first_limb_that_crosses(person: Skeleton, first: Joint):
    joints = RIGHT_LEG.joints
    assert covering(person) == joints[joints.index(first) :]


def test_legs_seen_from_the_side_cover_each_other_though_their_lines_never_meet():
    from_the_side = replace(whole_person(turned=0.15), front=Joint.LEFT_HIP)
    assert covering(from_the_side) == LEFT_LEG.joints


def test_the_two_views_of_a_crossing_share_the_joint_at_which_it_begins():
    crossed = moved(right_ankle=(310, 460), left_ankle=(200, 460))
    both = [set(view(crossed).visible()) for view in (uncovered, only_covering)]
    legs = {joint for leg in LEGS for joint in leg.joints}
    assert both[0] & both[1] & legs == {Joint.RIGHT_KNEE}


def test_joints_that_are_hidden_already_stay_so():
    crossed = replace(
        moved(right_ankle=(310, 460), left_ankle=(200, 460)), hidden=frozenset({Joint.NOSE})
    )
    assert Joint.NOSE in uncovered(crossed).hidden
