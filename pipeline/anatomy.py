"""Where the legs that nobody saw must be.

Works along the body's own axes, so that people may stand, lean or lie. Pure geometry on one
skeleton; how far the canvas grows for it is `plan`'s matter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from pipeline import planar
from pipeline.planar import Points
from pipeline.proportions import HIPS, LOOK_DOWN, SHANK, SHOULDERS, THIGH, TORSO
from pipeline.proportions import stature as stature
from pipeline.skeleton import LEFT_LEG, LEGS, RIGHT_LEG, Joint, Keypoint, Leg, Skeleton, middle

# Shares of stature.
FOOT = 0.152
ANKLE_HEIGHT = 0.045  # 0.039 for the ankle's bones
TOE = 0.115  # from the ankle forward to the big toe's joint: the foot less its heel and its tip
HEEL = 0.03
FOOT_WIDTH = 0.045  # from the big toe to the small one
TURNED_OUT = 0.02  # somebody at ease turns the toes outwards

PULLED_UP = 0.12  # hips near the photo's edge are marked up to this share of the trunk too high
NEARLY_FRONTAL = 1.15  # spans this much too short are noise, not a turn: no feet in profile for it
GUESS_SCORE = 0.1  # of joints that were made up here
APART = 0.5  # guessed hips, knees and ankles stay this share of the hips' distance apart
UPRIGHT = 0.7  # cosine: legs of somebody who leans less than 45 degrees hang down
AGREEMENT = 0.64  # cosine: guesses more than 50 degrees off the trunk's line are not believed
STUMP = 0.25  # a guessed bone shorter than this share tells no direction


@dataclass(frozen=True, slots=True)
class _Body:
    """How somebody is placed in the picture.

    Attributes:
        stature: Standing height in pixels.
        down: Unit vector along the trunk, towards the feet.
        across: Unit vector from the person's right to their left as the picture shows it.
        facing: 1 towards the camera, 0 in profile, -1 away from it.
        ahead: The part of "forwards" that lies in the picture, at most a unit vector: 0 for front
            and back views.
    """

    stature: float
    down: complex
    across: complex
    facing: float
    ahead: complex


@dataclass(frozen=True, slots=True)
class Bearing:
    """How to go from the picture to the body's own axes.

    Attributes:
        origin: The neck.
        scale: One stature, turned so that the legs' default direction is downwards.
    """

    origin: complex
    scale: complex


def bearing(skeleton: Skeleton) -> Bearing | None:
    """Return where somebody is, how large and how turned; None when too little is known."""
    points = dict(skeleton.keypoints)
    _add_neck(points)
    body, neck = _body(points), planar.at(points, Joint.NECK)
    if body is None or neck is None:
        return None
    return Bearing(neck, body.stature * _hanging(body.down) / 1j)


def complete(skeleton: Skeleton) -> Skeleton:
    """Put the neck, hips, legs and feet that nobody saw where proportions say they are.

    What was seen stays where it is. A guess keeps its direction from the joint above it and gets
    its true length. Everything that is placed here is marked as guessed, with a low score. A
    skeleton with too little to go by is returned as it is.
    """
    points = dict(skeleton.keypoints)
    _add_neck(points)
    body = _body(points)
    if body is None:
        return skeleton
    _place_hips(points, body)
    for leg in LEGS:
        thigh = THIGH * body.stature + _pulled_up(points, body)
        _place_bone(points, leg.hip, leg.knee, thigh, skeleton.keypoints, body)
        _place_bone(points, leg.knee, leg.ankle, SHANK * body.stature, skeleton.keypoints, body)
    _keep_apart(points, body)
    for leg in LEGS:
        _place_foot(points, leg, body)
    return skeleton.having(points)


def has_sound_guesses(skeleton: Skeleton) -> bool:
    """Tell whether thighs that were guessed go on from the trunk, at some length."""
    points = skeleton.keypoints
    body = _body(points)
    if body is None:
        return False
    thighs = [
        planar.vector(points, leg.hip, leg.knee) for leg in LEGS if _is_open(points, leg.knee)
    ]
    least = STUMP * THIGH * body.stature
    return all(
        thigh is not None and abs(thigh) > least and _agrees(thigh, body.down) for thigh in thighs
    )


def with_feet(skeleton: Skeleton) -> Skeleton:
    """Add guessed heels and toes where an ankle has none: for detectors that know no feet."""
    return _completed(skeleton, _place_foot)


def with_small_toes(skeleton: Skeleton) -> Skeleton:
    """Add guessed small toes beside big ones: for detectors that know only those."""
    return _completed(skeleton, _place_small_toe)


def _completed(
    skeleton: Skeleton, place: Callable[[dict[Joint, Keypoint], Leg, _Body], None]
) -> Skeleton:
    points = dict(skeleton.keypoints)
    body = _body(points)
    if body is None:
        return skeleton
    for leg in LEGS:
        place(points, leg, body)
    return skeleton.having(points)


def _body(points: Points) -> _Body | None:
    tall = stature(Skeleton(points))
    if not tall:
        return None
    down = _down(points)
    across = _across(points, down)
    span = max(
        planar.length(points, Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER) / (SHOULDERS * tall),
        planar.length(points, Joint.RIGHT_HIP, Joint.LEFT_HIP) / (HIPS * tall),
    )
    frontal = min(1.0, span * NEARLY_FRONTAL)
    # Seen from the front, the person's left lies to the right of the picture: `down` turned against
    # the clock.
    towards_camera = (across * (1j * down).conjugate()).real < 0
    return _Body(
        stature=tall,
        down=down,
        across=across,
        facing=frontal if towards_camera else -frontal,
        ahead=_ahead(points, down) * sqrt(1 - frontal**2),
    )


def _down(points: Points) -> complex:
    """Return the unit vector along the trunk: by the hips, else by the head, else straight down."""
    neck = planar.first(
        planar.at(points, Joint.NECK),
        planar.between(points, Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER),
    )
    hips = planar.between(points, Joint.RIGHT_HIP, Joint.LEFT_HIP)
    if neck is not None and hips is not None and hips != neck:
        return planar.unit(hips - neck)
    legs = [
        planar.vector(points, leg.hip, leg.knee) or planar.vector(points, leg.knee, leg.ankle)
        for leg in LEGS
    ]
    if neck is None and any(legs):
        return planar.unit(sum(filter(None, legs), 0j))
    head = planar.first(
        planar.between(points, Joint.RIGHT_EAR, Joint.LEFT_EAR), planar.at(points, Joint.NOSE)
    )
    if neck is not None and head is not None and head != neck:
        return planar.unit(neck - head)
    return 1j


def _across(points: Points, down: complex) -> complex:
    """Return the unit vector from the person's right to their left, square to the trunk."""
    pairs = (
        planar.vector(points, Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER),
        planar.vector(points, Joint.RIGHT_HIP, Joint.LEFT_HIP),
    )
    square = down * -1j  # to the right of the picture for somebody upright: a front view
    tilt = sum((planar.dot(pair, square) for pair in pairs if pair), 0.0)
    return square if tilt >= 0 else -square


