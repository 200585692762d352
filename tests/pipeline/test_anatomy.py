from dataclasses import replace
from math import pi

import pytest

from pipeline import anatomy
from pipeline.skeleton import FOOT_JOINTS, LEFT_LEG, LEGS, RIGHT_LEG, Joint, Keypoint, Skeleton

STATURE = 1000.0
UPPER_BODY = tuple(
    joint for joint in Joint if joint <= Joint.LEFT_SHOULDER or joint > Joint.LEFT_ANKLE
)
BELOW_THE_HIPS = tuple(joint for leg in LEGS for joint in leg.joints if joint is not leg.hip)


def standing(*, turn: float = 0.0, facing: float = 1.0) -> Skeleton:
    """Somebody 1000 px tall whose neck is at (0, 0), by the tables.

    Args:
        turn: Radians by which the whole picture is turned, clockwise.
        facing: 1 for a front view, 0 for a profile that looks right, -1 for a back view.
    """
    half_shoulders, half_hips = 92 * facing, 54 * facing
    places = {
        Joint.NOSE: (123 * (1 - abs(facing)), -123),
        Joint.NECK: (0, 0),
        Joint.RIGHT_EAR: (-30 * facing, -130),
        Joint.LEFT_EAR: (30 * facing, -130),
    }
    for sign, side in ((-1, "RIGHT"), (1, "LEFT")):
        x, hip = sign * half_shoulders, sign * half_hips
        places |= {
            Joint[f"{side}_SHOULDER"]: (x, 0),
            Joint[f"{side}_ELBOW"]: (x, 151),
            Joint[f"{side}_WRIST"]: (x, 287),
            Joint[f"{side}_HIP"]: (hip, 286),
            Joint[f"{side}_KNEE"]: (hip, 514),
            Joint[f"{side}_ANKLE"]: (hip, 724),
            Joint[f"{side}_HEEL"]: (hip - 30 * (1 - abs(facing)), 769 - 8 * facing),
            Joint[f"{side}_BIG_TOE"]: (hip + 115 * (1 - abs(facing)), 769 + 29 * facing),
            Joint[f"{side}_SMALL_TOE"]: (hip + sign * 45 * facing, 769 + 25 * facing),
        }
    points = {joint: complex(x, y) * 1j ** (turn * 2 / pi) for joint, (x, y) in places.items()}
    return Skeleton({joint: Keypoint(z.real, z.imag) for joint, z in points.items()})


def without(skeleton: Skeleton, *joints: Joint) -> Skeleton:
    return Skeleton({j: point for j, point in skeleton.keypoints.items() if j not in joints})


def guessing(skeleton: Skeleton, shrink: float, *joints: Joint) -> Skeleton:
    """Say that these joints were guessed, too near to the neck, as MediaPipe guesses them."""
    return skeleton.having(
        {
            joint: replace(point, x=point.x * shrink, y=point.y * shrink, score=0.02, guessed=True)
            for joint, point in skeleton.keypoints.items()
            if joint in joints
        }
    )


def test_stature_comes_from_what_was_seen():
    assert anatomy.stature(standing()) == pytest.approx(STATURE, rel=0.01)
    squeezed = guessing(standing(), 0.3, *BELOW_THE_HIPS)
    assert anatomy.stature(squeezed) == pytest.approx(STATURE, rel=0.01)


@pytest.mark.parametrize("facing", [1.0, 0.6, 0.2, -0.5, -1.0])
def test_turning_does_not_change_the_stature_while_the_trunk_is_seen(facing: float):
    assert anatomy.stature(standing(facing=facing)) == pytest.approx(STATURE, rel=0.01)


def test_of_an_empty_skeleton_nothing_is_known_and_nothing_is_made_up():
    assert anatomy.stature(Skeleton({})) == 0
    assert anatomy.complete(Skeleton({})) == Skeleton({})


@pytest.mark.parametrize(
    "seen",
    [
        (Joint.NOSE, Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER),
        UPPER_BODY[:6],
        (Joint.NECK, Joint.NOSE),
        (Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER, Joint.RIGHT_HIP, Joint.LEFT_HIP),
        (Joint.NECK, Joint.LEFT_HIP),
    ],
)
@pytest.mark.parametrize("turn", [0.0, pi / 2, -pi / 2, pi, 0.4])
def test_legs_have_their_true_length_along_the_body_however_it_lies(
    seen: tuple[Joint, ...], turn: float
):
    whole = standing(turn=turn)
    rest = tuple(joint for joint in Joint if joint not in seen)
    done = anatomy.complete(without(whole, *rest))
    for leg in LEGS:
        knee, ankle = done.keypoints[leg.knee], done.keypoints[leg.ankle]
        assert knee.distance(done.keypoints[leg.hip]) == pytest.approx(228, rel=0.1)
        assert ankle.distance(knee) == pytest.approx(210, rel=0.1)
        assert ankle.distance(whole.keypoints[leg.ankle]) < 0.35 * STATURE


def test_what_was_seen_is_never_touched():
    whole = standing()
    assert anatomy.complete(whole) == whole
    cut = without(whole, *FOOT_JOINTS, Joint.LEFT_ANKLE)
    done = anatomy.complete(cut)
    assert {joint: done.keypoints[joint] for joint in cut.keypoints} == dict(cut.keypoints)


