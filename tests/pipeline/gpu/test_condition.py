"""Our drawing beside the one that the openpose ControlNet was trained with."""

import numpy as np
import pytest

from pipeline.draw import draw_condition
from pipeline.geometry import Size
from pipeline.gpu.openpose import body_code
from pipeline.skeleton import BODY_JOINTS, Joint, Keypoint, Skeleton
from tests.pipeline.people import whole_person

SIDE = 512


def reference(person: Skeleton) -> np.ndarray:
    code = body_code()
    points = (person.get(joint) for joint in BODY_JOINTS)
    found = [code.Keypoint(point.x / SIDE, point.y / SIDE) if point else None for point in points]
    return code.util.draw_bodypose(np.zeros((SIDE, SIDE, 3), np.uint8), found)


def ours(person: Skeleton) -> np.ndarray:
    return np.asarray(draw_condition([person], Size(SIDE, SIDE), stick=4, feet=False))


@pytest.mark.parametrize("turned", [1.0, -1.0, 0.5])
def test_the_condition_is_the_one_that_was_trained_but_for_the_rims(turned: float):
    person = whole_person(height=490, middle=255, turned=turned)
    theirs, mine = reference(person).astype(int), ours(person).astype(int)
    ink = theirs.any(axis=2) | mine.any(axis=2)
    both = theirs.any(axis=2) & mine.any(axis=2)
    # The reference rounds centres, lengths and angles to whole numbers; so rims differ by a pixel.
    assert both.sum() / ink.sum() > 0.88
    assert (np.abs(theirs - mine).max(axis=2)[both] > 8).mean() < 0.05
    assert mine.sum() == pytest.approx(theirs.sum(), rel=0.03)


def test_where_the_reference_rounds_nothing_the_pixels_are_the_same():
    level = Skeleton(
        {
            Joint.NECK: Keypoint(200.5, 100.5),
            Joint.RIGHT_SHOULDER: Keypoint(100.5, 100.5),
            Joint.LEFT_SHOULDER: Keypoint(300.5, 100.5),
            Joint.NOSE: Keypoint(200.5, 20.5),
        }
    )
    different = (reference(level) != ours(level)).any(axis=2)
    assert different.sum() / reference(level).any(axis=2).sum() < 0.03


def test_a_joint_that_is_missing_takes_its_limbs_with_it():
    points = dict(whole_person(height=490, middle=255).keypoints)
    del points[Joint.LEFT_KNEE]
    person = Skeleton(points)
    theirs, mine = reference(person).any(axis=2), ours(person).any(axis=2)
    assert (theirs & mine).sum() / (theirs | mine).sum() > 0.88
