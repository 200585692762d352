"""How well a painted picture shows who was planned: a pure score of detected legs against planned.

OKS is COCO's object keypoint similarity (https://cocodataset.org/#keypoints-eval) over the joints
of the legs, with the constants of COCO and of COCO-WholeBody (Jin et al. 2020,
https://arxiv.org/abs/2007.11858) for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

from pipeline.geometry import Size
from pipeline.matching import matches
from pipeline.skeleton import LEGS, Joint, Keypoint, Leg, Skeleton

# Standard deviations of where annotators put a joint, in roots of the body's area.
_SPREADS = (0.107, 0.087, 0.089, 0.066, 0.068, 0.066)  # in the order of `Leg.joints`
SPREADS: Mapping[Joint, float] = {
    joint: spread for leg in LEGS for joint, spread in zip(leg.joints, _SPREADS, strict=True)
}
BODY_SHARE = 0.53  # of the box round somebody's joints that is body, as COCO's tools take it

SEEDS = 2**32
_STRIDE = 0x9E3779B9  # 2^32 over the golden ratio: multiples of it never meet again

OKS_WEIGHT, LEGS_WEIGHT, TOES_WEIGHT = 0.6, 0.25, 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How the legs on a picture compare with the planned ones.

    Attributes:
        oks: Object keypoint similarity of the legs, 0..1; a joint that was not found counts 0.
        legs: How many planned legs were found, knee and ankle.
        planned: How many were planned.
        toes: Which share of the planned big toes was found within the frame.
    """

    oks: float
    legs: int
    planned: int
    toes: float

    @property
    def total(self) -> float:
        """Everything in one number of 0..1, by which pictures are compared."""
        share = self.legs / self.planned if self.planned else 0.0
        return OKS_WEIGHT * self.oks + LEGS_WEIGHT * share + TOES_WEIGHT * self.toes


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
