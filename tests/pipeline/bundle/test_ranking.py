"""Whether better pictures have better scores."""

import pytest

from pipeline.bundle.ranking import Rated, ranking
from pipeline.quality import Score


def rated(overlap: float, oks: float, contrast: float | None = None) -> Rated:
    score = Score(oks=oks, legs=2, planned=2, toes=1.0, contrast=contrast)
    return Rated(score, overlap)


def test_scores_in_the_order_of_the_overlaps_agree_wholly():
    found = ranking([[rated(0.2, 0.1), rated(0.4, 0.5), rated(0.6, 0.9)]])
    assert (found.score, found.legs_alone) == (pytest.approx(1), pytest.approx(1))
    assert found.gain == pytest.approx(0.2)


def test_scores_in_the_opposite_order_cost_overlap():
    found = ranking([[rated(0.2, 0.9), rated(0.4, 0.5), rated(0.6, 0.1)]])
    assert found.score == pytest.approx(-1)
    assert found.gain == pytest.approx(-0.2)


def test_what_is_measured_on_the_picture_may_order_what_joints_do_not():
    found = ranking([[rated(0.2, 0.5, contrast=5), rated(0.6, 0.5, contrast=30)]])
    assert (found.score, found.legs_alone) == (pytest.approx(1), 0)


def test_cases_count_alike():
    agreeing = [rated(0.2, 0.1), rated(0.4, 0.5)]
    disagreeing = [rated(0.2, 0.5), rated(0.4, 0.1)]
    found = ranking([agreeing, disagreeing])
    assert (found.score, found.error) == (pytest.approx(0), pytest.approx(1 / 2**0.5))