def _ahead(points: Points, down: complex) -> complex:
    """Return the unit vector in which a profile looks: from the ears or the neck to the nose."""
    nose = planar.at(points, Joint.NOSE)
    back = planar.first(
        planar.between(points, Joint.RIGHT_EAR, Joint.LEFT_EAR), planar.at(points, Joint.NECK)
    )
    side = down * -1j
    if nose is None or back is None:
        return side
    return side if planar.dot(nose - back, side) >= 0 else -side


def _add_neck(points: dict[Joint, Keypoint]) -> None:
    right, left = points.get(Joint.RIGHT_SHOULDER), points.get(Joint.LEFT_SHOULDER)
    if Joint.NECK not in points and right and left:
        points[Joint.NECK] = middle(right, left)


def _place_hips(points: dict[Joint, Keypoint], body: _Body) -> None:
    """Place hips that were not seen: below the neck, or beside the one that was."""
    unsure = [leg.hip for leg in LEGS if _is_open(points, leg.hip)]
    neck = planar.at(points, Joint.NECK)
    half = body.across * HIPS * body.stature / 2 * max(abs(body.facing), APART)
    if len(unsure) == 1:
        seen = unsure[0].mirrored
        offset = half if unsure[0] is Joint.LEFT_HIP else -half
        _guess(points, unsure[0], planar.at(points, seen) or 0j, offset * 2)
    elif unsure and neck is not None:
        centre = neck + body.down * TORSO * body.stature
        _guess(points, Joint.RIGHT_HIP, centre, -half)
        _guess(points, Joint.LEFT_HIP, centre, half)


