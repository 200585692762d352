from collections.abc import Callable
from math import dist

import numpy as np
import pytest

from pipeline import posing
from pipeline.errors import EditError
from pipeline.skeleton import LEFT_LEG, LEGS, RIGHT_LEG, Joint, Keypoint, Leg, Skeleton
from tests.pipeline.people import random_person, whole_person

SEEDS = range(60)
HEIGHTS = (0, 50, 100)  # of a straight leg: hip, knee, ankle
LEG_PAIRS = [(leg.hip, leg.knee) for leg in LEGS] + [(leg.knee, leg.ankle) for leg in LEGS]
ARM_PAIRS = [
    (Joint.RIGHT_SHOULDER, Joint.RIGHT_ELBOW),
    (Joint.RIGHT_ELBOW, Joint.RIGHT_WRIST),
    (Joint.LEFT_SHOULDER, Joint.LEFT_ELBOW),
    (Joint.LEFT_ELBOW, Joint.LEFT_WRIST),
]


@pytest.fixture
def person() -> Skeleton:
    return whole_person()


def place(skeleton: Skeleton, joint: Joint) -> tuple[float, float]:
    point = skeleton.keypoints[joint]
    return point.x, point.y


def lengths(skeleton: Skeleton, pairs: list[tuple[Joint, Joint]]) -> list[float]:
    return [dist(place(skeleton, a), place(skeleton, b)) for a, b in pairs]


def offsets(skeleton: Skeleton, leg: Leg) -> list[tuple[float, float]]:
    ankle = place(skeleton, leg.ankle)
    return [
        (place(skeleton, joint)[0] - ankle[0], place(skeleton, joint)[1] - ankle[1])
        for joint in leg.foot
    ]


def changed(before: Skeleton, after: Skeleton) -> set[Joint]:
    return {joint for joint in Joint if before.keypoints[joint] != after.keypoints[joint]}


def side(skeleton: Skeleton, leg: Leg) -> float:
    """Tell on which side of the line from hip to ankle the knee lies."""
    hip, knee, ankle = (np.array(place(skeleton, j)) for j in (leg.hip, leg.knee, leg.ankle))
    (ax, ay), (kx, ky) = ankle - hip, knee - hip
    return float(np.sign(ax * ky - ay * kx))


def test_a_nudged_joint_moves_in_the_pictures_directions_and_becomes_certain():
    unsure = Skeleton({Joint.NOSE: Keypoint(100, 200, 0.2, guessed=True)})
    moved = posing.nudge(unsure, Joint.NOSE, 12, -5)
    assert moved.keypoints[Joint.NOSE] == Keypoint(112, 195, 1.0, guessed=False)


def test_an_edit_leaves_the_skeleton_it_was_given_alone(person: Skeleton):
    posing.nudge(person, Joint.RIGHT_KNEE, 12, 0)
    assert person == whole_person()


def test_a_nudged_knee_moves_alone(person: Skeleton):
    assert changed(person, posing.nudge(person, Joint.LEFT_KNEE, 5, 5)) == {Joint.LEFT_KNEE}


def test_a_nudged_ankle_takes_its_foot_along_which_stays_as_unsure_as_it_was(person: Skeleton):
    toe = Joint.LEFT_BIG_TOE
    guessed = person.having({toe: Keypoint(*place(person, toe), 0.3, guessed=True)})
    moved = posing.nudge(guessed, Joint.LEFT_ANKLE, 30, -8)
    assert changed(guessed, moved) == {Joint.LEFT_ANKLE, *LEFT_LEG.foot}
    assert offsets(moved, LEFT_LEG) == pytest.approx(np.array(offsets(person, LEFT_LEG)))
    assert moved.keypoints[toe].guessed
    assert moved.keypoints[toe].score == 0.3


@pytest.mark.parametrize("edit", [posing.nudge, posing.drag])
def test_a_joint_that_was_not_found_is_told_with_those_that_were(
    edit: Callable[[Skeleton, Joint, float, float], Skeleton],
):
    bust = Skeleton({Joint.NOSE: Keypoint(1, 1), Joint.NECK: Keypoint(1, 9)})
    told = "I did not find the right wrist in this photo. Joints here: nose, neck"
    with pytest.raises(EditError, match=told):
        edit(bust, Joint.RIGHT_WRIST, 1, 2)


