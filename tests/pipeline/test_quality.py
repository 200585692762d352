"""The score of a picture: which of two shows better who was planned."""

from dataclasses import replace

import pytest

from pipeline.geometry import Size
from pipeline.quality import SEEDS, SPREADS, Score, score, try_seed
from pipeline.skeleton import LEFT_LEG, LEGS, Joint, Skeleton
from tests.pipeline.people import whole_person

FRAME = Size(500, 520)
PLANNED = whole_person()


def scored(*found: Skeleton, frame: Size = FRAME, planned: Skeleton = PLANNED) -> Score:
    given = score((planned,), found, frame)
    assert given is not None
    return given


def without(person: Skeleton, *joints: Joint) -> Skeleton:
    return Skeleton({j: point for j, point in person.keypoints.items() if j not in joints})


def test_who_stands_as_planned_scores_one():
    assert scored(PLANNED) == Score(oks=1.0, legs=2, planned=2, toes=1.0)
    assert scored(PLANNED).total == pytest.approx(1.0)


def test_nobody_found_scores_nothing():
    assert scored() == Score(oks=0.0, legs=0, planned=2, toes=0.0)
    assert scored().total == 0.0


def test_somebody_far_off_is_somebody_else():
    assert scored(PLANNED.mapped(dx=400)).total == 0.0


def test_the_further_off_the_less():
    totals = [scored(moved_legs(by)).total for by in (0, 5, 15, 40)]
    assert totals == sorted(totals, reverse=True)
    assert len(set(totals)) == 4


def moved_legs(by: float) -> Skeleton:
    return PLANNED.having(
        {j: PLANNED.keypoints[j].moved(by, 0) for leg in LEGS for j in leg.joints}
    )


def test_a_missing_leg_is_counted_and_costs_about_half():
    alone = scored(without(PLANNED, *LEFT_LEG.joints))
    assert (alone.legs, alone.planned, alone.toes) == (1, 2, 0.5)
    assert alone.oks == pytest.approx(0.5)


def test_a_joint_that_the_detector_only_guessed_was_not_found():
    ankle = replace(PLANNED.keypoints[Joint.LEFT_ANKLE], guessed=True)
    assert scored(PLANNED.having({Joint.LEFT_ANKLE: ankle})).legs == 1


def test_what_was_planned_outside_the_frame_is_not_expected():
    knee_high = scored(PLANNED, frame=Size(500, 400))
    assert knee_high == Score(oks=1.0, legs=0, planned=0, toes=0.0)


def test_what_the_person_hid_is_not_expected():
    hidden = replace(PLANNED, hidden=frozenset(LEFT_LEG.joints))
    one_leg = scored(without(PLANNED, *LEFT_LEG.joints), planned=hidden)
    assert one_leg == Score(oks=1.0, legs=1, planned=1, toes=1.0)


def test_of_two_people_each_is_compared_with_their_own():
    other = whole_person(middle=1000)
    both = score((PLANNED, other), (other, PLANNED), Size(1500, 520))
    assert both == Score(oks=1.0, legs=4, planned=4, toes=1.0)


def test_without_a_planned_leg_there_is_no_score():
    assert score((), (PLANNED,), FRAME) is None
    assert score((without(PLANNED, *SPREADS),), (PLANNED,), FRAME) is None


def test_the_first_try_has_the_seed_itself_and_no_two_have_the_same():
    assert try_seed(7, 0) == 7
    tries = {try_seed(seed, number) for seed in range(64) for number in range(8)}
    assert len(tries) == 64 * 8
    assert all(0 <= seed < SEEDS for seed in tries)
