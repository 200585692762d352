"""The score of a picture: which of two shows better who was planned."""

from dataclasses import replace

import pytest
from PIL import Image

from pipeline.canvas import Canvas
from pipeline.draw import limb_mask
from pipeline.geometry import Box, Size
from pipeline.quality import (
    CLONED,
    SEEDS,
    SPREADS,
    WEIGHTS,
    Score,
    appraise,
    clones,
    score,
    try_seed,
)
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


CANVAS = Canvas(FRAME, Box(0, 0, 500, 300))
LEGS_ALONE = Score(oks=0.8, legs=2, planned=2, toes=1.0)


def test_all_weights_together_are_one():
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_a_perfect_picture_scores_nearly_one():
    perfect = Score(oks=1.0, legs=2, planned=2, toes=1.0, seam=0.9, colour=0.0, contrast=60.0)
    assert 0.98 < perfect.total <= 1.0


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"seam": 1.0}, {"seam": 3.0}),
        ({"colour": 2.0}, {"colour": 30.0}),
        ({"contrast": 30.0}, {"contrast": 5.0}),
        ({}, {"clones": 1}),
        ({"clones": 1}, {"clones": 2}),
    ],
)
def test_every_part_counts(better: dict[str, float], worse: dict[str, float]):
    assert replace(LEGS_ALONE, **better).total > replace(LEGS_ALONE, **worse).total


def test_a_clone_halves_the_score():
    assert replace(LEGS_ALONE, clones=1).total == CLONED * LEGS_ALONE.total


def test_a_part_that_nobody_measured_is_left_out():
    assert set(LEGS_ALONE.parts) == {"joints", "legs", "toes"}
    assert set(replace(LEGS_ALONE, seam=1.0).parts) == {"joints", "legs", "toes", "seam"}


def picture_of(person: Skeleton) -> Image.Image:
    picture = Image.new("RGB", (FRAME.width, FRAME.height), (200, 190, 180))
    picture.paste((30, 40, 90), mask=limb_mask([person], FRAME))
    return picture


def test_a_picture_of_whom_was_planned_scores_above_one_without_legs():
    good = appraise(picture_of(PLANNED), CANVAS, (PLANNED,), (PLANNED,))
    bare = Image.new("RGB", (FRAME.width, FRAME.height), (200, 190, 180))
    bad = appraise(bare, CANVAS, (PLANNED,), (without(PLANNED, *LEFT_LEG.joints),))
    assert good is not None
    assert bad is not None
    assert good.total > 0.95 > 0.5 > bad.total
    assert None not in (good.seam, good.colour, good.contrast)


def test_where_nobody_was_planned_nothing_is_scored():
    assert appraise(picture_of(PLANNED), CANVAS, (), (PLANNED,)) is None


def test_somebody_new_below_the_photo_is_a_clone():
    below = PLANNED.mapped(scale=0.4, dx=300, dy=310)
    assert clones((PLANNED,), (PLANNED, below), CANVAS) == 1
    assert clones((PLANNED,), (below, PLANNED, below.mapped(dx=-200)), CANVAS) == 2


def test_somebody_in_the_photo_s_background_is_none():
    behind = PLANNED.mapped(scale=0.2, dx=300, dy=100)
    assert clones((PLANNED,), (PLANNED, behind), CANVAS) == 0


def test_somebody_who_was_planned_and_is_found_elsewhere_is_no_clone():
    assert clones((PLANNED,), (PLANNED.mapped(dx=300),), CANVAS) == 0
