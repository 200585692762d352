from math import dist

import pytest

from pipeline import posing
from pipeline.errors import EditError
from pipeline.skeleton import LEGS, Joint, Keypoint, Leg, Skeleton
from pipeline.stances import STANCES, preset
from tests.pipeline.people import whole_person

PLACED = {joint for leg in LEGS for joint in leg.joints[1:]}


def reach(skeleton: Skeleton, leg: Leg) -> float:
    points = skeleton.keypoints
    return points[leg.hip].distance(points[leg.knee]) + points[leg.knee].distance(points[leg.ankle])


@pytest.mark.parametrize("stance", STANCES)
def test_a_stance_places_legs_from_the_knees_down_and_nothing_else(stance: str):
    before = posing.hide(whole_person(), [Joint.RIGHT_KNEE, Joint.NOSE])
    after = preset(before, stance)
    kept = set(Joint) - PLACED
    assert {j: after.keypoints[j] for j in kept} == {j: before.keypoints[j] for j in kept}
    assert all(after.keypoints[joint].score == 1.0 for joint in PLACED)
    assert after.hidden == {Joint.NOSE}


@pytest.mark.parametrize("stance", STANCES)
def test_guessed_legs_are_placed_and_guessed_hips_stay_guesses(stance: str):
    guessed = {
        j: Keypoint(p.x, p.y, 0.2, guessed=True) for j, p in whole_person().visible().items()
    }
    after = preset(Skeleton(guessed), stance)
    assert {joint for joint, point in after.keypoints.items() if not point.guessed} == PLACED


def test_somebody_without_legs_is_given_some_that_suit_the_torso():
    bust = Skeleton({j: p for j, p in whole_person().keypoints.items() if j not in PLACED})
    legs = preset(bust, "standing")
    torso = bust.torso
    assert torso is not None
    assert reach(legs, LEGS[0]) == pytest.approx(1.53 * torso, rel=0.02)


@pytest.mark.parametrize("scale", [0.1, 1, 7])
@pytest.mark.parametrize("stance", STANCES)
def test_a_stance_grows_with_the_person(stance: str, scale: float):
    small, large = whole_person(), whole_person().mapped(scale=scale, dx=30, dy=-8)
    expected = preset(small, stance).mapped(scale=scale, dx=30, dy=-8)
    for joint, point in preset(large, stance).keypoints.items():
        assert (point.x, point.y) == pytest.approx(
            (expected.keypoints[joint].x, expected.keypoints[joint].y)
        )


def test_standing_keeps_the_persons_own_leg_lengths():
    before = whole_person()
    after = preset(before, "standing")
    assert reach(after, LEGS[0]) == pytest.approx(reach(before, LEGS[0]), rel=0.03)


@pytest.mark.parametrize("stance", STANCES)
def test_standing_up_again_from_any_stance_gives_legs_of_a_plausible_length(stance: str):
    before = whole_person()
    after = preset(preset(before, stance), "standing")
    assert reach(after, LEGS[0]) == pytest.approx(reach(before, LEGS[0]), rel=0.25)


def test_someone_standing_has_toes_below_ankles_below_knees_below_hips():
    points = preset(whole_person(), "standing").keypoints
    for leg in LEGS:
        heights = [points[joint].y for joint in (leg.hip, leg.knee, leg.ankle, leg.big_toe)]
        assert heights == sorted(heights)


def test_crossed_ankles_are_on_each_others_side_and_the_right_leg_is_in_front():
    after = preset(whole_person(), "crossed")
    assert after.keypoints[Joint.RIGHT_ANKLE].x > after.keypoints[Joint.LEFT_ANKLE].x
    assert after.front is Joint.RIGHT_HIP


def test_seen_from_behind_the_other_leg_is_in_front():
    assert preset(whole_person(turned=-1), "crossed").front is Joint.LEFT_HIP


