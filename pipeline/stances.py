"""Ready-made stances, fitted to a person's own hips, limb lengths and turn of the body.

A stance is a direction for each bone in a small body frame of three axes, which is then turned
about the vertical as the body is turned and seen by a camera somewhat above the feet.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import acos, asin, atan2, cos, hypot, pi, radians, sin
from statistics import mean

from pipeline.errors import EditError
from pipeline.posing import point_of
from pipeline.proportions import LOOK_DOWN, SHANK, SHOULDERS, THIGH, TORSO
from pipeline.skeleton import LEGS, RIGHT_LEG, Joint, Keypoint, Leg, Skeleton, middle

# Lengths in torsos (shoulder line to hip line).
_THIGH = THIGH / TORSO
_SHIN = SHANK / TORSO
_SHOULDERS = SHOULDERS / TORSO
_FORESHORTENED = 0.65  # a thigh or shin shorter than this many torsos points at the camera
_LONGEST = 1.15
_LYING = radians(50)
_FEIGNED = radians(35)


@dataclass(frozen=True, slots=True)
class _Vector:
    """A place in the body frame: outwards from the body's middle, forwards, and down."""

    out: float
    forward: float
    down: float

    def times(self, factor: float) -> "_Vector":
        return _Vector(self.out * factor, self.forward * factor, self.down * factor)


@dataclass(frozen=True, slots=True)
class _LegPose:
    """Angles of one leg in degrees.

    Attributes:
        thigh: From hanging straight down (0) to pointing forwards (90).
        shin: The same for the shin.
        spread: How far the thigh leans away from the body's middle.
        shin_spread: The same for the shin.
        toes_out: How far the foot turns outwards.
        toes_down: How far it points down from flat.
    """

    thigh: float = 0.0
    shin: float = 0.0
    spread: float = 0.0
    shin_spread: float = 0.0
    toes_out: float = 15.0
    toes_down: float = 0.0


@dataclass(frozen=True, slots=True)
class _Stance:
    right: _LegPose
    left: _LegPose
    front: Joint | None = None


_Fit = Callable[[float], _Stance]


def _standing(_hips: float) -> _Stance:
    leg = _LegPose(spread=2.0, shin_spread=0.5)
    return _Stance(leg, leg)


def _walking(_hips: float) -> _Stance:
    """The right leg swings forwards, the left one pushes off its toes."""
    ahead = _LegPose(thigh=24, shin=6, spread=0.5, toes_out=8, toes_down=-8)
    behind = _LegPose(thigh=-15, shin=-34, spread=0.5, toes_out=8, toes_down=40)
    return _Stance(ahead, behind, front=Joint.RIGHT_HIP)


def _crossed(hips: float) -> _Stance:
    """Standing with the ankles crossed, the right one in front.

    Args:
        hips: Half of the hips' distance, in lengths of the whole leg.
    """
    past_middle = 0.07
    inwards = -asin(min(0.5, hips + past_middle)) * 180 / pi
    right = _LegPose(thigh=7, shin=3, spread=inwards, shin_spread=inwards, toes_out=18, toes_down=6)
    left = _LegPose(spread=inwards, shin_spread=inwards, toes_out=12)
    return _Stance(right, left, front=Joint.RIGHT_HIP)


def _seated(_hips: float) -> _Stance:
    leg = _LegPose(thigh=82, shin=-4, spread=9, shin_spread=1, toes_out=14)
    return _Stance(leg, leg)


_STANCES: dict[str, _Fit] = {
    "standing": _standing,
    "walking": _walking,
    "crossed": _crossed,
    "seated": _seated,
}
STANCES = tuple(_STANCES)


def preset(skeleton: Skeleton, stance: str) -> Skeleton:
    """Place both legs anew, from the hips down to the toes.

    Hips stay where they are, and so does everything above; knees, ankles and feet count as placed
    by hand and are shown again. Bones keep the person's own lengths where these are plausible.

    Args:
        skeleton: Needs both hips.
        stance: One of `STANCES`.

    Raises:
        EditError: No such stance, or a hip is missing.
    """
    if stance not in _STANCES:
        raise EditError(f'I know no stance "{stance}". Try one of: {", ".join(STANCES)}')
    right, left = (point_of(skeleton, leg.hip) for leg in LEGS)
    body = _measure(skeleton)
    apart = min(right.distance(left) / 2, 0.45 * body.torso)
    pose = _STANCES[stance](apart / (body.thigh + body.shin))
    legs = {
        **_placed_leg(RIGHT_LEG, right, pose.right, body),
        **_placed_leg(LEGS[1], left, pose.left, body),
    }
    # What is in front of the body is behind it for a camera at its back.
    front = pose.front
    if front is not None and cos(body.turn) < 0:
        front = front.mirrored
    return replace(skeleton.having(legs), hidden=skeleton.hidden - legs.keys(), front=front)


@dataclass(frozen=True, slots=True)
class _Body:
    """What a stance is fitted to.

    Attributes:
        torso, thigh, shin: Pixels, as long as they are when seen from the side.
        turn: Radians about the vertical: 0 faces the camera, +pi/2 the picture's right side, pi
            away from it.
        lean: Radians by which the body's own "down" is turned, clockwise as seen; 0 unless it lies.
    """

    torso: float
    thigh: float
    shin: float
    turn: float
    lean: float


def _measure(skeleton: Skeleton) -> _Body:
    torso = _torso(skeleton)
    thighs = [_length(skeleton, leg.hip, leg.knee) for leg in LEGS]
    shins = [_length(skeleton, leg.knee, leg.ankle) for leg in LEGS]
    return _Body(
        torso=torso,
        thigh=_plausible(max(thighs), torso, _THIGH),
        shin=_plausible(max(shins), torso, _SHIN),
        turn=_turn(skeleton, torso),
        lean=_lean(skeleton),
    )


