"""How well the score ranks pictures of one person against the truth: what its weights rest on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image
from scipy.stats import spearmanr

from pipeline.bundle.cases import Case
from pipeline.bundle.judge import Judge, segment
from pipeline.bundle.measures import overlap
from pipeline.gpu.coats import outpainting
from pipeline.gpu.models import Models
from pipeline.gpu.paint import Brush, paint
from pipeline.jobs import Settings
from pipeline.quality import Score, appraise

NOTHING = Score(oks=0.0, legs=0, planned=0, toes=0.0)


@dataclass(frozen=True, slots=True)
class Rated:
    """One picture: its score, and how far its legs overlap with the true ones, 0..1."""

    score: Score
    overlap: float

    @property
    def legs_alone(self) -> float:
        """The score without what is measured on the picture itself."""
        return replace(self.score, seam=None, colour=None, contrast=None, clones=0).total


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How the order of the scores agrees with the order of the overlaps.

    Attributes:
        score: Spearman's rank correlation within a case, the mean over the cases.
        legs_alone: The same of the score without what is measured on the picture itself.
        error: The standard error of `score`.
        gain: How much more overlap the picture with the best score has than the case's mean.
    """

    score: float
    legs_alone: float
    error: float
    gain: float


def rate(
    models: Models, judge: Judge, case: Case, *, seeds: int, uneven: bool = False
) -> list[Rated]:
    """Paint a case several times and rate each picture.

    Args:
        models: The networks.
        judge: Sees the legs in a picture.
        case: The truth.
        seeds: How many pictures, as the product paints them.
        uneven: Whether three others are among them, of which two were painted without a pose and
            one in two steps.
    """
    brushes = [Brush(caption=case.scene.caption, seed=seed) for seed in range(seeds)]
    if uneven:
        first = brushes[0]
        brushes += [replace(first, seed=seeds + more, posed=False) for more in range(2)]
        brushes.append(replace(first, seed=seeds + 2, steps=2))
    return [_rated(models, judge, case, brush) for brush in brushes]


def _rated(models: Models, judge: Judge, case: Case, brush: Brush) -> Rated:
    people = (case.skeleton, *case.others)
    coat = outpainting(case.photo, case.canvas, people, brush, Settings())
    *_, last = paint(models, coat.sheet(None), people, brush)
    if last.painted is None:
        raise RuntimeError("the painter ended without a picture")
    picture: Image.Image = coat.finish(None, last.painted)
    detected = models.detector.detect(picture)
    shown = segment(judge, np.array(picture)[None])[0]
    score = appraise(picture, case.canvas, people, detected)
    return Rated(score or NOTHING, overlap(case, shown))


def ranking(cases: Iterable[Sequence[Rated]]) -> Ranking:
    """Compare the orders within each case.

    Args:
        cases: Of each the rated pictures, two or more.
    """
    rows = list(cases)
    by_score = [_agreement([one.score.total for one in row], row) for row in rows]
    by_legs = [_agreement([one.legs_alone for one in row], row) for row in rows]
    gains = [
        max(row, key=lambda one: one.score.total).overlap
        - float(np.mean([one.overlap for one in row]))
        for row in rows
    ]
    return Ranking(
        score=float(np.mean(by_score)),
        legs_alone=float(np.mean(by_legs)),
        error=float(np.std(by_score) / len(rows) ** 0.5),
        gain=float(np.mean(gains)),
    )


def _agreement(scores: Sequence[float], row: Sequence[Rated]) -> float:
    """Return Spearman's rank correlation; 0 where all scores, or all overlaps, are the same."""
    overlaps = [one.overlap for one in row]
    if len(set(scores)) == 1 or len(set(overlaps)) == 1:
        return 0.0
    return float(spearmanr(scores, overlaps).statistic)
