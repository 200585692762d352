"""The measure of obedience is shown legs that really moved."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from pipeline.bundle import obedience
from pipeline.bundle.cases import Case, cases
from pipeline.bundle.obedience import followed, outward_move
from pipeline.canvas import Canvas
from pipeline.geometry import Box
from pipeline.skeleton import LEGS


@pytest.fixture(scope="module")
def movable() -> list[Case]:
    found = [case for case in islice(cases(900_001, 12), 12) if outward_move(case) is not None]
    assert len(found) >= 3
    return found


def test_the_left_most_ankle_is_moved_outwards(movable: list[Case]):
    for case in movable:
        move = outward_move(case)
        assert move is not None
        points = case.skeleton.keypoints
        assert points[move.leg.ankle].x == min(points[leg.ankle].x for leg in LEGS)
        assert move.went == pytest.approx(-obedience.MOVE * (case.skeleton.torso or 0), abs=1.5)
        assert move.skeleton.keypoints[move.leg.ankle].x < points[move.leg.ankle].x


def test_legs_drawn_at_the_joints_obey_fully_and_the_other_one_stays(movable: list[Case]):
    for case in movable:
        move = outward_move(case)
        assert move is not None
        drawn = [obedience._drawn(case, s) for s in (case.skeleton, move.skeleton)]
        gain, drift = followed(case, move, drawn[0], drawn[1])
        assert np.isnan(gain) or gain == pytest.approx(1)
        assert np.isnan(drift) or drift < 0.03


def test_a_picture_that_stays_as_it_is_obeys_nothing(movable: list[Case]):
    for case in movable:
        move = outward_move(case)
        assert move is not None
        gain, drift = followed(case, move, case.truth, case.truth)
        assert np.isnan(gain) or gain == 0
        assert np.isnan(drift) or drift == 0


def test_a_picture_that_slides_as_a_whole_drifts(movable: list[Case]):
    drifts: list[float] = []
    for case in movable:
        move = outward_move(case)
        assert move is not None
        slid = np.roll(case.truth, round(move.went), axis=1)
        drifts.append(followed(case, move, case.truth, slid)[1])
    assert np.nanmax(drifts) > 0.06


def test_legs_that_are_not_cut_off_are_not_moved(movable: list[Case]):
    size = movable[0].canvas.size
    assert outward_move(replace(movable[0], canvas=Canvas(size, Box.of(size)))) is None
