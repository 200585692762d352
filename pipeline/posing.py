"""Edits of a skeleton: pure functions that return a new one, or say why it cannot be done.

Directions are the picture's: right is a larger x, down a larger y, and a positive angle turns
clockwise as seen. The sides of the body are the person's own. Edits as typed text live in `edits`,
stances in `stances`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import acos, atan2, copysign, cos, hypot, radians, sin

from pipeline.errors import EditError
from pipeline.skeleton import LEGS, Joint, Keypoint, Leg, Skeleton

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Chain:
    """Two bones: root to middle, middle to end."""

    root: Joint
    middle: Joint
    end: Joint


_CHAINS = (
    _Chain(Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE),
    _Chain(Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE),
    _Chain(Joint.RIGHT_SHOULDER, Joint.RIGHT_ELBOW, Joint.RIGHT_WRIST),
    _Chain(Joint.LEFT_SHOULDER, Joint.LEFT_ELBOW, Joint.LEFT_WRIST),
)
SMALLEST_SCALE, LARGEST_SCALE = 0.2, 5.0


def spoken(joint: Joint) -> str:
    """Name a joint as a sentence does: `right knee`."""
    return joint.label.replace("_", " ")


def point_of(skeleton: Skeleton, joint: Joint) -> Keypoint:
    """Return a joint that is there.

    Raises:
        EditError: It was not found in the photo, or it is hidden.
    """
    if joint in skeleton.hidden and joint in skeleton.keypoints:
        raise EditError(
            f"The {spoken(joint)} is hidden. Bring it back first: restore {joint.label}"
        )
    if joint not in skeleton.keypoints:
        present = ", ".join(known.label for known in skeleton.visible())
        raise EditError(
            f"I did not find the {spoken(joint)} in this photo. Joints here: {present or 'none'}"
        )
    return skeleton.keypoints[joint]


def nudge(skeleton: Skeleton, joint: Joint, dx: float, dy: float) -> Skeleton:
    """Move one joint by pixels; an ankle takes its foot along. Limb lengths change: see `drag`."""
    point = point_of(skeleton, joint)
    foot = _carried(skeleton, _foot_below(joint), dx, dy)
    return skeleton.having({**foot, joint: _placed(point.x + dx, point.y + dy)})


def drag(skeleton: Skeleton, joint: Joint, x: float, y: float) -> Skeleton:
    """Pull a joint towards a place on the canvas as a body would follow.

    An ankle (or wrist) bends its knee, keeping the lengths of both bones and the side to which the
    knee bends; out of reach, the leg is straight. A knee (or elbow) turns about the hip and pulls
    the ankle along. A big toe or a heel turns the foot about the ankle. A hip takes its leg along.
    Anything else just moves, and so does a joint whose neighbours are unknown.
    """
    point = point_of(skeleton, joint)
    for chain in _CHAINS:
        if {chain.root, chain.middle, chain.end} <= skeleton.keypoints.keys():
            if joint is chain.end:
                return _pull_end(skeleton, chain, (x, y))
            if joint is chain.middle:
                return _pull_middle(skeleton, chain, (x, y))
    for leg in LEGS:
        if joint in (leg.heel, leg.big_toe) and leg.ankle in skeleton.keypoints:
            return _turn_foot(skeleton, leg, joint, (x, y))
        if joint is leg.hip:
            below = _carried(skeleton, leg.joints[1:], x - point.x, y - point.y)
            return skeleton.having({**below, joint: _placed(x, y)})
    return nudge(skeleton, joint, x - point.x, y - point.y)


def rotate_leg(skeleton: Skeleton, leg: Leg, degrees: float) -> Skeleton:
    """Turn a whole leg about its hip, clockwise as seen."""
    return _transform_leg(skeleton, leg, radians(degrees), 1.0)


def scale_leg(skeleton: Skeleton, leg: Leg, factor: float) -> Skeleton:
    """Lengthen or shorten a whole leg from its hip."""
    if not SMALLEST_SCALE <= factor <= LARGEST_SCALE:
        raise EditError(
            f"A leg can be scaled by {SMALLEST_SCALE:g} to {LARGEST_SCALE:g}. "
            f"Try: scale {leg.hip.label.replace('hip', 'leg')} 1.1"
        )
    return _transform_leg(skeleton, leg, 0.0, factor)


def swap_legs(skeleton: Skeleton) -> Skeleton:
    """Exchange everything below the hips, for legs that were taken for each other."""
    below = {joint: joint.mirrored for leg in LEGS for joint in leg.joints[1:]}
    if not below.keys() & skeleton.keypoints.keys():
        raise EditError("There are no legs to swap. Place them first: preset standing")
    return _renamed(skeleton, below)


def mirror(skeleton: Skeleton) -> Skeleton:
    """Reflect a person about their own vertical axis; a right hand becomes a left one."""
    axis = _axis(skeleton)
    reflected = {
        joint: replace(point, x=2 * axis - point.x) for joint, point in skeleton.keypoints.items()
    }
    flipped = replace(skeleton, keypoints=reflected)
    return _renamed(flipped, {joint: joint.mirrored for joint in Joint})


def mirror_leg(skeleton: Skeleton, source: Leg) -> Skeleton:
    """Give the other leg the mirrored pose of `source`; the other hip stays where it is."""
    hip, other = point_of(skeleton, source.hip), point_of(skeleton, source.hip.mirrored)
    point_of(skeleton, source.knee)
    copied = {
        joint.mirrored: replace(point, x=other.x + hip.x - point.x, y=other.y + point.y - hip.y)
        for joint, point in skeleton.visible(source.joints[1:]).items()
    }
    return replace(skeleton.having(copied), hidden=skeleton.hidden - copied.keys())


def hide(skeleton: Skeleton, joints: Iterable[Joint]) -> Skeleton:
    """Switch joints off: they are neither drawn nor painted, and can be restored.

    Raises:
        EditError: None of them is known.
    """
    known = _known(skeleton, joints)
    return replace(skeleton, hidden=skeleton.hidden | known)


def restore(skeleton: Skeleton, joints: Iterable[Joint]) -> Skeleton:
    """Switch hidden joints on again.

    Raises:
        EditError: None of them is known.
    """
    known = _known(skeleton, joints)
    return replace(skeleton, hidden=skeleton.hidden - known)


def in_front(skeleton: Skeleton, leg: Leg | None) -> Skeleton:
    """Say which leg lies in front where they cross; None: it does not matter."""
    if leg is None:
        return replace(skeleton, front=None)
    point_of(skeleton, leg.knee)
    return replace(skeleton, front=leg.hip)


def _placed(x: float, y: float) -> Keypoint:
    return Keypoint(x, y, 1.0, guessed=False)


def _known(skeleton: Skeleton, joints: Iterable[Joint]) -> frozenset[Joint]:
    asked = list(joints)
    known = frozenset(joint for joint in asked if joint in skeleton.keypoints)
    if not known:
        point_of(skeleton, asked[0])
    return known


def _foot_below(joint: Joint) -> tuple[Joint, ...]:
    return next((leg.foot for leg in LEGS if leg.ankle is joint), ())


def _carried(
    skeleton: Skeleton, joints: Iterable[Joint], dx: float, dy: float
) -> dict[Joint, Keypoint]:
    """Shift joints, hidden ones too; they stay as sure or unsure as they were."""
    return {
        joint: skeleton.keypoints[joint].moved(dx, dy)
        for joint in joints
        if joint in skeleton.keypoints
    }


def _pull_end(skeleton: Skeleton, chain: _Chain, target: Point) -> Skeleton:
    """Bend two bones so that their end reaches the target, by the law of cosines."""
    root, middle, end = (
        skeleton.keypoints[joint] for joint in (chain.root, chain.middle, chain.end)
    )
    upper, lower = root.distance(middle), middle.distance(end)
    towards = _direction(root, target) or _direction(root, (end.x, end.y)) or (0.0, 1.0)
    reach = hypot(target[0] - root.x, target[1] - root.y)
    reach = min(max(reach, abs(upper - lower)), upper + lower)
    bend = acos(_cosine(upper, reach, lower)) * _bend_side(skeleton, chain)
    angle = atan2(towards[1], towards[0]) + bend
    knee = _placed(root.x + upper * cos(angle), root.y + upper * sin(angle))
    ankle = _placed(root.x + reach * towards[0], root.y + reach * towards[1])
    foot = _carried(skeleton, _foot_below(chain.end), ankle.x - end.x, ankle.y - end.y)
    return skeleton.having({**foot, chain.middle: knee, chain.end: ankle})


def _pull_middle(skeleton: Skeleton, chain: _Chain, target: Point) -> Skeleton:
    """Turn the upper bone to the target; the end follows as little as it can."""
    root, middle, end = (
        skeleton.keypoints[joint] for joint in (chain.root, chain.middle, chain.end)
    )
    upper, lower = root.distance(middle), middle.distance(end)
    towards = _direction(root, target) or _direction(root, (middle.x, middle.y)) or (0.0, 1.0)
    knee = _placed(root.x + upper * towards[0], root.y + upper * towards[1])
    onwards = _direction(knee, (end.x, end.y)) or towards
    dx, dy = knee.x + lower * onwards[0] - end.x, knee.y + lower * onwards[1] - end.y
    foot = _carried(skeleton, _foot_below(chain.end), dx, dy)
    return skeleton.having({**foot, chain.middle: knee, chain.end: _placed(end.x + dx, end.y + dy)})


def _turn_foot(skeleton: Skeleton, leg: Leg, joint: Joint, target: Point) -> Skeleton:
    ankle, point = skeleton.keypoints[leg.ankle], skeleton.keypoints[joint]
    before, after = _direction(ankle, (point.x, point.y)), _direction(ankle, target)
    if before is None or after is None:
        return skeleton
    angle = atan2(after[1], after[0]) - atan2(before[1], before[0])
    return skeleton.having(_turned(skeleton, leg.foot, ankle, angle, 1.0))


def _transform_leg(skeleton: Skeleton, leg: Leg, angle: float, factor: float) -> Skeleton:
    hip = point_of(skeleton, leg.hip)
    point_of(skeleton, leg.knee)
    return skeleton.having(_turned(skeleton, leg.joints[1:], hip, angle, factor))


def _turned(
    skeleton: Skeleton, joints: Iterable[Joint], about: Keypoint, angle: float, factor: float
) -> dict[Joint, Keypoint]:
    """Turn and scale joints about a point."""
    c, s = factor * cos(angle), factor * sin(angle)
    offsets = {
        joint: (skeleton.keypoints[joint].x - about.x, skeleton.keypoints[joint].y - about.y)
        for joint in joints
        if joint in skeleton.keypoints
    }
    return {
        joint: _placed(about.x + c * dx - s * dy, about.y + s * dx + c * dy)
        for joint, (dx, dy) in offsets.items()
    }


def _renamed(skeleton: Skeleton, names: Mapping[Joint, Joint]) -> Skeleton:
    """Give joints other names, and take the marks that hang on the names along."""
    return Skeleton(
        {names.get(joint, joint): point for joint, point in skeleton.keypoints.items()},
        hidden=frozenset(names.get(joint, joint) for joint in skeleton.hidden),
        front=None if skeleton.front is None else skeleton.front.mirrored,
    )


def _axis(skeleton: Skeleton) -> float:
    """Return the x of a person's vertical axis; mirroring about it leaves it where it is."""
    points = skeleton.keypoints
    for first, second in (
        (Joint.RIGHT_HIP, Joint.LEFT_HIP),
        (Joint.NECK, Joint.NECK),
        (Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER),
    ):
        if first in points and second in points:
            return (points[first].x + points[second].x) / 2
    if not points:
        raise EditError("There is nobody to mirror: no joint was found in this photo.")
    across = [point.x for point in points.values()]
    return (min(across) + max(across)) / 2


