"""What the plan is measured by: do the toes fit, is the frame no larger, where are the joints?

On photos large enough for the detector, cut anywhere from the hips to the shins.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from pipeline.bundle.cases import PlanCase, cases, plan_case
from pipeline.bundle.labels import PERSON_LABELS
from pipeline.errors import PlanError
from pipeline.geometry import Size
from pipeline.gpu.pose import PoseDetector
from pipeline.plan import SOLE, Plan, plan_canvas
from pipeline.skeleton import LEGS, Joint, Skeleton

UPRIGHT = ("standing", "walking")  # the postures that the plan must hardly ever get wrong
NAN = float("nan")
FEET = [joint for leg in LEGS for joint in leg.foot]


def plans(
    detector: PoseDetector, seed: int, count: int, *, broad: bool = False
) -> Iterator[Mapping[str, float]]:
    """Plan `count` people of the scenes of `seed`, those whom `evaluate` paints; paint nothing."""
    for case in cases(seed, count, broad=broad):
        yield of_plan(detector, plan_case(case))


def of_plan(detector: PoseDetector, case: PlanCase) -> Mapping[str, float]:
    """Plan a photo, and compare with the truth.

    The values are `plan_toes_in_frame` (1 or 0), `plan_toes_upright` (the same for those who
    plainly stand or walk), `plan_excess` (needless height as a share of the person's),
    `plan_leg_ratio` (the legs' planned length through their true one) and `plan_ankle_error` (in
    torsos); NaN where there is nothing to say.
    """
    lowest, tall = _extent(case)
    upright = case.scene.attributes.posture in UPRIGHT
    try:
        plan = plan_canvas(Size(*case.photo.size), detector.detect(case.photo))
    except PlanError:
        return _values(fits=False, upright=upright)
    height = plan.canvas.size.height - plan.canvas.photo.top
    excess = (height - (lowest + SOLE * tall)) / tall
    ratio, error = _joints(case, plan)
    return {
        **_values(fits=bool(height > lowest), upright=upright),
        "plan_excess": excess,
        "plan_leg_ratio": ratio,
        "plan_ankle_error": error,
    }


def _values(*, fits: bool, upright: bool) -> dict[str, float]:
    return {
        "plan_toes_in_frame": float(fits),
        "plan_toes_upright": float(fits) if upright else NAN,
        "plan_excess": NAN,
        "plan_leg_ratio": NAN,
        "plan_ankle_error": NAN,
    }


def _extent(case: PlanCase) -> tuple[float, float]:
    """Return the row of the lowest toe, and the person's height in the picture."""
    lowest = float(case.joints[FEET, 1].max())
    rows = np.flatnonzero(np.isin(case.scene.labels, PERSON_LABELS).any(axis=1))
    return lowest, lowest - float(rows[0])


def _joints(case: PlanCase, plan: Plan) -> tuple[float, float]:
    """Return the leg ratio and the mean error of ankles that nobody saw."""
    person = _nearest(case, plan.skeletons)
    legs = [
        leg
        for leg in LEGS
        if person and all(joint in person for joint in leg.joints[:3])
        if person.keypoints[leg.ankle].guessed
    ]
    if person is None or not legs:
        return NAN, NAN
    shift = np.array((plan.canvas.photo.left, plan.canvas.photo.top))
    true = case.joints + shift
    found = {j: np.array((p.x, p.y)) for j, p in person.keypoints.items()}
    shoulders = true[[Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER]].mean(0)
    torso = float(np.hypot(*(shoulders - true[[leg.hip for leg in LEGS]].mean(0))))
    lengths = [
        sum(float(np.hypot(*(at[leg.hip] - at[leg.knee]))) for leg in legs)
        + sum(float(np.hypot(*(at[leg.knee] - at[leg.ankle]))) for leg in legs)
        for at in (found, dict(zip(Joint, true, strict=True)))
    ]
    errors = [float(np.hypot(*(found[leg.ankle] - true[leg.ankle]))) for leg in legs]
    return lengths[0] / max(lengths[1], 1.0), float(np.mean(errors)) / max(torso, 1.0)


def _nearest(case: PlanCase, people: Sequence[Skeleton]) -> Skeleton | None:
    nose = case.joints[Joint.NOSE]

    def away(person: Skeleton) -> float:
        point = person.keypoints[Joint.NOSE]
        return float(np.hypot(point.x - nose[0], point.y - nose[1]))

    return min((person for person in people if Joint.NOSE in person), key=away, default=None)