def _torso(skeleton: Skeleton) -> float:
    """Return the torso in pixels; without one, what the rest of the body says."""
    hips = _length(skeleton, Joint.RIGHT_HIP, Joint.LEFT_HIP)
    legs = [
        length / share
        for leg in LEGS
        for length, share in (
            (_length(skeleton, leg.hip, leg.knee), _THIGH),
            (_length(skeleton, leg.knee, leg.ankle), _SHIN),
        )
    ]
    length = skeleton.torso or max(legs) or hips / 0.5
    if length <= 0:
        raise EditError(
            "I cannot tell how large this person is: hips and shoulders lie on one spot. "
            "Move a hip first: right_hip left 20"
        )
    return length


def _plausible(length: float, torso: float, share: float) -> float:
    return length if _FORESHORTENED <= length / torso <= _LONGEST else share * torso


def _length(skeleton: Skeleton, first: Joint, second: Joint) -> float:
    points = skeleton.keypoints
    return points[first].distance(points[second]) if first in points and second in points else 0.0


def _turn(skeleton: Skeleton, torso: float) -> float:
    """Estimate the body's turn from the shoulders' apparent width and the nose."""
    points = skeleton.keypoints
    right, left = points.get(Joint.RIGHT_SHOULDER), points.get(Joint.LEFT_SHOULDER)
    if right is None or left is None:
        return 0.0
    width = max(-1.0, min(1.0, (left.x - right.x) / (_SHOULDERS * torso)))
    turn = _certain(acos(width))
    return turn if _facing_right(skeleton, middle(right, left)) else -turn


def _certain(turn: float) -> float:
    """Take off the turn that narrow or shrugged shoulders may feign."""
    if turn > pi / 2:
        return pi - _certain(pi - turn)
    return max(0.0, turn - _FEIGNED) * (pi / 2) / (pi / 2 - _FEIGNED)


def _facing_right(skeleton: Skeleton, shoulders: Keypoint) -> bool:
    points = skeleton.keypoints
    ears = [points[ear] for ear in (Joint.RIGHT_EAR, Joint.LEFT_EAR) if ear in points]
    nose = points.get(Joint.NOSE)
    if nose is not None:
        behind = mean(ear.x for ear in ears) if ears else shoulders.x
        return nose.x >= behind
    feet = [
        points[leg.big_toe].x - points[leg.heel].x
        for leg in LEGS
        if leg.big_toe in points and leg.heel in points
    ]
    return sum(feet) >= 0


def _lean(skeleton: Skeleton) -> float:
    """Return the turn of a lying body's axis, else 0: the legs of the upright hang down."""
    points = skeleton.keypoints
    hips = middle(points[Joint.RIGHT_HIP], points[Joint.LEFT_HIP])
    right, left = points.get(Joint.RIGHT_SHOULDER), points.get(Joint.LEFT_SHOULDER)
    top = middle(right, left) if right and left else points.get(Joint.NECK)
    if top is None or hips.distance(top) == 0:
        return 0.0
    lean = atan2(-(hips.x - top.x), hips.y - top.y)
    return lean if abs(lean) > _LYING else 0.0


def _placed_leg(leg: Leg, hip: Keypoint, pose: _LegPose, body: _Body) -> dict[Joint, Keypoint]:
    side = -1.0 if leg is RIGHT_LEG else 1.0

    def beside(start: Keypoint, vector: _Vector) -> Keypoint:
        dx, dy = _seen(vector, side, body)
        return Keypoint(start.x + dx, start.y + dy, 1.0, guessed=False)

    knee = beside(hip, _bone(pose.thigh, pose.spread).times(body.thigh))
    ankle = beside(knee, _bone(pose.shin, pose.shin_spread).times(body.shin))
    foot = {
        joint: beside(ankle, _foot_vector(place, pose).times(body.torso))
        for joint, place in zip(leg.foot, _FOOT, strict=True)
    }
    return {leg.knee: knee, leg.ankle: ankle, **foot}


# Heel, big toe and small toe from the ankle, in torsos, for a foot that is flat and points
# forwards.
_FOOT = (
    _Vector(0.0, -0.12, 0.11),
    _Vector(-0.05, 0.37, 0.13),
    _Vector(0.10, 0.29, 0.13),
)


def _bone(swing: float, spread: float) -> _Vector:
    """Return the unit vector of a bone from its angles in degrees."""
    forwards, outwards = radians(swing), radians(spread)
    return _Vector(sin(outwards), cos(outwards) * sin(forwards), cos(outwards) * cos(forwards))


def _foot_vector(place: _Vector, pose: _LegPose) -> _Vector:
    pitch, yaw = radians(pose.toes_down), radians(pose.toes_out)
    forward = place.forward * cos(pitch) - place.down * sin(pitch)
    down = place.forward * sin(pitch) + place.down * cos(pitch)
    return _Vector(
        place.out * cos(yaw) + forward * sin(yaw),
        forward * cos(yaw) - place.out * sin(yaw),
        down,
    )


def _seen(vector: _Vector, side: float, body: _Body) -> tuple[float, float]:
    """Project a body vector onto the picture: pixels to the right and down."""
    leftwards = vector.out * side
    c, s = cos(body.turn), sin(body.turn)
    x = leftwards * c + vector.forward * s
    towards_camera = vector.forward * c - leftwards * s
    y = vector.down + LOOK_DOWN * towards_camera
    angle, length = atan2(y, x) + body.lean, hypot(x, y)
    return length * cos(angle), length * sin(angle)