def test_standing_asks_for_no_front_leg():
    assert preset(posing.in_front(whole_person(), LEGS[0]), "standing").front is None


@pytest.mark.parametrize(("nose", "way"), [(0.05, 1), (-0.05, -1)])
def test_someone_seated_in_profile_has_knees_where_the_nose_points(nose: float, way: int):
    points = preset(whole_person(turned=0.1, nose=nose), "seated").keypoints
    thigh = points[Joint.LEFT_KNEE].x - points[Joint.LEFT_HIP].x
    torso = whole_person().torso
    assert torso is not None
    assert thigh * way > 0.6 * torso


def test_someone_seated_who_faces_the_camera_shows_short_thighs():
    points = preset(whole_person(), "seated").keypoints
    thigh = points[Joint.LEFT_HIP].distance(points[Joint.LEFT_KNEE])
    assert thigh < 0.6 * points[Joint.LEFT_KNEE].distance(points[Joint.LEFT_ANKLE])


def test_a_stride_is_wide_in_profile_only():
    def width(person: Skeleton) -> float:
        points = preset(person, "walking").keypoints
        return abs(points[Joint.LEFT_ANKLE].x - points[Joint.RIGHT_ANKLE].x)

    assert width(whole_person(turned=0.1, nose=0.05)) > 2 * width(whole_person())


def test_without_a_nose_the_feet_say_where_a_profile_looks():
    person = whole_person(turned=0.1)
    face = (Joint.NOSE, Joint.RIGHT_EYE, Joint.LEFT_EYE, Joint.RIGHT_EAR, Joint.LEFT_EAR)
    points = {joint: point for joint, point in person.keypoints.items() if joint not in face}
    heel = points[Joint.LEFT_HEEL]
    points[Joint.LEFT_BIG_TOE] = heel.moved(-60, 0)
    seated = preset(Skeleton(points), "seated").keypoints
    assert seated[Joint.LEFT_KNEE].x < seated[Joint.LEFT_HIP].x


def test_without_ears_the_shoulders_tell_where_the_nose_points():
    person = whole_person(turned=0.1, nose=-0.05)
    ears = (Joint.RIGHT_EAR, Joint.LEFT_EAR)
    points = {joint: point for joint, point in person.keypoints.items() if joint not in ears}
    seated = preset(Skeleton(points), "seated").keypoints
    assert seated[Joint.LEFT_KNEE].x < seated[Joint.LEFT_HIP].x


def test_the_legs_of_somebody_who_lies_go_on_from_the_torso():
    upright = whole_person()
    lying = Skeleton({j: Keypoint(p.y, 500 - p.x) for j, p in upright.keypoints.items()})
    points = preset(lying, "standing").keypoints
    assert points[Joint.LEFT_ANKLE].x - points[Joint.LEFT_HIP].x > 150
    assert abs(points[Joint.LEFT_ANKLE].y - points[Joint.LEFT_HIP].y) < 60


def test_hips_alone_are_enough():
    hips = Skeleton({Joint.RIGHT_HIP: Keypoint(80, 100), Joint.LEFT_HIP: Keypoint(120, 100)})
    points = preset(hips, "standing").keypoints
    assert 50 < dist((0, points[Joint.LEFT_ANKLE].y), (0, 100)) < 300


def test_a_body_without_size_cannot_be_placed():
    spot = Keypoint(5, 5)
    with pytest.raises(EditError, match="Move a hip first"):
        preset(Skeleton({Joint.RIGHT_HIP: spot, Joint.LEFT_HIP: spot}), "standing")


def test_a_missing_hip_is_told():
    with pytest.raises(EditError, match="I did not find the left hip"):
        preset(Skeleton({Joint.RIGHT_HIP: Keypoint(1, 1)}), "standing")


def test_an_unknown_stance_is_answered_with_the_known_ones():
    with pytest.raises(EditError, match="standing, walking, crossed, seated"):
        preset(whole_person(), "flying")
