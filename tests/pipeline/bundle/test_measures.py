"""Each measure is shown paintings whose worth is known."""

from itertools import islice

import numpy as np
import pytest

from pipeline.bundle import measures
from pipeline.bundle.cases import Case, cases
from pipeline.bundle.labels import GARMENT_LABELS
from pipeline.skeleton import Skeleton


@pytest.fixture(scope="module")
def some() -> list[Case]:
    return list(islice(cases(900_001, 4), 4))


@pytest.mark.parametrize(("aside", "right"), [(0.0, 1.0), (0.15, 0.0)])
def test_joints_count_within_a_tenth_of_the_torso(some: list[Case], aside: float, right: float):
    for case in some:
        moved = case.skeleton.mapped(dx=aside * (case.skeleton.torso or 0))
        assert measures.pck(case, [moved], 0.1) == right


def test_nobody_found_is_nothing_right(some: list[Case]):
    assert measures.pck(some[0], [], 0.2) == 0
    assert measures.pck(some[0], [Skeleton({})], 0.2) == 0


def test_of_several_people_the_best_counts(some: list[Case]):
    far = some[0].skeleton.mapped(dx=500)
    assert measures.pck(some[0], [far, some[0].skeleton], 0.1) == 1


def test_the_true_colour_differs_by_nothing_and_another_by_much(some: list[Case]):
    for case in some:
        truth = case.scene.picture
        assert measures.colour_difference(case, truth, GARMENT_LABELS) == pytest.approx(0)
        assert not measures.colour_difference(case, 255 - truth, GARMENT_LABELS) < 5


def test_a_garment_that_does_not_show_has_no_colour(some: list[Case]):
    assert np.isnan(measures.colour_difference(some[0], some[0].scene.picture, ()))


def test_a_seam_is_a_step_that_the_truth_has_not(some: list[Case]):
    for case in some:
        truth = case.scene.picture
        darker = truth.copy()
        darker[case.canvas.photo.bottom :] //= 3
        assert measures.seam_ratio(case, darker) > 1.3 * measures.seam_ratio(case, truth)
