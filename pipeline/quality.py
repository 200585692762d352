"""How well a painted picture shows who was planned: one score, and the parts that it is made of.

Detected legs are compared with planned ones, and who shows up without having been planned is
counted. Whether legs stand out from what is beside them, the seam and the clothes' colour are
measured on the picture itself.

OKS is COCO's object keypoint similarity (https://cocodataset.org/#keypoints-eval) over the joints
of the legs, with the constants of COCO and of COCO-WholeBody (Jin et al. 2020,
https://arxiv.org/abs/2007.11858) for them.

The weights are those that rank pictures of the same person best by their legs' true overlap, on 40
held-out renderings that the shipped bundle painted. Mean of Spearman's correlations within a case,
as `python -m pipeline.bundle rank` and `rank --uneven` print it:

    between                           legs alone   all parts   error   gain
    four seeds                              0.01        0.09    0.08   0.006
    four seeds, and three poorer ones       0.40        0.55    0.04   0.101

The gain is how much more overlap the best scored has than the mean. Seeds alone differ by 0.02 of
overlap, so there is little to choose among them; the score tells failures from successes. On 20
others, which had no part in the choice, the last row is 0.60, 0.71, 0.04 and 0.131.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import exp
from typing import Any

from PIL import Image

from pipeline.appearance import colour_step, contrast, seam_step
from pipeline.canvas import Canvas
from pipeline.geometry import Size
from pipeline.matching import UPPER_BODY, matches
from pipeline.skeleton import LEGS, Joint, Keypoint, Leg, Skeleton

# Standard deviations of where annotators put a joint, in roots of the body's area.
_SPREADS = (0.107, 0.087, 0.089, 0.066, 0.068, 0.066)  # in the order of `Leg.joints`
SPREADS: Mapping[Joint, float] = {
    joint: spread for leg in LEGS for joint, spread in zip(leg.joints, _SPREADS, strict=True)
}
BODY_SHARE = 0.53  # of the box round somebody's joints that is body, as COCO's tools take it

SEEDS = 2**32
_STRIDE = 0x9E3779B9  # 2^32 over the golden ratio: multiples of it never meet again

WEIGHTS: Mapping[str, float] = {
    "joints": 0.25,
    "legs": 0.1,
    "toes": 0.05,
    "contrast": 0.5,
    "seam": 0.05,
    "colour": 0.05,
}
"""What each part counts for; parts that are not known are left out."""

FAINT = 15.0  # CIEDE2000 at which the contrast's part has risen to 1 - 1/e; true legs have 26
FAR_COLOUR = 20.0  # CIEDE2000 at which the colour's part has fallen to 1/e
CLONED = 0.5  # what is left of a score for each person too many


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a picture compares with what was planned, and with the photo in it.

    Attributes:
        oks: Object keypoint similarity of the legs, 0..1; a joint that was not found counts 0.
        legs: How many planned legs were found, knee and ankle.
        planned: How many were planned.
        toes: Which share of the planned big toes was found within the frame.
        seam: The step over the photo's edge, divided by the usual step between the photo's lines
            near it; None where nobody measured it, or nothing was added.
        colour: How far the legs' colour beyond the photo's edge is from that before it, CIEDE2000;
            None where nobody measured it, or no leg leaves the photo.
        contrast: How far the new limbs stand out from what is beside them, CIEDE2000; None where
            nobody measured it, or no limb is new.
        clones: How many people were found in the new part beyond those who were planned.
    """

    oks: float
    legs: int
    planned: int
    toes: float

    seam: float | None = None
    colour: float | None = None
    contrast: float | None = None
    clones: int = 0

    @property
    def parts(self) -> Mapping[str, float]:
        """What is known of what `WEIGHTS` weighs, in 0..1; 1 is best."""
        known = {
            "joints": self.oks,
            "legs": self.legs / self.planned if self.planned else 0.0,
            "toes": self.toes,
        }
        if self.contrast is not None:
            known["contrast"] = 1 - exp(-self.contrast / FAINT)
        if self.seam is not None:
            known["seam"] = 1 / max(1.0, self.seam)
        if self.colour is not None:
            known["colour"] = exp(-self.colour / FAR_COLOUR)
        return known

    @property
    def total(self) -> float:
        """Everything in one number of 0..1, by which pictures are compared.

        It is the parts' weighted mean, halved by each clone.
        """
        parts = self.parts
        mean = sum(WEIGHTS[name] * part for name, part in parts.items()) / sum(
            WEIGHTS[name] for name in parts
        )
        return mean * CLONED**self.clones

    @property
    def figures(self) -> Mapping[str, Any]:
        """The total, what was measured and the parts, by name: to be written down."""
        return {"total": self.total, **asdict(self), "parts": self.parts}


