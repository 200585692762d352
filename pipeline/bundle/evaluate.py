"""Paint held-out people through the product's own chain and measure them against the truth."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.bundle import measures
from pipeline.bundle.cases import Case, cases
from pipeline.bundle.judge import Judge, segment
from pipeline.bundle.scenes import NATIVE
from pipeline.canvas import compose, place, unknown_mask
from pipeline.gpu.models import Models
from pipeline.gpu.paint import Brush, paint
from pipeline.posing import drag
from pipeline.skeleton import LEGS, Leg, Skeleton

Bytes = NDArray[np.uint8]
Classes = NDArray[np.int64]

MOVE = 0.15  # of the torso: how far an ankle is moved to see whether the painted one follows


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one case gave; NaN where it could not be measured.

    Attributes:
        picture: The painted picture, (H, W, 3).
        values: Measure to value; see `evaluate`.
    """

    picture: Bytes
    values: Mapping[str, float]


def evaluate(
    models: Models, judge: Judge, seed: int, count: int, *, paint_seed: int = 0
) -> Iterator[tuple[Case, Verdict]]:
    """Paint and measure `count` people.

    The values are `leg_iou` (legs and shoes below the cut, by the judge, against the true labels),
    `flat_iou` (the same for a flat fill), `true_iou` (for the true picture), `obey_gain` (how far
    the painted foot follows an ankle that was moved, as a share of the move), `seconds_per_picture`
    and those of `measures`, for the painting and, as `true_...`, for the true picture.
    """
    for case in cases(seed, count):
        yield case, judged(models, judge, case, paint_seed)


def judged(models: Models, judge: Judge, case: Case, paint_seed: int) -> Verdict:
    """Paint one case twice, as it is and with an ankle moved, and measure."""
    begun = time.perf_counter()
    painted = _painted(models, case, case.skeleton, paint_seed)
    seconds = time.perf_counter() - begun
    flat = np.array(_flat(case))
    shown = segment(judge, np.stack([painted, flat, case.scene.picture]))
    values = {
        "leg_iou": _iou(shown[0], case),
        "flat_iou": _iou(shown[1], case),
        "true_iou": _iou(shown[2], case),
        "obey_gain": _obedience(models, judge, case, shown[0], paint_seed),
        "seconds_per_picture": seconds,
        **measures.of_painting(models, case, painted),
        **measures.of_photo(models, case),
    }
    return Verdict(painted, values)


def _painted(models: Models, case: Case, skeleton: Skeleton, seed: int) -> Bytes:
    placed = place(case.photo, case.canvas)
    brush = Brush(caption=case.scene.caption, seed=seed)
    *_, last = paint(models, placed, unknown_mask(case.canvas), (skeleton,), brush)
    if last.picture is None:
        raise RuntimeError("the painter ended without a picture")
    return np.array(compose(last.picture, case.photo, case.canvas))


def _flat(case: Case) -> Image.Image:
    """Fill with the mean colour of the photo's lowest rows."""
    rows = np.asarray(case.photo)[-8:].reshape(-1, 3).mean(0)
    width, height = case.canvas.size.width, case.canvas.size.height
    picture = Image.new("RGB", (width, height), tuple(int(value) for value in rows))
    picture.paste(case.photo, case.canvas.photo.edges)
    return picture


def _iou(shown: Classes, case: Case) -> float:
    below = slice(case.canvas.photo.bottom, None)
    one, other = shown[below] > 0, case.truth[below] > 0
    return float((one & other).sum() / max(1, (one | other).sum()))


def _obedience(models: Models, judge: Judge, case: Case, before: Classes, seed: int) -> float:
    """Move the ankle that has more room, paint again, and see how far the painted foot went."""
    leg, aside = _move(case)
    if leg is None:
        return float("nan")
    ankle = case.skeleton.keypoints[leg.ankle]
    moved = drag(case.skeleton, leg.ankle, ankle.x + aside, ankle.y)
    went = moved.keypoints[leg.ankle].x - ankle.x
    after = segment(judge, _painted(models, case, moved, seed)[None])[0]
    places = [_foot(classes, case, leg, went) for classes in (before, after)]
    if any(np.isnan(places)) or abs(went) < 1:
        return float("nan")
    return float(np.clip((places[1] - places[0]) / went, -1, 2))


def _move(case: Case) -> tuple[Leg | None, float]:
    """Choose the outer ankle below the cut, and move it outwards."""
    points, torso = case.skeleton.keypoints, case.skeleton.torso
    legs = [leg for leg in LEGS if all(joint in points for joint in leg.joints[:3])]
    if torso is None or len(legs) < len(LEGS):
        return None, 0.0
    if any(points[leg.ankle].y < case.canvas.photo.bottom + 4 for leg in legs):
        return None, 0.0
    left = min(legs, key=lambda leg: points[leg.ankle].x)
    return left, -MOVE * torso


def _foot(classes: Classes, case: Case, leg: Leg, went: float) -> float:
    """Where the lower leg is across: the mean column of leg pixels round shin and foot."""
    points = case.skeleton.keypoints
    knee, ankle = points[leg.knee], points[leg.ankle]
    other = points[leg.ankle.mirrored]
    top = int((knee.y + 2 * ankle.y) / 3)
    bottom = int(ankle.y + 0.12 * (case.skeleton.torso or 0)) + 1
    middle = (ankle.x + other.x) / 2
    low = int(min(ankle.x, ankle.x + went) - 0.25 * (case.skeleton.torso or 0))
    window = classes[max(top, case.canvas.photo.bottom) : bottom, max(0, low) : int(middle) + 1] > 0
    columns = np.nonzero(window)[1]
    return float(columns.mean()) if len(columns) > 3 else float("nan")


def summary(verdicts: Sequence[Verdict], *, seed: int = 0, rounds: int = 1000) -> dict[str, float]:
    """Means (medians of colours) with 95 % bootstrap intervals: `name`, `name_low`, `name_high`."""
    dice = np.random.default_rng(seed)
    figures: dict[str, float] = {"count": len(verdicts)}
    for name in verdicts[0].values:
        values = np.array([verdict.values[name] for verdict in verdicts])
        values = values[~np.isnan(values)]
        if not len(values):
            continue
        middle = np.median if name.endswith(measures.COLOUR) else np.mean
        drawn = middle(values[dice.integers(0, len(values), (rounds, len(values)))], axis=1)
        figures[name] = round(float(middle(values)), 4)
        figures[f"{name}_low"] = round(float(np.quantile(drawn, 0.025)), 4)
        figures[f"{name}_high"] = round(float(np.quantile(drawn, 0.975)), 4)
    return figures


def sheet(results: Sequence[tuple[Case, Verdict]], *, columns: int = 8) -> Image.Image:
    """Draw worst, median and best by `leg_iou`: the photo in its frame, the painting, the truth."""
    ranked = sorted(results, key=lambda result: result[1].values["leg_iou"])
    middle = max(0, len(ranked) // 2 - columns // 2)
    rows = (ranked[:columns], ranked[middle : middle + columns], ranked[-columns:])
    width, height = NATIVE
    picture = Image.new("RGB", (columns * width, 9 * height))
    for row, chosen in enumerate(rows):
        for column, (case, verdict) in enumerate(chosen):
            shown = (_flat(case), Image.fromarray(verdict.picture))
            for line, image in enumerate((*shown, Image.fromarray(case.scene.picture))):
                picture.paste(image, (column * width, (row * 3 + line) * height))
    return picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.NEAREST)