def test_somebody_without_joints_is_told_so():
    with pytest.raises(EditError, match="Joints here: none"):
        posing.nudge(Skeleton({}), Joint.NOSE, 1, 1)


def test_a_hidden_joint_must_be_restored_before_it_moves(person: Skeleton):
    hidden = posing.hide(person, [Joint.RIGHT_KNEE])
    with pytest.raises(EditError, match="restore right_knee"):
        posing.nudge(hidden, Joint.RIGHT_KNEE, 1, 1)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("leg", LEGS, ids=["right", "left"])
def test_a_dragged_ankle_keeps_the_bones_lengths_the_hip_and_the_bend(seed: int, leg: Leg):
    before = random_person(seed)
    before = posing.restore(before, leg.joints)
    target = np.random.default_rng(seed).uniform(-1500, 2500, 2).tolist()
    after = posing.drag(before, leg.ankle, *target)
    assert lengths(after, LEG_PAIRS) == pytest.approx(lengths(before, LEG_PAIRS), abs=1e-6)
    assert after.keypoints[leg.hip] == before.keypoints[leg.hip]
    assert offsets(after, leg) == pytest.approx(np.array(offsets(before, leg)))
    thigh, shin = lengths(before, [(leg.hip, leg.knee), (leg.knee, leg.ankle)])
    reach = dist(place(before, leg.hip), target)
    if abs(thigh - shin) < reach < thigh + shin:
        assert place(after, leg.ankle) == pytest.approx(target, abs=1e-6)
        assert side(after, leg) == side(before, leg)


@pytest.mark.parametrize("seed", SEEDS)
def test_dragging_a_wrist_or_an_elbow_keeps_the_arms_lengths(seed: int):
    before = posing.restore(random_person(seed), list(Joint))
    x, y = np.random.default_rng(seed).uniform(0, 1000, 2).tolist()
    for joint in (Joint.LEFT_WRIST, Joint.RIGHT_ELBOW):
        after = posing.drag(before, joint, x, y)
        assert lengths(after, ARM_PAIRS) == pytest.approx(lengths(before, ARM_PAIRS), abs=1e-6)


def test_out_of_reach_the_leg_is_straight_towards_the_target(person: Skeleton):
    hip = place(person, Joint.RIGHT_HIP)
    after = posing.drag(person, Joint.RIGHT_ANKLE, hip[0] + 3000, hip[1] + 4000)
    thigh, shin = lengths(person, [LEG_PAIRS[0], LEG_PAIRS[2]])
    ankle = (hip[0] + 0.6 * (thigh + shin), hip[1] + 0.8 * (thigh + shin))
    knee = (hip[0] + 0.6 * thigh, hip[1] + 0.8 * thigh)
    assert place(after, Joint.RIGHT_ANKLE) == pytest.approx(ankle, abs=1e-6)
    assert place(after, Joint.RIGHT_KNEE) == pytest.approx(knee, abs=1e-3)


def test_an_ankle_dragged_onto_its_hip_folds_the_leg_up(person: Skeleton):
    after = posing.drag(person, Joint.LEFT_ANKLE, *place(person, Joint.LEFT_HIP))
    assert lengths(after, LEG_PAIRS) == pytest.approx(lengths(person, LEG_PAIRS), abs=1e-6)


@pytest.mark.parametrize(("leg", "outwards"), [(RIGHT_LEG, -1), (LEFT_LEG, 1)])
def test_a_straight_leg_bends_outwards(leg: Leg, outwards: int):
    straight = Skeleton(
        {
            **{joint: Keypoint(80, y) for y, joint in zip(HEIGHTS, RIGHT_LEG.joints, strict=False)},
            **{joint: Keypoint(120, y) for y, joint in zip(HEIGHTS, LEFT_LEG.joints, strict=False)},
        }
    )
    x, y = place(straight, leg.ankle)
    after = posing.drag(straight, leg.ankle, x, y - 30)
    assert (after.keypoints[leg.knee].x - x) * outwards > 10


