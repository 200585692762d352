"""Who of the people found on a picture is who of the people that were planned."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.skeleton import Joint, Keypoint, Skeleton

UPPER_BODY = (
    Joint.NOSE,
    Joint.NECK,
    Joint.RIGHT_SHOULDER,
    Joint.LEFT_SHOULDER,
    Joint.RIGHT_HIP,
    Joint.LEFT_HIP,
)
FARTHEST = 0.5  # torsos; people further apart than this are two people
SURE = 0.5  # a detected joint below this score does not overrule the plan
NEAR = 0.5  # torsos; one further from the plan is a mistake of the detector more often than not


def merge(planned: Sequence[Skeleton], detected: Sequence[Skeleton]) -> tuple[Skeleton, ...]:
    """Correct the plan by what was found on the painted picture.

    Joints that were surely seen near their planned place are taken from the detection; all others
    stay as planned and stay marked as guessed. People whom the detector does not find stay wholly
    as planned: hard poses are often not detected, and the plan is then the better guess.

    Args:
        planned: In canvas pixels.
        detected: In canvas pixels; each belongs to one planned person at most.

    Returns:
        One skeleton for each planned person, in the same order; those detected, when nobody was
        planned.
    """
    if not planned:
        return tuple(detected)
    return tuple(
        person if match is None else _corrected(person, match)
        for person, match in zip(planned, matches(planned, detected), strict=True)
    )


def matches(planned: Sequence[Skeleton], detected: Sequence[Skeleton]) -> list[Skeleton | None]:
    """Find for each planned person whom the detector found there; None where it found nobody."""
    left = list(detected)
    found: list[Skeleton | None] = []
    for person in planned:
        match = min(left, key=lambda other: _distance(person, other), default=None)
        if match is not None and _distance(person, match) > FARTHEST:
            match = None
        if match is not None:
            left.remove(match)
        found.append(match)
    return found


def _corrected(planned: Skeleton, detected: Skeleton) -> Skeleton:
    reach = NEAR * (planned.torso or detected.torso or 0.0)
    seen = {
        joint: point
        for joint, point in detected.keypoints.items()
        if point.score >= SURE and not point.guessed and _is_near(planned, joint, point, reach)
    }
    return replace(planned, keypoints={**planned.keypoints, **seen})


def _is_near(planned: Skeleton, joint: Joint, point: Keypoint, reach: float) -> bool:
    expected = planned.keypoints.get(joint)
    return expected is None or expected.distance(point) <= reach


def _distance(planned: Skeleton, other: Skeleton) -> float:
    """Mean distance of the upper body's joints in the planned person's torsos."""
    unit = planned.torso or other.torso
    pairs = [
        (planned.keypoints[joint], other.keypoints[joint])
        for joint in UPPER_BODY
        if joint in planned.keypoints and joint in other.keypoints
    ]
    if not pairs or not unit:
        return float("inf")
    return _mean(pairs) / unit


def _mean(pairs: Sequence[tuple[Keypoint, Keypoint]]) -> float:
    return sum(first.distance(second) for first, second in pairs) / len(pairs)