def _direction(start: Keypoint, target: Point) -> Point | None:
    """Return the unit vector from one place to another, or None where they are the same."""
    dx, dy = target[0] - start.x, target[1] - start.y
    length = hypot(dx, dy)
    return (dx / length, dy / length) if length > 0 else None


def _cosine(adjacent: float, reach: float, opposite: float) -> float:
    """Return the cosine of the angle between two sides, 1 where a side has no length."""
    if adjacent * reach == 0:
        return 1.0
    ratio = (adjacent**2 + reach**2 - opposite**2) / (2 * adjacent * reach)
    return min(1.0, max(-1.0, ratio))


def _bend_side(skeleton: Skeleton, chain: _Chain) -> float:
    """Return +1 where the middle joint lies clockwise of the line from root to end, else -1.

    A straight limb bends outwards, away from its partner.
    """
    root, middle, end = (
        skeleton.keypoints[joint] for joint in (chain.root, chain.middle, chain.end)
    )
    cross = (end.x - root.x) * (middle.y - root.y) - (end.y - root.y) * (middle.x - root.x)
    if abs(cross) > 1e-9 * max(1.0, root.distance(end) * root.distance(middle)):
        return copysign(1.0, cross)
    partner = skeleton.keypoints.get(chain.root.mirrored)
    outwards = root.x - partner.x if partner else (-1.0 if "RIGHT" in chain.root.name else 1.0)
    return copysign(1.0, -outwards * (end.y - root.y))