@pytest.mark.parametrize(("leg", "outwards"), [(RIGHT_LEG, -1), (LEFT_LEG, 1)])
def test_a_straight_leg_without_a_partner_bends_to_its_usual_side(leg: Leg, outwards: int):
    alone = Skeleton(
        {joint: Keypoint(80, y) for y, joint in zip(HEIGHTS, leg.joints, strict=False)}
    )
    after = posing.drag(alone, leg.ankle, 80, 60)
    assert (after.keypoints[leg.knee].x - 80) * outwards > 10


def test_a_leg_whose_joints_lie_on_one_spot_survives_a_drag():
    spot = Keypoint(10, 10)
    lump = Skeleton(dict.fromkeys(LEFT_LEG.joints, spot))
    after = posing.drag(lump, Joint.LEFT_ANKLE, 50, 50)
    assert place(after, Joint.LEFT_ANKLE) == (10, 10)
    assert place(posing.drag(lump, Joint.LEFT_KNEE, 10, 10), Joint.LEFT_KNEE) == (10, 10)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dragged_knee_turns_about_the_hip_and_pulls_the_ankle(seed: int):
    before = posing.restore(random_person(seed), list(Joint))
    x, y = np.random.default_rng(seed).uniform(0, 1000, 2).tolist()
    after = posing.drag(before, Joint.RIGHT_KNEE, x, y)
    hip, knee = np.array(place(before, Joint.RIGHT_HIP)), np.array(place(after, Joint.RIGHT_KNEE))
    towards = (np.array([x, y]) - hip) / dist((x, y), hip.tolist())
    assert lengths(after, LEG_PAIRS) == pytest.approx(lengths(before, LEG_PAIRS), abs=1e-6)
    assert (knee - hip) / np.linalg.norm(knee - hip) == pytest.approx(towards)
    assert offsets(after, RIGHT_LEG) == pytest.approx(np.array(offsets(before, RIGHT_LEG)))


def test_a_foot_stays_planted_when_its_knee_can_turn_without_it():
    legs = {
        Joint.LEFT_HIP: Keypoint(0, 0),
        Joint.LEFT_KNEE: Keypoint(30, 40),
        Joint.LEFT_ANKLE: Keypoint(0, 80),
    }
    after = posing.drag(Skeleton(legs), Joint.LEFT_KNEE, -30, 40)
    assert place(after, Joint.LEFT_ANKLE) == pytest.approx((0, 80))


def test_a_dragged_toe_turns_the_foot_about_the_ankle(person: Skeleton):
    ankle = place(person, Joint.RIGHT_ANKLE)
    after = posing.drag(person, Joint.RIGHT_BIG_TOE, ankle[0] - 100, ankle[1])
    pairs = [(RIGHT_LEG.ankle, joint) for joint in RIGHT_LEG.foot]
    assert changed(person, after) == set(RIGHT_LEG.foot)
    assert lengths(after, pairs) == pytest.approx(lengths(person, pairs))
    assert after.keypoints[Joint.RIGHT_BIG_TOE].y == pytest.approx(ankle[1])
    assert after.keypoints[Joint.RIGHT_BIG_TOE].x < ankle[0]


def test_a_toe_dragged_onto_its_ankle_points_nowhere_new(person: Skeleton):
    ankle = place(person, Joint.RIGHT_ANKLE)
    assert posing.drag(person, Joint.RIGHT_BIG_TOE, *ankle) == person


def test_a_dragged_hip_takes_its_leg_along(person: Skeleton):
    x, y = place(person, Joint.LEFT_HIP)
    after = posing.drag(person, Joint.LEFT_HIP, x + 9, y - 4)
    assert changed(person, after) == set(LEFT_LEG.joints)
    assert lengths(after, LEG_PAIRS) == pytest.approx(lengths(person, LEG_PAIRS))


@pytest.mark.parametrize("joint", [Joint.NOSE, Joint.NECK, Joint.LEFT_SMALL_TOE, Joint.RIGHT_EAR])
def test_any_other_joint_is_dragged_alone(person: Skeleton, joint: Joint):
    after = posing.drag(person, joint, 300, 400)
    assert changed(person, after) == {joint}
    assert after.keypoints[joint] == Keypoint(300, 400, 1.0)


