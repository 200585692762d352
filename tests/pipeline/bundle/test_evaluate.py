"""The measures themselves: each is shown a painting whose worth is known."""

from itertools import islice

import numpy as np
import pytest
from PIL import Image

from pipeline.bundle import evaluate
from pipeline.bundle.cases import LEAST_LEG, Case, cases
from pipeline.bundle.evaluate import Verdict, sheet, summary
from pipeline.bundle.judge import classes_of
from pipeline.bundle.scenes import NATIVE
from pipeline.skeleton import LEGS


@pytest.fixture(scope="module")
def some() -> list[Case]:
    return list(islice(cases(900_001, 6), 6))


def test_the_same_seed_gives_the_same_people(some: list[Case]):
    again = list(cases(900_001, 2))
    assert all(
        (a.scene.picture == b.scene.picture).all() for a, b in zip(some, again, strict=False)
    )
    assert [case.canvas for case in some[:2]] == [case.canvas for case in again]


def test_every_case_lacks_legs_that_the_truth_shows(some: list[Case]):
    for case in some:
        assert case.photo.size == (NATIVE[0], case.canvas.photo.height)
        assert (case.truth[case.canvas.photo.bottom :] > 0).sum() >= LEAST_LEG


def test_the_truth_overlaps_itself_fully_and_nothing_not_at_all(some: list[Case]):
    for case in some:
        assert evaluate._iou(case.truth, case) == 1
        assert evaluate._iou(np.zeros_like(case.truth), case) == 0


def test_overlap_counts_nothing_above_the_cut(some: list[Case]):
    case = some[0]
    shown = case.truth.copy()
    shown[: case.canvas.photo.bottom] = 1
    assert evaluate._iou(shown, case) == 1


def test_a_flat_fill_keeps_the_photo_and_is_flat_below(some: list[Case]):
    case = some[0]
    flat = np.asarray(evaluate._flat(case))
    bottom = case.canvas.photo.bottom
    assert (flat[:bottom] == case.scene.picture[:bottom]).all()
    assert flat[bottom:].reshape(-1, 3).std(0).max() == 0


def test_a_foot_that_is_moved_is_found_where_it_went(some: list[Case]):
    measured = 0
    for case in some:
        leg, aside = evaluate._move(case)
        if leg is None:
            continue
        moved = np.roll(case.truth, round(aside), axis=1)
        places = [evaluate._foot(shown, case, leg, aside) for shown in (case.truth, moved)]
        if not np.isnan(places).any():
            measured += 1
            assert (places[1] - places[0]) / aside > 0.3
    assert measured


def test_the_leg_that_has_room_is_moved_outwards(some: list[Case]):
    for case in some:
        leg, aside = evaluate._move(case)
        if leg is not None:
            points = case.skeleton.keypoints
            assert points[leg.ankle].x == min(points[other.ankle].x for other in LEGS)
            assert aside < 0


def test_the_summary_gives_means_with_their_intervals():
    blank = np.zeros((2, 2, 3), np.uint8)
    values = (0.2, 0.4, float("nan"))
    found = summary([Verdict(blank, {"leg_iou": value}) for value in values])
    assert found["count"] == 3
    assert found["leg_iou"] == pytest.approx(0.3)
    assert found["leg_iou_low"] == pytest.approx(0.2)
    assert found["leg_iou_high"] == pytest.approx(0.4)


def test_a_measure_that_no_picture_gave_is_left_out():
    verdict = Verdict(np.zeros((2, 2, 3), np.uint8), {"obey_gain": float("nan")})
    assert summary([verdict]) == {"count": 1}


def test_the_sheet_shows_worst_median_and_best(some: list[Case]):
    results = [
        (case, Verdict(case.scene.picture, {"leg_iou": index / 10}))
        for index, case in enumerate(some)
    ]
    drawn = sheet(results, columns=2)
    assert drawn.size == (2 * 2 * NATIVE[0], 2 * 9 * NATIVE[1])
    worst = drawn.crop((0, 2 * NATIVE[1], 2 * NATIVE[0], 4 * NATIVE[1])).resize(NATIVE)
    difference = np.asarray(worst, int) - np.asarray(Image.fromarray(some[0].scene.picture), int)
    assert np.abs(difference).mean() < 3


def test_classes_are_the_judges(some: list[Case]):
    assert (some[0].truth == classes_of(some[0].scene.labels)).all()