def _place_bone(
    points: dict[Joint, Keypoint],
    start: Joint,
    end: Joint,
    length: float,
    found: Points,
    body: _Body,
) -> None:
    """Place a leg's next joint at its true length, in the direction that the detector guessed."""
    origin = planar.at(points, start)
    if origin is None or not _is_open(points, end):
        return
    guessed = planar.vector(found, start, end)
    direction = _hanging(body.down)
    if guessed is not None and abs(guessed) > STUMP * length and _agrees(guessed, body.down):
        direction = planar.unit(guessed)
    _guess(points, end, origin, direction * length)


def _pulled_up(points: Points, body: _Body) -> float:
    """Return how many pixels too high the hips are, it seems: unseen thighs make up for it."""
    neck, hips = (
        planar.at(points, Joint.NECK),
        planar.between(points, Joint.RIGHT_HIP, Joint.LEFT_HIP),
    )
    if neck is None or hips is None:
        return 0.0
    trunk = TORSO * body.stature
    return min(max(trunk - abs(hips - neck), 0.0), PULLED_UP * trunk)


def _agrees(guess: complex, down: complex) -> bool:
    """Tell whether a guess goes on from the body; those that do not were never right."""
    return planar.dot(planar.unit(guess), down) > AGREEMENT


def _hanging(down: complex) -> complex:
    """Return where legs point by default: along the trunk, or down for somebody upright."""
    return 1j if down.imag > UPRIGHT else down


def _keep_apart(points: dict[Joint, Keypoint], body: _Body) -> None:
    """Push guessed knees and ankles apart where both legs fell into one, each to its own side."""
    least = APART * HIPS * body.stature
    for right, left in zip(RIGHT_LEG.joints[1:3], LEFT_LEG.joints[1:3], strict=True):
        gap = planar.vector(points, right, left)
        if gap is None or abs(gap) >= least:
            continue
        open_ones = [joint for joint in (right, left) if _is_open(points, joint)]
        push = (
            body.across * (least - max(0.0, planar.dot(gap, body.across))) / max(1, len(open_ones))
        )
        for joint in open_ones:
            _guess(points, joint, planar.at(points, joint) or 0j, push if joint is left else -push)


def _place_foot(points: dict[Joint, Keypoint], leg: Leg, body: _Body) -> None:
    """Place the heel and the toes of an ankle, where they were not seen."""
    ankle = planar.at(points, leg.ankle)
    if ankle is None:
        return
    shin = planar.vector(points, leg.knee, leg.ankle)
    down = planar.unit(shin) if shin else _hanging(body.down)
    lean = down * LOOK_DOWN * body.facing
    out = _outwards(leg, body) * TURNED_OUT * abs(body.facing)
    if _is_open(points, leg.heel):
        _guess(
            points,
            leg.heel,
            ankle,
            (down * ANKLE_HEIGHT - (lean + body.ahead) * HEEL) * body.stature,
        )
    if _is_open(points, leg.big_toe):
        _guess(
            points,
            leg.big_toe,
            ankle,
            (down * ANKLE_HEIGHT + (lean + body.ahead) * TOE + out) * body.stature,
        )
    _place_small_toe(points, leg, body)


def _place_small_toe(points: dict[Joint, Keypoint], leg: Leg, body: _Body) -> None:
    """Place the small toe beside the big one, a little behind it."""
    toe, heel = planar.at(points, leg.big_toe), planar.at(points, leg.heel)
    if toe is None or heel is None or not _is_open(points, leg.small_toe):
        return
    beside = _outwards(leg, body) * FOOT_WIDTH * body.stature * max(abs(body.facing), APART / 2)
    _guess(points, leg.small_toe, toe, beside - 0.15 * (toe - heel))


def _outwards(leg: Leg, body: _Body) -> complex:
    """Return the unit vector from the body's middle to this leg."""
    return body.across if leg.hip is Joint.LEFT_HIP else -body.across


def _is_open(points: Points, joint: Joint) -> bool:
    """Tell whether we may place a joint: nobody saw it."""
    point = points.get(joint)
    return point is None or point.guessed


def _guess(points: dict[Joint, Keypoint], joint: Joint, origin: complex, offset: complex) -> None:
    old = points.get(joint)
    score = min(GUESS_SCORE, old.score) if old else GUESS_SCORE
    place = origin + offset
    points[joint] = Keypoint(place.real, place.imag, score, guessed=True)
