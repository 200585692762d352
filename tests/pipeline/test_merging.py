from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.merging import Clash, mark_of, merge
from pipeline.skeleton import Joint, Keypoint, Skeleton

KNEE, ANKLE = Joint.LEFT_KNEE, Joint.LEFT_ANKLE
STANDING = Skeleton({KNEE: Keypoint(100, 200), ANKLE: Keypoint(100, 300, 0.4, guessed=True)})

numbers = st.integers(-300, 3000).map(float)
points = st.builds(Keypoint, numbers, numbers, st.sampled_from((0.25, 1.0)))


@st.composite
def skeletons(draw: st.DrawFn) -> Skeleton:
    known = draw(st.dictionaries(st.sampled_from(list(Joint)), points, max_size=8))
    hidden = draw(st.sets(st.sampled_from(list(Joint)), max_size=3)) & known.keys()
    front = draw(st.sampled_from((None, Joint.LEFT_HIP, Joint.RIGHT_HIP)))
    return Skeleton(known, hidden=frozenset(hidden), front=front)


def moved(person: Skeleton, joint: Joint, x: float) -> Skeleton:
    return person.having({joint: Keypoint(x, person.keypoints[joint].y)})


@given(skeletons(), skeletons())
def test_who_changed_nothing_gets_what_the_other_did(base: Skeleton, other: Skeleton):
    for one in (merge([base], [base], [other]), merge([base], [other], [base])):
        assert one.people == (other,)
        assert one.clashes == ()


@given(skeletons(), skeletons())
def test_two_who_did_the_same_agree(base: Skeleton, both: Skeleton):
    assert merge([base], [both], [both]).people == (both,)


@given(skeletons(), skeletons(), skeletons())
def test_where_two_clash_does_not_depend_on_who_is_asked(a: Skeleton, b: Skeleton, c: Skeleton):
    one, other = merge([a], [b], [c]), merge([a], [c], [b])
    assert one.clashes == other.clashes
    assert (one.people == other.people) or one.clashes


@given(skeletons(), skeletons(), skeletons())
def test_nothing_comes_out_that_nobody_made(a: Skeleton, b: Skeleton, c: Skeleton):
    (person,) = merge([a], [b], [c]).people
    for joint, point in person.keypoints.items():
        assert point in (b.keypoints.get(joint), c.keypoints.get(joint))


def test_two_joints_that_two_moved_are_both_moved():
    merged = merge([STANDING], [moved(STANDING, KNEE, 90)], [moved(STANDING, ANKLE, 120)])
    assert merged.clashes == ()
    (person,) = merged.people
    assert (person.keypoints[KNEE].x, person.keypoints[ANKLE].x) == (90, 120)


def test_a_joint_that_two_moved_apart_is_told_and_stays_as_they_have_it():
    merged = merge([STANDING], [moved(STANDING, KNEE, 90)], [moved(STANDING, KNEE, 120)])
    assert merged.clashes == (Clash(0, KNEE),)
    assert merged.people[0].keypoints[KNEE].x == 120


def test_hiding_what_another_moved_is_a_clash():
    hiding = replace(STANDING, hidden=frozenset({KNEE}))
    assert merge([STANDING], [hiding], [moved(STANDING, KNEE, 120)]).clashes == (Clash(0, KNEE),)


def test_both_legs_in_front_is_a_clash():
    left, right = (replace(STANDING, front=hip) for hip in (Joint.LEFT_HIP, Joint.RIGHT_HIP))
    assert merge([STANDING], [left], [right]).clashes == (Clash(0, None),)


def test_other_people_cannot_be_merged():
    with pytest.raises(ValueError, match="not the same people"):
        merge([STANDING], [STANDING, STANDING], [STANDING])


@given(skeletons(), skeletons())
def test_a_mark_names_a_pose(one: Skeleton, other: Skeleton):
    assert (mark_of([one]) == mark_of([other])) is (one == other)
    assert len(mark_of([one])) == 16