def appraise(
    picture: Image.Image,
    canvas: Canvas,
    planned: Sequence[Skeleton],
    detected: Sequence[Skeleton],
) -> Score | None:
    """Score a delivered picture in all its parts.

    Args:
        picture: RGB, canvas size, with the photo in it.
        canvas: Where the photo lies in it.
        planned: Where everybody's legs shall be, canvas pixels.
        detected: What the detector found on the picture, canvas pixels.

    Returns:
        None when no joint of a leg was planned.
    """
    legs = score(planned, detected, canvas.size)
    if legs is None:
        return None
    return replace(
        legs,
        seam=seam_step(picture, canvas),
        colour=colour_step(picture, canvas, planned),
        contrast=contrast(picture, canvas, planned),
        clones=clones(planned, detected, canvas),
    )


def clones(planned: Sequence[Skeleton], detected: Sequence[Skeleton], canvas: Canvas) -> int:
    """Count whom the painter made up: people beyond those planned who show in the new part.

    Somebody in the photo's background whom only the second look finds is none: nothing of their
    head or torso lies outside the photo.
    """
    known = matches(planned, detected)
    others = [person for person in detected if person not in known]
    made_up = [person for person in others if _is_new(person, canvas)]
    missed = sum(match is None for match in known)
    return max(0, len(made_up) - missed)


def _is_new(person: Skeleton, canvas: Canvas) -> bool:
    places = _sure(person).visible(UPPER_BODY).values()
    photo, size = canvas.photo, canvas.size
    return any(
        0 <= p.x < size.width
        and 0 <= p.y < size.height
        and not (photo.left <= p.x < photo.right and photo.top <= p.y < photo.bottom)
        for p in places
    )


def score(planned: Sequence[Skeleton], detected: Sequence[Skeleton], frame: Size) -> Score | None:
    """Compare what was found on a picture with what was planned.

    Args:
        planned: Where everybody's legs shall be, canvas pixels. What lies outside the frame, or is
            hidden, is not expected.
        detected: What the detector found on the picture, canvas pixels. Guesses do not count.
        frame: The canvas's size.

    Returns:
        None when no joint of a leg was planned.
    """
    pairs = list(zip(planned, matches(planned, detected), strict=True))
    likenesses = [likeness for pair in pairs for likeness in _likenesses(*pair, frame)]
    if not likenesses:
        return None
    legs = [(leg, person, found) for person, found in pairs for leg in LEGS]
    wanted = [(leg, found) for leg, person, found in legs if _shows(person, leg, frame)]
    toes = [(leg, found) for leg, person, found in legs if _seen(person, leg.big_toe, frame)]
    toes_found = sum(_found(found, leg.big_toe, frame) is not None for leg, found in toes)
    return Score(
        oks=sum(likenesses) / len(likenesses),
        legs=sum(found is not None and _shows(_sure(found), leg, frame) for leg, found in wanted),
        planned=len(wanted),
        toes=toes_found / len(toes) if toes else 0.0,
    )


def _likenesses(person: Skeleton, found: Skeleton | None, frame: Size) -> list[float]:
    """Tell for each joint of the legs that is planned within the frame how near it was found."""
    area = _area(person)
    likenesses: list[float] = []
    for joint, spread in SPREADS.items():
        place = _seen(person, joint, frame)
        if place is None:
            continue
        other = _found(found, joint, frame)
        likenesses.append(0.0 if other is None else _likeness(place, other, area, spread))
    return likenesses


def _likeness(place: Keypoint, other: Keypoint, area: float, spread: float) -> float:
    return exp(-(place.distance(other) ** 2) / (2 * area * (2 * spread) ** 2))


def _area(person: Skeleton) -> float:
    """Estimate how many pixels a body has, from the box round its joints."""
    points = person.keypoints.values()
    width = max(p.x for p in points) - min(p.x for p in points)
    height = max(p.y for p in points) - min(p.y for p in points)
    return max(1.0, BODY_SHARE * width * height)


def _shows(person: Skeleton, leg: Leg, frame: Size) -> bool:
    return all(_seen(person, joint, frame) is not None for joint in (leg.knee, leg.ankle))


def _seen(person: Skeleton, joint: Joint, frame: Size) -> Keypoint | None:
    """Return a joint that lies within the frame and is not hidden."""
    point = person.get(joint)
    if point is None or not (0 <= point.x < frame.width and 0 <= point.y < frame.height):
        return None
    return point


def _found(person: Skeleton | None, joint: Joint, frame: Size) -> Keypoint | None:
    return None if person is None else _seen(_sure(person), joint, frame)


def _sure(person: Skeleton) -> Skeleton:
    """Leave out what the detector only guessed."""
    return Skeleton({j: point for j, point in person.keypoints.items() if not point.guessed})


def try_seed(seed: int, number: int) -> int:
    """Return the seed of one of several tries; the first one's is the seed itself.

    The others lie far from the seeds that come next, which are those of the variants.
    """
    return (seed + number * _STRIDE) % SEEDS
