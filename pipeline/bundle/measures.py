"""What a picture is measured by: overlap, joints, colours, the seam, clones and third legs.

Every measure is of one picture against one case, so that the painting, a flat fill and the true
picture are measured alike. Joints and people are found by MediaPipe and legs by the judge's
segmenter, neither of which had a part in painting.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from pipeline.bundle.captions import Attributes, Clause, caption, shown_clauses
from pipeline.bundle.cases import Case
from pipeline.bundle.labels import GARMENT_LABELS, SHOE_LABELS, Label
from pipeline.gpu.caption import caption as describe
from pipeline.gpu.models import Models
from pipeline.skeleton import LEGS, Joint, Skeleton

Bytes = NDArray[np.uint8]
Classes = NDArray[np.int64]
Values = Mapping[str, float]

ENLARGED = 4  # the detector is made for larger people
KNEES_AND_ANKLES = tuple(joint for leg in LEGS for joint in (leg.knee, leg.ankle))
TOES = tuple(leg.big_toe for leg in LEGS)
ENOUGH = 20  # pixels; fewer show no colour
SCALES = (1, 2, 4)  # rows on each side of the seam: a copied row hides a step from the first only
AROUND = 6  # rows of the true picture beside the cut that say how much rows differ anyway
LEAST_STEP = 1.0  # of 255; a truth that is flatter than this would make any noise a seam
RUN, LEAST_RUN = 0.08, 3  # of the torso, and pixels: what is narrower across is no leg
LEGS_SEEN = 2
ROWS_WITH_MORE = 0.3  # of the rows of the shins with a third leg make one
WORN = (Clause.TOP, Clause.BOTTOM, Clause.SHOES)
LITTLE_WORDS = frozenset({"a", "an", "and", "in", "of", "on", "front", "with"})


def of_picture(models: Models, case: Case, picture: Bytes, shown: Classes) -> Values:
    """Measure a whole picture of a case.

    Args:
        models: Their detector finds the joints.
        case: The truth.
        picture: The painting, a flat fill or the true picture, (H, W, 3).
        shown: What the judge sees in it, (H, W).
    """
    people = models.planner.detect(_enlarged(Image.fromarray(picture)))
    found = [person.mapped(scale=1 / ENLARGED) for person in people]
    return {
        "leg_iou": overlap(case, shown),
        **{f"pck_{share}": pck(case, found, share) for share in (0.1, 0.2)},
        **{f"toe_pck_{share}": pck(case, found, share, joints=TOES) for share in (0.1, 0.2)},
        "garment_de": colour_difference(case, picture, GARMENT_LABELS),
        "shoe_de": colour_difference(case, picture, SHOE_LABELS),
        "seam_ratio": seam_ratio(case, picture),
        "clone_rate": float(len(found) > 1 + len(case.others)),
        "third_leg_rate": float(has_third_leg(case, shown)),
    }


def _enlarged(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width * ENLARGED, picture.height * ENLARGED))


def overlap(case: Case, shown: Classes) -> float:
    """Return the intersection over union of legs and shoes below the cut."""
    below = slice(case.canvas.photo.bottom, None)
    one, other = shown[below] > 0, case.truth[below] > 0
    return float((one & other).sum() / max(1, (one | other).sum()))


def pck(
    case: Case,
    found: Sequence[Skeleton],
    share: float,
    *,
    joints: Sequence[Joint] = KNEES_AND_ANKLES,
) -> float:
    """Return which share of some joints below the cut lies within `share` of the torso.

    Source: Yang and Ramanan 2013, percentage of correct keypoints. Of several people, the best
    counts; a clone is counted by its own measure.
    """
    torso, bottom = case.skeleton.torso, case.canvas.photo.bottom
    wanted = {j: p for j, p in case.skeleton.visible(joints).items() if p.y >= bottom}
    if torso is None or not wanted:
        return float("nan")
    right = [
        sum(
            joint in person and person.keypoints[joint].distance(point) <= share * torso
            for joint, point in wanted.items()
        )
        for person in found
    ]
    return max(right, default=0) / len(wanted)


def colour_difference(case: Case, picture: Bytes, labels: Sequence[Label]) -> float:
    """Compare the median colours where a garment should be, below the cut, in CIEDE2000."""
    below = slice(case.canvas.photo.bottom, None)
    where = np.isin(case.scene.labels[below], labels)
    if where.sum() < ENOUGH:
        return float("nan")
    one, other = (
        rgb2lab(np.median(pixels[below][where], axis=0) / 255)
        for pixels in (picture, case.scene.picture)
    )
    return float(deltaE_ciede2000(one, other))


def seam_ratio(case: Case, picture: Bytes) -> float:
    """Divide the step over the photo's edge by the usual step between the true picture's rows."""
    return step_ratio(picture, case.scene.picture, case.canvas.photo.bottom)


def step_ratio(picture: Bytes, usual: Bytes, row: int) -> float:
    """Divide the step between a picture's rows above and below `row` by another's usual one.

    Steps are taken between one, two and four rows on each side; the worst ratio counts, so that
    neither a line nor a change of tone passes.

    Args:
        picture: (H, W, 3).
        usual: Says how much rows near `row` differ anyway; it may end there.
        row: The first row below the seam.
    """
    return max(
        _step(picture, row, rows)
        / max(
            LEAST_STEP, float(np.mean([_step(usual, at, rows) for at in _near(usual, row, rows)]))
        )
        for rows in SCALES
        if row + rows <= len(picture)
    )


def _near(usual: Bytes, row: int, rows: int) -> list[int]:
    """List rows near a row that have `rows` on each side."""
    last = len(usual) - rows
    return [at for at in range(min(row, last) - AROUND, row + AROUND + 1) if rows <= at <= last]


def _step(picture: Bytes, row: int, rows: int) -> float:
    before, after = picture[row - rows : row], picture[row : row + rows]
    return float(np.abs(after.mean(axis=0) - before.mean(axis=0)).mean())


def has_third_leg(case: Case, shown: Classes) -> bool:
    """Tell whether more legs than two, and more than in truth, stand side by side at the shins."""
    points, torso = case.skeleton.keypoints, case.skeleton.torso or 0.0
    ends = [points[joint].y for joint in KNEES_AND_ANKLES if joint in points]
    if not ends or not torso:
        return False
    rows = range(max(int(min(ends)), case.canvas.photo.bottom), int(max(ends)) + 1)
    width = max(LEAST_RUN, round(RUN * torso))
    more = [
        _runs(shown[row] > 0, width) > max(LEGS_SEEN, _runs(case.truth[row] > 0, 1))
        for row in rows
        if row < len(shown)
    ]
    return bool(more) and sum(more) > ROWS_WITH_MORE * len(more)


def _runs(row: NDArray[np.bool_], least: int) -> int:
    """Count stretches of at least `least` pixels."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(np.int8), [0]])))
    return int(((edges[1::2] - edges[::2]) >= least).sum())


def caption_words(models: Models, case: Case) -> float:
    """Return which share of the words for the clothes that the crop shows the captioner said."""
    shown = shown_clauses(case.scene.labels, bottom=case.canvas.photo.bottom)
    wanted = worn_words(case.scene.attributes, shown)
    if not wanted:
        return float("nan")
    return len(wanted & _words(describe(models, case.photo))) / len(wanted)


def worn_words(attributes: Attributes, shown: frozenset[Clause]) -> set[str]:
    """Return garments and their colours, without the person."""
    worn = caption(attributes, shown.intersection(WORN))
    return _words(worn) - _words(caption(attributes, ()))


def _words(line: str) -> set[str]:
    return set(line.replace(",", " ").split()) - LITTLE_WORDS
