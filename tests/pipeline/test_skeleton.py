import json
from typing import Any

import pytest

from pipeline.skeleton import (
    BODY_JOINTS,
    BODY_LIMBS,
    FOOT_JOINTS,
    FOOT_LIMBS,
    LEFT_LEG,
    LEGS,
    RIGHT_LEG,
    Joint,
    Keypoint,
    Skeleton,
    from_openpose,
    middle,
    to_openpose,
)


def standing() -> Skeleton:
    return Skeleton({joint: Keypoint(10.5 * joint, 20.25 + joint, 0.5) for joint in Joint})


def test_there_are_eighteen_body_joints_and_six_foot_points():
    assert len(BODY_JOINTS) == 18
    assert len(FOOT_JOINTS) == 6
    assert (*BODY_JOINTS, *FOOT_JOINTS) == tuple(Joint)


def test_every_joint_is_mirrored_to_one_that_mirrors_back():
    assert all(joint.mirrored.mirrored is joint for joint in Joint)
    assert [joint for joint in Joint if joint.mirrored is joint] == [Joint.NOSE, Joint.NECK]
    assert Joint.LEFT_BIG_TOE.mirrored is Joint.RIGHT_BIG_TOE


def test_a_label_is_what_people_type():
    assert Joint.RIGHT_KNEE.label == "right_knee"


def test_limbs_join_body_joints_once_each():
    assert len(set(BODY_LIMBS)) == len(BODY_LIMBS) == 17
    assert {joint for limb in BODY_LIMBS for joint in limb} == set(BODY_JOINTS)
    assert {joint for limb in FOOT_LIMBS for joint in limb} >= set(FOOT_JOINTS) - {
        Joint.LEFT_HEEL,
        Joint.RIGHT_HEEL,
    }


def test_the_two_legs_mirror_each_other():
    assert LEGS == (RIGHT_LEG, LEFT_LEG)
    assert all(
        right.mirrored is left
        for right, left in zip(RIGHT_LEG.joints, LEFT_LEG.joints, strict=True)
    )
    assert RIGHT_LEG.foot == RIGHT_LEG.joints[3:]


def test_moving_a_keypoint_keeps_its_score_and_that_it_was_guessed():
    moved = Keypoint(1, 2, 0.3, guessed=True).moved(10, -5)
    assert moved == Keypoint(11, -3, 0.3, guessed=True)


def test_distance_is_a_straight_line():
    assert Keypoint(0, 0).distance(Keypoint(3, 4)) == 5


def test_a_skeleton_is_a_value_in_joint_order():
    points = {Joint.RIGHT_KNEE: Keypoint(1, 2), Joint.NOSE: Keypoint(3, 4)}
    skeleton = Skeleton(points)
    points.clear()
    assert list(skeleton.keypoints) == [Joint.NOSE, Joint.RIGHT_KNEE]
    assert skeleton == Skeleton(dict(reversed(list(skeleton.keypoints.items()))))
    assert len({skeleton, Skeleton(skeleton.keypoints)}) == 1
    with pytest.raises(TypeError):
        skeleton.keypoints[Joint.NECK] = Keypoint(0, 0)  # pyright: ignore


def test_a_hidden_joint_is_known_but_not_there():
    skeleton = Skeleton({Joint.NOSE: Keypoint(3, 4)}, hidden=frozenset({Joint.NOSE}))
    assert Joint.NOSE not in skeleton
    assert skeleton.get(Joint.NOSE) is None
    assert skeleton.keypoints[Joint.NOSE] == Keypoint(3, 4)
    assert skeleton.visible() == {}


def test_an_absent_joint_is_none():
    skeleton = Skeleton({Joint.NOSE: Keypoint(3, 4)})
    assert skeleton.get(Joint.NOSE) == Keypoint(3, 4)
    assert skeleton.get(Joint.NECK) is None
    assert skeleton.visible([Joint.NECK, Joint.NOSE]) == {Joint.NOSE: Keypoint(3, 4)}


def test_placing_a_joint_leaves_the_old_skeleton():
    old = Skeleton({Joint.NOSE: Keypoint(3, 4)}, front=Joint.LEFT_HIP)
    new = old.having({Joint.NOSE: Keypoint(5, 6), Joint.NECK: Keypoint(7, 8)})
    assert old.keypoints == {Joint.NOSE: Keypoint(3, 4)}
    assert new.keypoints == {Joint.NOSE: Keypoint(5, 6), Joint.NECK: Keypoint(7, 8)}
    assert new.front is Joint.LEFT_HIP


def test_a_change_of_frame_scales_first_and_shifts_then():
    moved = Skeleton({Joint.NOSE: Keypoint(3, 4, 0.2)}).mapped(scale=10, dx=1, dy=-1)
    assert moved.keypoints == {Joint.NOSE: Keypoint(31, 39, 0.2)}


