"""Paint held-out people through the product's own chain and measure them against the truth."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.bundle import measures, planning
from pipeline.bundle.cases import Case, cases, plan_case
from pipeline.bundle.judge import Judge, segment
from pipeline.bundle.methods import Method
from pipeline.bundle.obedience import followed, outward_move
from pipeline.bundle.scenes import NATIVE
from pipeline.gpu.models import Models
from pipeline.skeleton import Skeleton

Bytes = NDArray[np.uint8]
Classes = NDArray[np.int64]
Values = Mapping[str, float]

MEDIANS = ("_de", "plan_excess", "plan_leg_ratio", "plan_ankle_error")  # ends; others are means
FLAT_ROWS = 8  # of the photo give the flat fill its colour
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one case gave; NaN where it could not be measured.

    Attributes:
        picture: The picture painted with the first seed, (H, W, 3).
        values: Measure to value, the mean over the seeds. `flat_...` is measured of a flat fill,
            `true_...` of the true picture.
    """

    picture: Bytes
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Who paints, and who judges.

    Attributes:
        models: The networks.
        judge: The segmenter.
        method: The way to paint.
        seeds: One painting of each case for each of these.
        larger: How many times as large as the model's window the canvas is that is painted; what
            was painted is shrunk before it is judged.
    """

    models: Models
    judge: Judge
    method: Method
    seeds: Sequence[int] = field(default=(0,))
    larger: int = 1

    def paint(self, case: Case, skeleton: Skeleton, seed: int) -> Bytes:
        """Paint a case with its person so posed, (H, W, 3) at the size at which it is judged."""
        if self.larger == 1:
            return self.method(self.models, case, skeleton, seed)
        large = case.drawn_larger(self.larger)
        painted = self.method(self.models, large, skeleton.mapped(scale=self.larger), seed)
        return np.array(Image.fromarray(painted).reduce(self.larger))


def evaluate(
    trial: Trial, seed: int, count: int, *, broad: bool = False
) -> Iterator[tuple[Case, Verdict]]:
    """Paint and measure `count` people of the scenes of `seed`; see `measures` and `planning`."""
    for case in cases(seed, count, broad=broad):
        yield case, judged(trial, case)


def judged(trial: Trial, case: Case) -> Verdict:
    """Paint one case with every seed, as it is and with an ankle moved, and measure."""
    models = trial.models
    paintings = [_painted(trial, case, seed) for seed in trial.seeds]
    values = _means([values for _, values in paintings])
    for before, picture in (("flat_", flat(case)), ("true_", case.scene.picture)):
        shown = segment(trial.judge, picture[None])[0]
        measured = measures.of_picture(models, case, picture, shown)
        values |= {before + name: value for name, value in measured.items()}
    values["caption_words"] = measures.caption_words(models, case)
    values |= planning.of_plan(models.planner, plan_case(case))
    return Verdict(paintings[0][0], values)


def _painted(trial: Trial, case: Case, seed: int) -> tuple[Bytes, Values]:
    begun = time.perf_counter()
    picture = trial.paint(case, case.skeleton, seed)
    seconds = time.perf_counter() - begun
    shown = segment(trial.judge, picture[None])[0]
    gain, drift = _obedience(trial, case, seed, shown)
    values = {
        **measures.of_picture(trial.models, case, picture, shown),
        "obey_gain": gain,
        "obey_drift": drift,
        "seconds_per_picture": seconds,
    }
    return picture, values


def _obedience(trial: Trial, case: Case, seed: int, before: Classes) -> tuple[float, float]:
    move = outward_move(case)
    if move is None:
        return NAN, NAN
    after = trial.paint(case, move.skeleton, seed)
    return followed(case, move, before, segment(trial.judge, after[None])[0])


def _means(rows: Sequence[Values]) -> dict[str, float]:
    return {name: _mean([row[name] for row in rows]) for name in rows[0]}


def _mean(values: Iterable[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else NAN


def flat(case: Case) -> Bytes:
    """Fill the frame with the mean colour of the photo's lowest rows."""
    picture = case.scene.picture.copy()
    bottom = case.canvas.photo.bottom
    rows = picture[max(0, bottom - FLAT_ROWS) : bottom]
    picture[bottom:] = rows.reshape(-1, 3).mean(0).astype(np.uint8)
    return picture


def summary(rows: Sequence[Values], *, seed: int = 0, rounds: int = 1000) -> dict[str, float]:
    """Means (medians of colours and of the plan) with 95 % bootstrap intervals over the cases.

    Returns:
        `count`, and for each figure `name`, `name_low` and `name_high`; a figure that no case gave
        is left out.

    Source: Efron, Bootstrap methods, 1979; the percentile interval.
    """
    dice = np.random.default_rng(seed)
    figures: dict[str, float] = {"count": len(rows)}
    for name in rows[0]:
        values = np.array([row[name] for row in rows])
        values = values[~np.isnan(values)]
        if not len(values):
            continue
        middle = np.median if name.endswith(MEDIANS) else np.mean
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
            shown = (flat(case), verdict.picture, case.scene.picture)
            for line, pixels in enumerate(shown):
                image = Image.fromarray(pixels)
                picture.paste(image, (column * width, (row * 3 + line) * height))
    return picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.NEAREST)