def test_an_ankle_without_a_known_knee_just_goes_where_it_is_dragged():
    loose = Skeleton({Joint.LEFT_HIP: Keypoint(0, 0), Joint.LEFT_ANKLE: Keypoint(0, 90)})
    after = posing.drag(loose, Joint.LEFT_ANKLE, 500, 500)
    assert place(after, Joint.LEFT_ANKLE) == (500, 500)


def test_a_leg_turned_by_a_right_angle_clockwise_points_to_the_pictures_left():
    leg = {
        Joint.RIGHT_HIP: Keypoint(100, 100),
        Joint.RIGHT_KNEE: Keypoint(100, 150, 0.2, guessed=True),
        Joint.RIGHT_ANKLE: Keypoint(100, 200),
    }
    after = posing.rotate_leg(Skeleton(leg), RIGHT_LEG, 90)
    assert place(after, Joint.RIGHT_ANKLE) == pytest.approx((0, 100))
    assert after.keypoints[Joint.RIGHT_KNEE].guessed is False


@pytest.mark.parametrize("seed", SEEDS)
def test_turning_a_leg_there_and_back_ends_where_it_began(seed: int):
    before = posing.restore(random_person(seed), list(Joint))
    degrees = float(np.random.default_rng(seed).uniform(-360, 360))
    there = posing.rotate_leg(before, LEFT_LEG, degrees)
    back = posing.rotate_leg(there, LEFT_LEG, -degrees)
    assert lengths(there, LEG_PAIRS) == pytest.approx(lengths(before, LEG_PAIRS), abs=1e-6)
    assert [place(back, joint) for joint in Joint] == pytest.approx(
        np.array([place(before, joint) for joint in Joint])
    )


def test_a_scaled_leg_is_longer_in_all_its_bones(person: Skeleton):
    after = posing.scale_leg(person, LEFT_LEG, 1.5)
    pairs = [(LEFT_LEG.hip, LEFT_LEG.knee), (LEFT_LEG.ankle, LEFT_LEG.big_toe)]
    assert lengths(after, pairs) == pytest.approx([1.5 * each for each in lengths(person, pairs)])
    assert after.keypoints[Joint.LEFT_HIP] == person.keypoints[Joint.LEFT_HIP]


@pytest.mark.parametrize("factor", [0.0, -1.0, 0.19, 5.01, float("nan")])
def test_a_leg_is_not_scaled_out_of_all_proportion(person: Skeleton, factor: float):
    with pytest.raises(EditError, match=r"Try: scale right_leg 1\.1"):
        posing.scale_leg(person, RIGHT_LEG, factor)


def test_swapped_legs_keep_their_hips_and_exchange_the_rest(person: Skeleton):
    marked = posing.in_front(posing.hide(person, [Joint.LEFT_HEEL]), RIGHT_LEG)
    after = posing.swap_legs(marked)
    assert place(after, Joint.RIGHT_ANKLE) == place(person, Joint.LEFT_ANKLE)
    assert place(after, Joint.LEFT_BIG_TOE) == place(person, Joint.RIGHT_BIG_TOE)
    assert place(after, Joint.RIGHT_HIP) == place(person, Joint.RIGHT_HIP)
    assert after.hidden == {Joint.RIGHT_HEEL}
    assert after.front is Joint.LEFT_HIP


def test_a_leg_swapped_with_none_changes_sides():
    after = posing.swap_legs(Skeleton({Joint.LEFT_KNEE: Keypoint(1, 2)}))
    assert after == Skeleton({Joint.RIGHT_KNEE: Keypoint(1, 2)})


def test_nobody_without_legs_can_swap_them():
    with pytest.raises(EditError, match="preset standing"):
        posing.swap_legs(Skeleton({Joint.LEFT_HIP: Keypoint(1, 2)}))


@pytest.mark.parametrize("seed", SEEDS)
def test_swapping_twice_changes_nothing(seed: int):
    assert posing.swap_legs(posing.swap_legs(random_person(seed))) == random_person(seed)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("known", [tuple(Joint), (1, 2, 5, 9), (2, 5, 9), (2, 9, 14)])