def test_guesses_that_are_too_short_keep_their_direction_and_get_their_length():
    squeezed = guessing(standing(), 0.6, *BELOW_THE_HIPS)
    done = anatomy.complete(squeezed)
    for leg in LEGS:
        assert done.keypoints[leg.ankle].distance(standing().keypoints[leg.ankle]) < 0.06 * STATURE


def test_everything_made_up_is_marked_and_little_trusted():
    done = anatomy.complete(without(standing(), *BELOW_THE_HIPS))
    assert all(done.keypoints[joint].guessed for joint in BELOW_THE_HIPS)
    assert all(0 < done.keypoints[joint].score <= 0.1 for joint in BELOW_THE_HIPS)
    assert {joint for leg in LEGS for joint in leg.joints} <= set(done.keypoints)


def test_left_and_right_do_not_fall_into_one():
    cut = without(standing(), *BELOW_THE_HIPS)
    middle_of_it = {
        joint: Keypoint(0, 700, 0.02, guessed=True)
        for leg in LEGS
        for joint in (leg.knee, leg.ankle)
    }
    done = anatomy.complete(cut.having(middle_of_it))
    for right, left in zip(RIGHT_LEG.joints[1:], LEFT_LEG.joints[1:], strict=True):
        assert done.keypoints[left].x - done.keypoints[right].x > 0.03 * STATURE


@pytest.mark.parametrize("facing", [1.0, -1.0])
def test_front_and_back_views_keep_left_and_right_on_their_sides(facing: float):
    done = anatomy.complete(without(standing(facing=facing), *BELOW_THE_HIPS))
    gap = done.keypoints[Joint.LEFT_ANKLE].x - done.keypoints[Joint.RIGHT_ANKLE].x
    assert gap * facing > 0


def test_feet_point_down_towards_the_camera_and_up_away_from_it():
    towards = anatomy.complete(without(standing(), *FOOT_JOINTS))
    away = anatomy.complete(without(standing(facing=-1.0), *FOOT_JOINTS))
    for leg in LEGS:
        assert towards.keypoints[leg.big_toe].y > towards.keypoints[leg.heel].y
        assert away.keypoints[leg.big_toe].y < away.keypoints[leg.heel].y


def test_in_profile_the_toes_point_where_the_nose_does():
    done = anatomy.complete(without(standing(facing=0.1), *FOOT_JOINTS))
    for leg in LEGS:
        ankle, toe = done.keypoints[leg.ankle], done.keypoints[leg.big_toe]
        assert toe.x - ankle.x > 0.08 * STATURE
        assert done.keypoints[leg.heel].x < ankle.x


def test_feet_have_a_plausible_length_in_every_view():
    for facing in (1.0, 0.5, 0.0, -0.5, -1.0):
        done = anatomy.complete(without(standing(facing=facing), *FOOT_JOINTS))
        for leg in LEGS:
            foot = done.keypoints[leg.heel].distance(done.keypoints[leg.big_toe])
            assert 0.02 * STATURE < foot < anatomy.FOOT * STATURE


def test_one_leg_that_was_seen_stays_and_the_other_is_made_up_beside_it():
    half = without(standing(), *LEFT_LEG.joints)
    done = anatomy.complete(half)
    assert done.keypoints[Joint.RIGHT_ANKLE] == half.keypoints[Joint.RIGHT_ANKLE]
    assert done.keypoints[Joint.LEFT_ANKLE].distance(standing().keypoints[Joint.LEFT_ANKLE]) < 40


def test_detectors_without_feet_get_them_only_where_an_ankle_is():
    done = anatomy.with_feet(without(standing(), *FOOT_JOINTS, Joint.LEFT_ANKLE))
    assert Joint.RIGHT_BIG_TOE in done
    assert Joint.LEFT_BIG_TOE not in done


def test_small_toes_lie_beside_the_big_ones_on_the_outside():
    done = anatomy.with_small_toes(without(standing(), Joint.LEFT_SMALL_TOE, Joint.RIGHT_SMALL_TOE))
    points = done.keypoints
    assert points[Joint.LEFT_SMALL_TOE].x > points[Joint.LEFT_BIG_TOE].x
    assert points[Joint.RIGHT_SMALL_TOE].x < points[Joint.RIGHT_BIG_TOE].x
    assert points[Joint.LEFT_SMALL_TOE].guessed


def test_a_guess_that_leaves_the_body_sideways_is_not_believed():
    torn = {
        Joint.RIGHT_KNEE: Keypoint(-280, 250, 0.02, guessed=True),
        Joint.LEFT_KNEE: Keypoint(54, 500, 0.02, guessed=True),
    }
    cut = without(standing(), *BELOW_THE_HIPS).having(torn)
    assert not anatomy.has_sound_guesses(cut)
    done = anatomy.complete(cut)
    assert done.keypoints[Joint.RIGHT_KNEE].x == pytest.approx(-54, abs=10)
    assert anatomy.has_sound_guesses(done)


def test_one_measure_that_is_far_too_long_does_not_make_a_giant():
    reaching = standing().having({Joint.LEFT_ELBOW: Keypoint(600, 300)})
    assert anatomy.stature(reaching) < 1.1 * STATURE


def test_hips_marked_too_high_at_the_photos_edge_do_not_lift_the_feet():
    lifted = {
        leg.hip: replace(standing().keypoints[leg.hip], y=standing().keypoints[leg.hip].y - 30)
        for leg in LEGS
    }
    done = anatomy.complete(without(standing(), *BELOW_THE_HIPS).having(lifted))
    for leg in LEGS:
        assert done.keypoints[leg.ankle].y == pytest.approx(724, abs=15)
