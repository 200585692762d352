"""Does the painted leg follow its joints? An ankle is moved, and the leg is looked for again."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.bundle.cases import Case
from pipeline.posing import drag
from pipeline.skeleton import LEGS, Leg, Skeleton

Classes = NDArray[np.int64]

MOVE = 0.15  # of the torso: how far an ankle is moved
ROOM = 0.35  # of the torso: so far below the cut an ankle must be, as shins in the photo stay
LEG_WIDTH = 0.16  # of the torso: of the leg that is drawn to see what the measure would say of it
LEAST_GAIN = 0.3  # where even a drawn leg seems to move less than this, the view hides the move
FEW = 3  # pixels tell no place


@dataclass(frozen=True, slots=True)
class Move:
    """One leg's ankle, moved outwards.

    Attributes:
        leg: The leg that moves.
        skeleton: The person with the ankle moved.
        went: How far it went across, pixels; negative is to the left.
    """

    leg: Leg
    skeleton: Skeleton
    went: float


def outward_move(case: Case) -> Move | None:
    """Move the ankle that is further left outwards; None when not both legs are to be painted."""
    points, torso = case.skeleton.keypoints, case.skeleton.torso
    legs = [leg for leg in LEGS if all(joint in points for joint in leg.joints[:3])]
    if torso is None or len(legs) < len(LEGS):
        return None
    if any(points[leg.ankle].y < case.canvas.photo.bottom + ROOM * torso for leg in legs):
        return None
    leg = min(legs, key=lambda leg: points[leg.ankle].x)
    ankle = points[leg.ankle]
    moved = drag(case.skeleton, leg.ankle, ankle.x - MOVE * torso, ankle.y)
    went = moved.keypoints[leg.ankle].x - ankle.x
    return Move(leg, moved, went) if abs(went) >= 1 else None


def followed(case: Case, move: Move, before: Classes, after: Classes) -> tuple[float, float]:
    """Return how far the leg went and how far the other one drifted.

    Args:
        case: The person.
        move: What was asked.
        before: What the judge sees without the move, (H, W).
        after: And with it.

    Returns:
        The gain: how far the painted leg went, as a share of how far a leg drawn at the joints
        goes by the same measure. The drift of the other leg, in torsos. NaN where a leg is not
        seen.
    """
    drawn = [_drawn(case, skeleton) for skeleton in (case.skeleton, move.skeleton)]
    ideal = _shift(case, move, *drawn, own=True)
    painted = _shift(case, move, before, after, own=True)
    drift = abs(_shift(case, move, before, after, own=False)) / (case.skeleton.torso or 1.0)
    if np.isnan(ideal) or ideal / move.went < LEAST_GAIN:
        return float("nan"), drift
    return float(np.clip(painted / ideal, -1, 2)), drift


def _shift(case: Case, move: Move, before: Classes, after: Classes, *, own: bool) -> float:
    return _place(after, case, move, own=own) - _place(before, case, move, own=own)


def _place(classes: Classes, case: Case, move: Move, *, own: bool) -> float:
    """Where a lower leg is across: the mean column of leg pixels from mid-shin to the foot."""
    points, torso = case.skeleton.keypoints, case.skeleton.torso or 0.0
    leg = move.leg if own else _other(move.leg)
    knee, ankle = points[leg.knee], points[leg.ankle]
    middle = int((points[move.leg.ankle].x + points[_other(move.leg).ankle].x) / 2)
    rows = slice(
        max(int((knee.y + 2 * ankle.y) / 3), case.canvas.photo.bottom),
        max(0, int(ankle.y + 0.12 * torso) + 1),
    )
    aside = 0.25 * torso
    if own:
        columns = (max(0, int(min(ankle.x, ankle.x + move.went) - aside)), middle + 1)
    else:
        columns = (max(0, middle + 1), int(ankle.x + aside) + 1)
    found = np.nonzero(classes[rows, columns[0] : columns[1]] > 0)[1]
    return float(found.mean()) if len(found) > FEW else float("nan")


def _other(leg: Leg) -> Leg:
    return LEGS[1] if leg == LEGS[0] else LEGS[0]


def _drawn(case: Case, skeleton: Skeleton) -> Classes:
    """Draw both legs as strokes."""
    canvas = np.zeros(case.truth.shape, np.uint8)
    points = skeleton.keypoints
    width = max(2, round(LEG_WIDTH * (case.skeleton.torso or 0.0)))
    for leg in LEGS:
        joints = [points[j] for j in (*leg.joints[:3], leg.big_toe) if j in points]
        places = np.array([(point.x, point.y) for point in joints], np.float32)
        cv2.polylines(canvas, [places.round().astype(np.int32)], False, 1, width)
    return canvas.astype(np.int64)
