"""A person as joints: OpenPose's 18 body keypoints and the 6 foot points.

Left and right are the person's own. Coordinates are canvas pixels and may lie outside the frame. A
joint that was not found is absent, never (0, 0). Editing lives in `posing`, drawing in `draw`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from math import hypot, isfinite
from types import MappingProxyType
from typing import Any


class Joint(IntEnum):
    """OpenPose's COCO-18 order, then its six foot points in BODY_25's order."""

    NOSE = 0
    NECK = 1
    RIGHT_SHOULDER = 2
    RIGHT_ELBOW = 3
    RIGHT_WRIST = 4
    LEFT_SHOULDER = 5
    LEFT_ELBOW = 6
    LEFT_WRIST = 7
    RIGHT_HIP = 8
    RIGHT_KNEE = 9
    RIGHT_ANKLE = 10
    LEFT_HIP = 11
    LEFT_KNEE = 12
    LEFT_ANKLE = 13
    RIGHT_EYE = 14
    LEFT_EYE = 15
    RIGHT_EAR = 16
    LEFT_EAR = 17
    LEFT_BIG_TOE = 18
    LEFT_SMALL_TOE = 19
    LEFT_HEEL = 20
    RIGHT_BIG_TOE = 21
    RIGHT_SMALL_TOE = 22
    RIGHT_HEEL = 23

    @property
    def label(self) -> str:
        """The name that people type: `right_knee`."""
        return self.name.lower()

    @property
    def mirrored(self) -> "Joint":
        """The same joint on the other side; the nose and the neck are their own."""
        if self.name.startswith("LEFT_"):
            return Joint["RIGHT_" + self.name[5:]]
        if self.name.startswith("RIGHT_"):
            return Joint["LEFT_" + self.name[6:]]
        return self


BODY_JOINTS = tuple(joint for joint in Joint if joint <= Joint.LEFT_EAR)
FOOT_JOINTS = tuple(joint for joint in Joint if joint > Joint.LEFT_EAR)

# OpenPose's limbs in its own drawing order: the colours and the overlaps that ControlNet learnt
# depend on it.
BODY_LIMBS: tuple[tuple[Joint, Joint], ...] = (
    (Joint.NECK, Joint.RIGHT_SHOULDER),
    (Joint.NECK, Joint.LEFT_SHOULDER),
    (Joint.RIGHT_SHOULDER, Joint.RIGHT_ELBOW),
    (Joint.RIGHT_ELBOW, Joint.RIGHT_WRIST),
    (Joint.LEFT_SHOULDER, Joint.LEFT_ELBOW),
    (Joint.LEFT_ELBOW, Joint.LEFT_WRIST),
    (Joint.NECK, Joint.RIGHT_HIP),
    (Joint.RIGHT_HIP, Joint.RIGHT_KNEE),
    (Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE),
    (Joint.NECK, Joint.LEFT_HIP),
    (Joint.LEFT_HIP, Joint.LEFT_KNEE),
    (Joint.LEFT_KNEE, Joint.LEFT_ANKLE),
    (Joint.NECK, Joint.NOSE),
    (Joint.NOSE, Joint.RIGHT_EYE),
    (Joint.RIGHT_EYE, Joint.RIGHT_EAR),
    (Joint.NOSE, Joint.LEFT_EYE),
    (Joint.LEFT_EYE, Joint.LEFT_EAR),
)
FOOT_LIMBS: tuple[tuple[Joint, Joint], ...] = (
    (Joint.LEFT_ANKLE, Joint.LEFT_HEEL),
    (Joint.LEFT_ANKLE, Joint.LEFT_BIG_TOE),
    (Joint.LEFT_BIG_TOE, Joint.LEFT_SMALL_TOE),
    (Joint.RIGHT_ANKLE, Joint.RIGHT_HEEL),
    (Joint.RIGHT_ANKLE, Joint.RIGHT_BIG_TOE),
    (Joint.RIGHT_BIG_TOE, Joint.RIGHT_SMALL_TOE),
)


@dataclass(frozen=True, slots=True)
class Leg:
    """The joints of one leg, hip first."""

    hip: Joint
    knee: Joint
    ankle: Joint
    heel: Joint
    big_toe: Joint
    small_toe: Joint

    @property
    def joints(self) -> tuple[Joint, ...]:
        return self.hip, self.knee, self.ankle, self.heel, self.big_toe, self.small_toe

    @property
    def foot(self) -> tuple[Joint, ...]:
        return self.heel, self.big_toe, self.small_toe


RIGHT_LEG = Leg(
    Joint.RIGHT_HIP,
    Joint.RIGHT_KNEE,
    Joint.RIGHT_ANKLE,
    Joint.RIGHT_HEEL,
    Joint.RIGHT_BIG_TOE,
    Joint.RIGHT_SMALL_TOE,
)
LEFT_LEG = Leg(
    Joint.LEFT_HIP,
    Joint.LEFT_KNEE,
    Joint.LEFT_ANKLE,
    Joint.LEFT_HEEL,
    Joint.LEFT_BIG_TOE,
    Joint.LEFT_SMALL_TOE,
)
LEGS = (RIGHT_LEG, LEFT_LEG)


@dataclass(frozen=True, slots=True)
class Keypoint:
    """A joint's place on the canvas.

    Attributes:
        x: Pixels from the canvas's left edge; may lie outside it.
        y: Pixels from its top edge; grows downwards.
        score: The detector's confidence in 0..1; 1.0 once placed by hand.
        guessed: Whether nobody saw it: it was extrapolated from the rest of the body.
    """

    x: float
    y: float
    score: float = 1.0
    guessed: bool = False

    def moved(self, dx: float, dy: float) -> "Keypoint":
        """Shift it, keeping score and guess."""
        return replace(self, x=self.x + dx, y=self.y + dy)

    def distance(self, other: "Keypoint") -> float:
        """Straight-line pixels to another keypoint."""
        return hypot(self.x - other.x, self.y - other.y)


DECIMALS = 3  # of pixels and scores in JSON
LEAST_SCORE = 0.001
NO_FEET = (0.0,) * (3 * len(FOOT_JOINTS))


def _frozen(keypoints: Mapping[Joint, Keypoint]) -> Mapping[Joint, Keypoint]:
    return MappingProxyType({joint: keypoints[joint] for joint in sorted(keypoints)})


@dataclass(frozen=True, slots=True)
class Skeleton:
    """One person's joints; compare and copy it like any value.

    Attributes:
        keypoints: What is known, in `Joint` order. Missing joints are absent.
        hidden: Joints that are known but that the person switched off: not drawn, not painted.
        front: The leg that lies in front where the two cross, by its hip; None when it does not
            matter.
    """

    keypoints: Mapping[Joint, Keypoint]
    hidden: frozenset[Joint] = field(default_factory=frozenset[Joint])
    front: Joint | None = None

    def __post_init__(self) -> None:
        """Freeze the mapping, so that the value is one."""
        object.__setattr__(self, "keypoints", _frozen(self.keypoints))

    def __hash__(self) -> int:
        return hash((tuple(self.keypoints.items()), self.hidden, self.front))

    def __contains__(self, joint: object) -> bool:
        return joint in self.keypoints and joint not in self.hidden

    def get(self, joint: Joint) -> Keypoint | None:
        """Return a joint that is known and not hidden, else None."""
        return self.keypoints[joint] if joint in self else None

    def having(self, changes: Mapping[Joint, Keypoint]) -> "Skeleton":
        """Return a copy in which these joints are placed anew."""
        return replace(self, keypoints={**self.keypoints, **changes})

    def mapped(self, *, scale: float = 1.0, dx: float = 0.0, dy: float = 0.0) -> "Skeleton":
        """Scale about the origin, then shift: from photo to canvas to window, and back."""
        moved = {
            joint: replace(point, x=point.x * scale + dx, y=point.y * scale + dy)
            for joint, point in self.keypoints.items()
        }
        return replace(self, keypoints=moved)

    def visible(self, joints: Iterable[Joint] = Joint) -> dict[Joint, Keypoint]:
        """Return those of `joints` that are known and not hidden."""
        return {joint: self.keypoints[joint] for joint in joints if joint in self}

    @property
    def torso(self) -> float | None:
        """Pixels from the middle of the shoulders (or the neck) to the middle of the hips, or None.

        The unit in which errors and moves of joints are told.
        """
        shoulders = self._middle(Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER)
        top = shoulders or self.keypoints.get(Joint.NECK)
        hips = self._middle(Joint.RIGHT_HIP, Joint.LEFT_HIP)
        return top.distance(hips) if top and hips else None

    def _middle(self, first: Joint, second: Joint) -> Keypoint | None:
        a, b = self.keypoints.get(first), self.keypoints.get(second)
        return middle(a, b) if a and b else a or b


def middle(a: Keypoint, b: Keypoint) -> Keypoint:
    """Return the point half way, as uncertain as the less certain of the two."""
    return Keypoint(
        (a.x + b.x) / 2, (a.y + b.y) / 2, min(a.score, b.score), guessed=a.guessed or b.guessed
    )


def to_openpose(skeletons: Iterable[Skeleton], *, width: int, height: int) -> dict[str, Any]:
    """Write OpenPose's JSON, with the foot points beside it.

    Each person has `pose_keypoints_2d` (18 x [x, y, score]) and `foot_keypoints_2d` (6 x the same),
    in canvas
    pixels; an absent joint is [0, 0, 0], as OpenPose has it. `guessed` and `hidden` list joint
    names, `front`
    names the hip of the front leg.
    """
    return {
        "canvas_width": width,
        "canvas_height": height,
        "people": [_person(skeleton) for skeleton in skeletons],
    }


def _person(skeleton: Skeleton) -> dict[str, Any]:
    points = skeleton.keypoints
    return {
        "pose_keypoints_2d": _triples(points, BODY_JOINTS),
        "foot_keypoints_2d": _triples(points, FOOT_JOINTS),
        "guessed": [joint.label for joint, point in points.items() if point.guessed],
        "hidden": sorted(joint.label for joint in skeleton.hidden),
        "front": skeleton.front.label if skeleton.front is not None else None,
    }


def _triples(points: Mapping[Joint, Keypoint], joints: Iterable[Joint]) -> list[float]:
    found = (points.get(joint) for joint in joints)
    return [
        round(number, DECIMALS)
        for point in found
        # A joint of no score at all would be read back as absent.
        for number in ((point.x, point.y, max(point.score, LEAST_SCORE)) if point else (0, 0, 0))
    ]


def from_openpose(document: Mapping[str, Any]) -> list[Skeleton]:
    """Read what `to_openpose` wrote, or plain OpenPose JSON with 18 joints.

    Raises:
        ValueError: It is not such a document.
    """
    try:
        return [_skeleton(person) for person in document["people"]]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ValueError("not an OpenPose document with people of 18 joints in it") from error


def _skeleton(person: Mapping[str, Any]) -> Skeleton:
    guessed = _joints(person.get("guessed"))
    keypoints = {
        **_placed(person["pose_keypoints_2d"], BODY_JOINTS, guessed),
        **_placed(person.get("foot_keypoints_2d") or NO_FEET, FOOT_JOINTS, guessed),
    }
    front = person.get("front")
    if front is not None and front not in {leg.hip.label for leg in LEGS}:
        raise ValueError(f"{front} is not a hip")
    return Skeleton(
        keypoints,
        hidden=_joints(person.get("hidden")),
        front=Joint[front.upper()] if front else None,
    )


def _joints(names: Iterable[str] | None) -> frozenset[Joint]:
    return frozenset(Joint[name.upper()] for name in names or ())


def _placed(
    numbers: Sequence[float], joints: Sequence[Joint], guessed: frozenset[Joint]
) -> dict[Joint, Keypoint]:
    """Take x, y, score per joint; a score of 0 means that there is none."""
    if len(numbers) != 3 * len(joints) or not all(isfinite(number) for number in numbers):
        raise ValueError(f"not {len(joints)} finite x, y and scores")
    triples = zip(joints, numbers[0::3], numbers[1::3], numbers[2::3], strict=True)
    return {
        joint: Keypoint(float(x), float(y), min(float(score), 1.0), guessed=joint in guessed)
        for joint, x, y, score in triples
        if score > 0
    }