def test_mirroring_twice_changes_nothing(seed: int, known: tuple[int, ...]):
    whole = random_person(seed)
    before = Skeleton({Joint(joint): whole.keypoints[Joint(joint)] for joint in known}, front=None)
    after = posing.mirror(posing.mirror(before))
    assert [place(after, joint) for joint in before.keypoints] == pytest.approx(
        np.array([place(before, joint) for joint in before.keypoints])
    )
    assert after.keypoints.keys() == before.keypoints.keys()


def test_a_mirrored_person_lifts_the_other_arm_on_the_pictures_other_side(person: Skeleton):
    waving = posing.nudge(person, Joint.RIGHT_WRIST, -30, -200)
    marked = posing.in_front(posing.hide(waving, [Joint.LEFT_EAR]), LEFT_LEG)
    after = posing.mirror(marked)
    axis = (person.keypoints[Joint.RIGHT_HIP].x + person.keypoints[Joint.LEFT_HIP].x) / 2
    x, y = place(waving, Joint.RIGHT_WRIST)
    assert place(after, Joint.LEFT_WRIST) == pytest.approx((2 * axis - x, y))
    assert after.hidden == {Joint.RIGHT_EAR}
    assert after.front is Joint.RIGHT_HIP


def test_nobody_cannot_be_mirrored():
    with pytest.raises(EditError, match="no joint was found"):
        posing.mirror(Skeleton({}))


def test_a_mirrored_leg_gives_its_pose_to_the_other_from_the_others_own_hip(person: Skeleton):
    lifted = posing.nudge(person, Joint.RIGHT_KNEE, -40, -60)
    hidden = posing.hide(lifted, [Joint.LEFT_KNEE])
    after = posing.mirror_leg(hidden, RIGHT_LEG)
    right, left = place(after, Joint.RIGHT_HIP), place(after, Joint.LEFT_HIP)
    knee, copied = place(after, Joint.RIGHT_KNEE), place(after, Joint.LEFT_KNEE)
    assert left == place(person, Joint.LEFT_HIP)
    assert copied[0] - left[0] == pytest.approx(right[0] - knee[0])
    assert copied[1] - left[1] == pytest.approx(knee[1] - right[1])
    assert Joint.LEFT_KNEE in after


def test_a_leg_that_is_not_there_cannot_be_mirrored():
    hips = Skeleton({Joint.RIGHT_HIP: Keypoint(0, 0), Joint.LEFT_HIP: Keypoint(9, 0)})
    with pytest.raises(EditError, match="right knee"):
        posing.mirror_leg(hips, RIGHT_LEG)


def test_a_hidden_joint_is_gone_until_it_is_restored_where_it_was(person: Skeleton):
    hidden = posing.hide(person, [Joint.LEFT_KNEE])
    assert Joint.LEFT_KNEE not in hidden
    assert posing.restore(hidden, [Joint.LEFT_KNEE]) == person
    assert posing.hide(hidden, [Joint.LEFT_KNEE]) == hidden


def test_hiding_a_whole_foot_hides_what_is_known_of_it():
    half = Skeleton({Joint.LEFT_HEEL: Keypoint(1, 1)})
    assert posing.hide(half, LEFT_LEG.foot).hidden == {Joint.LEFT_HEEL}


@pytest.mark.parametrize("edit", [posing.hide, posing.restore])
def test_what_was_never_found_can_be_neither_hidden_nor_restored(
    edit: Callable[[Skeleton, list[Joint]], Skeleton],
):
    with pytest.raises(EditError, match="I did not find the left heel"):
        edit(Skeleton({Joint.NOSE: Keypoint(1, 1)}), [Joint.LEFT_HEEL])


def test_the_front_leg_is_named_by_its_hip_and_may_be_nobodys_business(person: Skeleton):
    assert posing.in_front(person, RIGHT_LEG).front is Joint.RIGHT_HIP
    assert posing.in_front(posing.in_front(person, RIGHT_LEG), None) == person


def test_a_leg_that_is_not_there_cannot_be_in_front():
    with pytest.raises(EditError, match="left knee"):
        posing.in_front(Skeleton({Joint.LEFT_HIP: Keypoint(1, 1)}), LEFT_LEG)
