"""The plan is measured with detectors whose answer is known."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from PIL import Image

from pipeline.bundle.cases import PlanCase, cases, plan_case
from pipeline.bundle.planning import of_plan, plans
from pipeline.skeleton import LEGS, Joint, Keypoint, Skeleton

BELOW_THE_HIPS = {joint for leg in LEGS for joint in leg.joints[1:]}


class Knowing:
    """Finds the true joints, all of them marked as guesses below the hips."""

    def __init__(self, case: PlanCase, *, stretched: float = 1.0) -> None:
        points = {
            joint: Keypoint(float(x), float(y), 0.9, guessed=joint in BELOW_THE_HIPS)
            for joint, (x, y) in zip(Joint, case.joints, strict=True)
        }
        self.person = Skeleton(points).mapped(scale=stretched)

    def detect(self, image: Image.Image) -> list[Skeleton]:
        return [self.person]


class Blind:
    def detect(self, image: Image.Image) -> list[Skeleton]:
        return []


@pytest.fixture(scope="module")
def some() -> list[PlanCase]:
    return [plan_case(case) for case in islice(cases(900_001, 5), 5)]


def test_with_true_joints_the_toes_fit_and_little_is_wasted(some: list[PlanCase]):
    found = [of_plan(Knowing(case), case) for case in some]
    assert all(values["plan_toes_in_frame"] == 1 for values in found)
    assert np.median([values["plan_excess"] for values in found]) < 0.25
    assert 0.8 < np.median([values["plan_leg_ratio"] for values in found]) < 1.2


def test_a_body_seen_too_large_wastes_height(some: list[PlanCase]):
    case = some[0]
    true, large = (of_plan(Knowing(case, stretched=by), case) for by in (1.0, 1.3))
    assert large["plan_excess"] > true["plan_excess"] + 0.1
    assert large["plan_leg_ratio"] > true["plan_leg_ratio"]


def test_whom_the_detector_does_not_find_has_no_toes_in_the_frame(some: list[PlanCase]):
    values = of_plan(Blind(), some[0])
    assert values["plan_toes_in_frame"] == 0
    assert np.isnan(values["plan_excess"])


def test_plans_alone_are_judged_on_the_people_who_would_be_painted(some: list[PlanCase]):
    found = list(plans(Knowing(some[0]), 900_001, 2))
    expected = [of_plan(Knowing(some[0]), case) for case in some[:2]]
    for values, wanted in zip(found, expected, strict=True):
        assert values == pytest.approx(wanted, nan_ok=True)


@pytest.mark.parametrize(("posture", "counts"), [("walking", True), ("sitting on a box", False)])
def test_only_who_plainly_stands_or_walks_counts_as_upright(
    some: list[PlanCase], posture: str, counts: bool
):
    attributes = replace(some[0].scene.attributes, posture=posture)
    case = replace(some[0], scene=replace(some[0].scene, attributes=attributes))
    values = of_plan(Blind(), case)
    assert np.isnan(values["plan_toes_upright"]) is not counts
