"""What a painting is measured by besides overlap: joints, colours, the seam, clones, words, plan.

Joints are found by MediaPipe, which had no part in painting; each measure is also taken of the true
picture, so that a figure is read beside what it could be at best.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from pipeline.bundle.captions import Clause, caption, shown_clauses
from pipeline.bundle.cases import Case
from pipeline.bundle.labels import GARMENT_LABELS, SHOE_LABELS, Label
from pipeline.errors import PlanError
from pipeline.geometry import Size
from pipeline.gpu.caption import caption as describe
from pipeline.gpu.models import Models
from pipeline.plan import plan_canvas
from pipeline.skeleton import LEGS, Skeleton

Bytes = NDArray[np.uint8]

ENLARGED = 4  # the detector is made for larger people
JOINTS = tuple(joint for leg in LEGS for joint in (leg.knee, leg.ankle, leg.big_toe))
ENOUGH = 20  # pixels; fewer show no colour
COLOUR = "delta_e"  # how names of colour differences end
AROUND = 4  # rows beside the cut that say how much neighbouring rows differ anyway
SOLE = 0.02  # of the frame's height: what a sole goes on below its joints
LITTLE_WORDS = frozenset({"a", "an", "and", "in", "of", "on", "front", "with"})


def of_painting(models: Models, case: Case, painted: Bytes) -> Mapping[str, float]:
    """Measure a painting and the true picture."""
    values: dict[str, float] = {"seam_ratio": seam_ratio(case, painted)}
    for before, picture in (("", painted), ("true_", case.scene.picture)):
        found = _found(models, Image.fromarray(picture))
        for share in (0.1, 0.2):
            values[f"{before}pck_{share}"] = pck(case, found, share)
        values[f"{before}clones"] = float(len(found) > 1)
    values["garment_delta_e"] = colour_difference(case, painted, GARMENT_LABELS)
    values["shoe_delta_e"] = colour_difference(case, painted, SHOE_LABELS)
    return values


def of_photo(models: Models, case: Case) -> Mapping[str, float]:
    """Measure what the product makes of the photo before it paints: its words and its plan."""
    return {"caption_words": caption_words(models, case), **_planned(models, case)}


def _found(models: Models, picture: Image.Image) -> Sequence[Skeleton]:
    people = models.planner.detect(_enlarged(picture))
    return [person.mapped(scale=1 / ENLARGED) for person in people]


def _enlarged(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width * ENLARGED, picture.height * ENLARGED))


def pck(case: Case, found: Sequence[Skeleton], share: float) -> float:
    """Return which share of knees, ankles and toes below the cut lies within `share` of the torso.

    Source: Yang and Ramanan 2013, percentage of correct keypoints. Of several people, the best
    counts; a clone is counted by its own measure.
    """
    torso, bottom = case.skeleton.torso, case.canvas.photo.bottom
    wanted = {j: p for j, p in case.skeleton.visible(JOINTS).items() if p.y >= bottom}
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


def colour_difference(case: Case, painted: Bytes, labels: Sequence[Label]) -> float:
    """Compare the median colours where a garment should be, below the cut, in CIEDE2000."""
    below = slice(case.canvas.photo.bottom, None)
    where = np.isin(case.scene.labels[below], labels)
    if where.sum() < ENOUGH:
        return float("nan")
    one, other = (
        rgb2lab(np.median(picture[below][where], axis=0) / 255)
        for picture in (painted, case.scene.picture)
    )
    return float(deltaE_ciede2000(one, other))


def seam_ratio(case: Case, painted: Bytes) -> float:
    """Divide the step over the photo's edge by the usual step between the true picture's rows."""
    row, truth = case.canvas.photo.bottom, case.scene.picture.astype(float)
    step = np.abs(painted[row].astype(float) - painted[row - 1]).mean()
    usual = np.abs(np.diff(truth[row - AROUND : row + AROUND], axis=0)).mean()
    return float(step / max(usual, 1.0))


def caption_words(models: Models, case: Case) -> float:
    """Return which share of the true caption's words about the crop the captioner said."""
    shown = shown_clauses(case.scene.labels, bottom=case.canvas.photo.bottom) - {Clause.HAIR}
    wanted = _words(caption(case.scene.attributes, shown))
    return len(wanted & _words(describe(models, case.photo))) / len(wanted)


def _words(line: str) -> set[str]:
    return set(line.replace(",", " ").split()) - LITTLE_WORDS


def _planned(models: Models, case: Case) -> dict[str, float]:
    """Plan the crop: do the true toes fit, and how much higher than needed is the frame?"""
    photo = _enlarged(case.photo)
    try:
        plan = plan_canvas(Size(*photo.size), models.planner.detect(photo))
    except PlanError:
        return {"toes_in_frame": 0.0, "needless_height": float("nan")}
    height = plan.canvas.size.height / ENLARGED
    feet = case.skeleton.visible(joint for leg in LEGS for joint in leg.foot).values()
    lowest = max((foot.y for foot in feet), default=float("nan"))
    needed = lowest + SOLE * case.canvas.size.height
    return {"toes_in_frame": float(height >= lowest), "needless_height": height / needed - 1}
