"""Each measure is shown paintings whose worth is known."""

from itertools import islice
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.bundle import measures
from pipeline.bundle.captions import Clause
from pipeline.bundle.cases import Case, cases
from pipeline.bundle.evaluate import flat
from pipeline.bundle.labels import GARMENT_LABELS
from pipeline.skeleton import Skeleton


@pytest.fixture(scope="module")
def some() -> list[Case]:
    return list(islice(cases(900_001, 4), 4))


def test_the_truth_overlaps_itself_fully_and_nothing_not_at_all(some: list[Case]):
    for case in some:
        assert measures.overlap(case, case.truth) == 1
        assert measures.overlap(case, np.zeros_like(case.truth)) == 0


def test_overlap_counts_nothing_above_the_cut(some: list[Case]):
    case = some[0]
    shown = case.truth.copy()
    shown[: case.canvas.photo.bottom] = 1
    assert measures.overlap(case, shown) == 1


@pytest.mark.parametrize(("aside", "right"), [(0.0, 1.0), (0.15, 0.0)])
@pytest.mark.parametrize("joints", [measures.KNEES_AND_ANKLES, measures.TOES])
def test_joints_count_within_a_tenth_of_the_torso(
    some: list[Case], aside: float, right: float, joints: tuple[measures.Joint, ...]
):
    for case in some:
        moved = case.skeleton.mapped(dx=aside * (case.skeleton.torso or 0))
        assert measures.pck(case, [moved], 0.1, joints=joints) == right


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


def test_repeating_the_photos_last_row_hides_no_change_of_tone():
    rows = np.arange(40)[:, None, None] % 2 * 12 + 100
    usual = np.broadcast_to(rows, (40, 30, 3)).astype(np.uint8)
    toned = usual.copy()
    toned[21:] -= 60
    toned[20] = toned[19]
    assert measures.step_ratio(usual, usual, 20) <= 1.1
    assert measures.step_ratio(toned, usual, 20) > 4


@pytest.mark.parametrize(("legs", "third"), [(1, False), (2, False), (3, True), (4, True)])
def test_a_third_leg_stands_beside_the_two(some: list[Case], legs: int, third: bool):
    case = some[0]
    shown = np.zeros_like(case.truth)
    for leg in range(legs):
        shown[:, 10 + 14 * leg : 16 + 14 * leg] = 1
    assert measures.has_third_leg(case, shown) is third


def test_the_truth_has_no_third_leg_nor_has_a_flat_fill(some: list[Case]):
    for case in some:
        assert not measures.has_third_leg(case, case.truth)
        assert not measures.has_third_leg(case, np.zeros_like(case.truth))


def test_only_clothes_and_their_colours_are_asked_of_the_captioner(some: list[Case]):
    words = some[0].scene.attributes.words
    asked = measures.worn_words(some[0].scene.attributes, frozenset(Clause))
    assert {words.top_colour, words.top} <= asked
    assert not asked & {"man", "woman", "standing", "wall", "floor"}
    assert not measures.worn_words(some[0].scene.attributes, frozenset({Clause.PLACE}))


def test_a_flat_fill_is_no_seamless_picture(some: list[Case]):
    assert max(measures.seam_ratio(case, flat(case)) for case in some) > 2


def test_somebody_else_in_the_scene_is_no_clone():
    accompanied = next(case for case in cases(900_001, 80, broad=True) if case.others)
    truth = accompanied.scene.picture
    everybody = [accompanied.skeleton, *accompanied.others]
    rates = [
        measures.of_picture(_models(found), accompanied, truth, accompanied.truth)["clone_rate"]
        for found in (everybody, [*everybody, accompanied.skeleton.mapped(dx=30)])
    ]
    assert rates == [0, 1]


def _models(found: list[Skeleton]) -> Any:
    enlarged = [person.mapped(scale=measures.ENLARGED) for person in found]

    def detect(_: Image.Image) -> list[Skeleton]:
        return enlarged

    return SimpleNamespace(planner=SimpleNamespace(detect=detect))
