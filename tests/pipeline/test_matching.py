from pipeline.matching import merge
from pipeline.skeleton import Joint, Keypoint, Skeleton


def person(x: float, knee: Keypoint | None = None) -> Skeleton:
    upper = {
        Joint.RIGHT_SHOULDER: Keypoint(x - 20, 100),
        Joint.LEFT_SHOULDER: Keypoint(x + 20, 100),
        Joint.RIGHT_HIP: Keypoint(x - 15, 200),
        Joint.LEFT_HIP: Keypoint(x + 15, 200),
    }
    return Skeleton({**upper, Joint.RIGHT_KNEE: knee} if knee else upper)


GUESS = Keypoint(85, 300, 0.2, guessed=True)


def test_a_joint_that_was_surely_seen_overrules_the_guess():
    seen = Keypoint(90, 290, 0.9)
    assert merge([person(100, GUESS)], [person(102, seen)])[0].keypoints[Joint.RIGHT_KNEE] == seen


def test_a_joint_that_was_hardly_seen_does_not():
    doubtful = Keypoint(190, 290, 0.3)
    assert (
        merge([person(100, GUESS)], [person(102, doubtful)])[0].keypoints[Joint.RIGHT_KNEE] == GUESS
    )


def test_somebody_elsewhere_in_the_picture_is_somebody_else():
    stranger = person(400, Keypoint(400, 300, 0.9))
    assert merge([person(100, GUESS)], [stranger]) == (person(100, GUESS),)


def test_each_person_is_matched_once():
    first, second = person(100), person(220)
    found = [person(222, Keypoint(222, 300, 0.9)), person(101, Keypoint(99, 301, 0.9))]
    knees = [p.keypoints[Joint.RIGHT_KNEE].x for p in merge([first, second], found)]
    assert knees == [99, 222]


def test_without_a_plan_the_detection_is_all_there_is():
    assert merge([], [person(100)]) == (person(100),)
    assert merge([person(100)], []) == (person(100),)


def test_a_joint_far_from_its_planned_place_is_the_detector_s_mistake():
    astray = Keypoint(85, 220, 0.9)
    assert (
        merge([person(100, GUESS)], [person(102, astray)])[0].keypoints[Joint.RIGHT_KNEE] == GUESS
    )
