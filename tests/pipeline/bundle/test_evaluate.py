"""How verdicts are drawn, summed up and shown; nothing is painted here."""

from itertools import islice

import numpy as np
import pytest
from PIL import Image

from pipeline.bundle import evaluate
from pipeline.bundle.cases import HEAD, LEAST_LEG, TALLER, Case, cases, plan_case
from pipeline.bundle.evaluate import Trial, Verdict, judged, sheet, summary
from pipeline.bundle.judge import classes_of, load_judge
from pipeline.bundle.methods import Bytes, method_named
from pipeline.bundle.scenes import NATIVE, Cut, crop_of
from pipeline.errors import ModelError
from pipeline.gpu.models import Models, load_models
from pipeline.profiles import TINY_FOLDER, in_folder
from pipeline.skeleton import Skeleton


@pytest.fixture(scope="module")
def some() -> list[Case]:
    return list(islice(cases(900_001, 6), 6))


def test_the_same_seed_gives_the_same_people(some: list[Case]):
    again = list(cases(900_001, 2))
    assert all(
        (a.scene.picture == b.scene.picture).all() for a, b in zip(some, again, strict=False)
    )
    assert [case.canvas for case in some[:2]] == [case.canvas for case in again]


def test_every_case_shows_a_head_and_lacks_legs_that_the_truth_shows(some: list[Case]):
    for case in some:
        assert case.photo.size == (NATIVE[0], case.canvas.photo.height)
        assert (case.truth[case.canvas.photo.bottom :] > 0).sum() >= LEAST_LEG
        assert all(case.skeleton.keypoints[j].y < case.canvas.photo.bottom for j in HEAD)


def test_the_plan_is_judged_on_the_same_people_drawn_large(some: list[Case]):
    for case in some[:3]:
        large = plan_case(case)
        assert large.scene.caption == case.scene.caption
        assert large.photo.width == TALLER * NATIVE[0]
        assert np.abs(large.joints - TALLER * case.scene.joints[:, :2]).max() < TALLER
        assert crop_of(large.scene, Cut.HIP) <= large.bottom <= crop_of(large.scene, Cut.SHIN)
        assert large.bottom == plan_case(case).bottom


def test_a_flat_fill_keeps_the_photo_and_is_flat_below(some: list[Case]):
    case = some[0]
    flat = evaluate.flat(case)
    bottom = case.canvas.photo.bottom
    assert (flat[:bottom] == case.scene.picture[:bottom]).all()
    assert flat[bottom:].reshape(-1, 3).std(0).max() == 0


def test_the_summary_gives_means_with_their_intervals():
    found = summary([{"leg_iou": value} for value in (0.2, 0.4, float("nan"))])
    assert found["count"] == 3
    assert found["leg_iou"] == pytest.approx(0.3)
    assert found["leg_iou_low"] == pytest.approx(0.2)
    assert found["leg_iou_high"] == pytest.approx(0.4)


@pytest.mark.parametrize("name", ["garment_de", "flat_shoe_de", "plan_excess"])
def test_colours_and_needless_height_are_medians(name: str):
    assert summary([{name: value} for value in (1.0, 2.0, 90.0)])[name] == 2


def test_a_measure_that_no_picture_gave_is_left_out():
    assert summary([{"obey_gain": float("nan")}]) == {"count": 1}


def test_several_seeds_count_as_one_case():
    rows = [{"leg_iou": 0.2, "toe": float("nan")}, {"leg_iou": 0.6, "toe": 0.5}]
    means = evaluate._means(rows)
    assert means["leg_iou"] == pytest.approx(0.4)
    assert means["toe"] == 0.5


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


def test_an_unknown_method_is_told_with_those_that_there_are():
    with pytest.raises(ModelError, match=r"no method 'magic'\. Use controlnet"):
        method_named("magic")


def test_a_larger_canvas_shows_the_same_person_cut_at_the_same_place(some: list[Case]):
    for case in some[:2]:
        large = case.drawn_larger(3)
        assert large.canvas.size.width == 3 * NATIVE[0]
        assert large.canvas.photo.bottom == 3 * case.canvas.photo.bottom
        small = np.asarray(Image.fromarray(large.scene.picture).reduce(3), int)
        assert np.abs(small - case.scene.picture).mean() < 6


def test_what_is_painted_on_a_larger_canvas_is_judged_at_the_usual_size(some: list[Case]):
    def truth(_models: Models, case: Case, _skeleton: Skeleton, _seed: int) -> Bytes:
        return case.scene.picture

    trial = Trial(
        models=load_models(in_folder(TINY_FOLDER), device="cpu"),
        judge=load_judge(TINY_FOLDER / "judge"),
        method=truth,
        larger=2,
    )
    values = judged(trial, some[0]).values
    assert values["leg_iou"] == pytest.approx(values["true_leg_iou"], abs=0.15)
    assert values["garment_de"] < 5