SHOULDERS = {Joint.RIGHT_SHOULDER: Keypoint(0, 10), Joint.LEFT_SHOULDER: Keypoint(20, 10)}
HIPS = {Joint.RIGHT_HIP: Keypoint(5, 60), Joint.LEFT_HIP: Keypoint(15, 60)}


@pytest.mark.parametrize(
    ("points", "torso"),
    [
        (SHOULDERS | HIPS, 50),
        ({Joint.NECK: Keypoint(10, 20)} | HIPS, 40),
        ({Joint.NECK: Keypoint(5, 20), Joint.RIGHT_HIP: Keypoint(5, 60)}, 40),
        ({Joint.NECK: Keypoint(15, 20), Joint.LEFT_HIP: Keypoint(15, 60)}, 40),
        (SHOULDERS, None),
        (HIPS, None),
        ({}, None),
    ],
)
def test_the_torso_runs_from_the_shoulders_to_the_hips(
    points: dict[Joint, Keypoint], torso: float | None
):
    assert Skeleton(points).torso == torso


def test_the_middle_is_as_uncertain_as_the_worse_of_the_two():
    between = middle(Keypoint(0, 0, 0.9), Keypoint(10, 20, 0.4, guessed=True))
    assert between == Keypoint(5, 10, 0.4, guessed=True)


def test_what_was_written_is_read_back_the_same():
    people = [
        standing(),
        Skeleton(
            {
                Joint.NECK: Keypoint(-5.5, 1000.125, 0.001, guessed=True),
                Joint.LEFT_HEEL: Keypoint(1, 2),
            },
            hidden=frozenset({Joint.LEFT_HEEL, Joint.NECK}),
            front=Joint.RIGHT_HIP,
        ),
        Skeleton({}),
    ]
    text = json.dumps(to_openpose(people, width=640, height=480))
    assert from_openpose(json.loads(text)) == people


def test_the_document_is_openpose_s():
    document = to_openpose([Skeleton({Joint.NECK: Keypoint(3, 4, 0.5)})], width=640, height=480)
    person = document["people"][0]
    assert (document["canvas_width"], document["canvas_height"]) == (640, 480)
    assert person["pose_keypoints_2d"] == [0, 0, 0, 3, 4, 0.5] + [0] * 48
    assert person["foot_keypoints_2d"] == [0] * 18


def test_openpose_s_own_document_of_eighteen_joints_is_read():
    numbers = [0.0] * 54
    numbers[30:33] = [12.5, 99.0, 0.75]
    (person,) = from_openpose({"version": 1.1, "people": [{"pose_keypoints_2d": numbers}]})
    assert person == Skeleton({Joint.RIGHT_ANKLE: Keypoint(12.5, 99, 0.75)})


def test_a_joint_of_no_score_at_all_is_not_lost():
    guess = Skeleton({Joint.LEFT_HEEL: Keypoint(3, 4, 0.0, guessed=True)})
    (back,) = from_openpose(to_openpose([guess], width=9, height=9))
    assert back == Skeleton({Joint.LEFT_HEEL: Keypoint(3, 4, 0.001, guessed=True)})


def test_a_picture_without_people_has_no_skeletons():
    assert from_openpose({"people": []}) == []


def person(**changes: Any) -> dict[str, Any]:
    return {"people": [{"pose_keypoints_2d": [1.0, 2.0, 0.5] * 18, **changes}]}


NO_DOCUMENTS: list[Any] = [
    {},
    [],
    None,
    "people",
    {"people": None},
    {"people": 3},
    {"people": [None]},
    {"people": ["me"]},
    {"people": [{}]},
    person(pose_keypoints_2d=None),
    person(pose_keypoints_2d=[1, 2]),
    person(pose_keypoints_2d=[1.0, 2.0, 0.5] * 25),
    person(pose_keypoints_2d=["a", "b", "c"] * 18),
    person(pose_keypoints_2d=["1", "2", 0.5] * 18),
    person(pose_keypoints_2d=[None, 2.0, 0.5] * 18),
    person(pose_keypoints_2d=[float("nan"), 2.0, 0.5] * 18),
    person(pose_keypoints_2d=[1.0, float("inf"), 0.5] * 18),
    person(pose_keypoints_2d=[1.0, 2.0, float("nan")] * 18),
    person(pose_keypoints_2d=[10**400, 2.0, 0.5] * 18),
    person(foot_keypoints_2d=[1.0]),
    person(foot_keypoints_2d=7),
    person(hidden=["right_wing"]),
    person(hidden=3),
    person(hidden=[3]),
    person(guessed=["right_wing"]),
    person(guessed=5),
    person(front="right_wing"),
    person(front=5),
    person(front="right_knee"),
]


@pytest.mark.parametrize("document", NO_DOCUMENTS, ids=range(len(NO_DOCUMENTS)))
def test_what_is_no_such_document_is_refused(document: Any):
    with pytest.raises(ValueError, match="not an OpenPose document"):
        from_openpose(document)
