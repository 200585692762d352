"""Skeletons as the picture that ControlNet reads, and their limbs as masks.

What people see of a skeleton is drawn in `preview`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.geometry import Size
from pipeline.skeleton import (
    BODY_JOINTS,
    BODY_LIMBS,
    FOOT_LIMBS,
    LEGS,
    Joint,
    Keypoint,
    Leg,
    Skeleton,
)

Colour = tuple[int, int, int]
Limb = tuple[Joint, Joint]

# The 18 colours, RGB, that OpenPose gives to limbs (in `BODY_LIMBS` order) and to joints (in
# `Joint` order).
_OPENPOSE: tuple[Colour, ...] = (
    (255, 0, 0),
    (255, 85, 0),
    (255, 170, 0),
    (255, 255, 0),
    (170, 255, 0),
    (85, 255, 0),
    (0, 255, 0),
    (0, 255, 85),
    (0, 255, 170),
    (0, 255, 255),
    (0, 170, 255),
    (0, 85, 255),
    (0, 0, 255),
    (85, 0, 255),
    (170, 0, 255),
    (255, 0, 255),
    (255, 0, 170),
    (255, 0, 85),
)
# Pale, because every strong hue is taken: left foot bluish to rose, right foot greenish to yellow.
_FOOT_JOINT_COLOURS: dict[Joint, Colour] = {
    Joint.LEFT_HEEL: (160, 160, 255),
    Joint.LEFT_BIG_TOE: (255, 128, 255),
    Joint.LEFT_SMALL_TOE: (255, 128, 128),
    Joint.RIGHT_HEEL: (160, 255, 160),
    Joint.RIGHT_BIG_TOE: (128, 255, 255),
    Joint.RIGHT_SMALL_TOE: (255, 255, 128),
}
JOINT_COLOURS: dict[Joint, Colour] = {
    **dict(zip(BODY_JOINTS, _OPENPOSE, strict=True)),
    **_FOOT_JOINT_COLOURS,
}
LIMB_COLOURS: dict[Limb, Colour] = {
    **dict(zip(BODY_LIMBS, _OPENPOSE, strict=False)),
    **{limb: _FOOT_JOINT_COLOURS[limb[1]] for limb in FOOT_LIMBS},
}
_LIMB_DIMMING = 0.6

# The reference's 4 px limbs are filled with OpenCV's inclusive outline, half a pixel more all
# around (its discs are not). Here that half pixel scales with the stick, so that a small picture is
# the large one, shrunk.
_OUTLINE = 0.5 / 4
# Drawn as the reference draws it, without antialiasing; thinner sticks need sub-pixels.
_TRAINED_STICK = 4.0
_FINEST = 8  # sub-pixels a pixel; more is not seen and takes memory
_FRACTION_BITS = 4  # OpenCV's fixed-point coordinates
_FAR = 1 << 20  # sub-pixels; a joint further off is no person's, and would overflow
_ANGLES = np.linspace(0.0, 2 * np.pi, 48, endpoint=False)
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)

LIMB_RADIUS = 0.17  # of the torso: a trouser leg with some air round it
_UNKNOWN_FOOT = 2.0  # limb radii that a foot of which only the ankle is known may reach


def draw_condition(
    skeletons: Sequence[Skeleton], size: Size, *, stick: float, feet: bool
) -> Image.Image:
    """Draw people on black as the openpose ControlNet was trained to read them.

    Args:
        skeletons: In pixels of the picture; parts outside are cut off, hidden joints are left out.
        size: Of the picture.
        stick: Half-width of a limb and radius of a joint in pixels; 4 at 512 px is what was
            trained.
        feet: Whether to draw foot limbs too, which the public ControlNet has never seen.

    Returns:
        RGB. Where a skeleton names its front leg, that leg lies over everything else of that
        person.

    Source: https://github.com/huggingface/controlnet_aux, `open_pose/util.py:draw_bodypose`, whose
    colour triples are RGB in the picture that it returns.
    """
    fine = min(_FINEST, max(1, ceil(_TRAINED_STICK / stick)))
    strokes = [stroke for skeleton in skeletons for stroke in _strokes(skeleton, feet=feet)]
    canvas = np.zeros((size.height * fine, size.width * fine, 3), np.uint8)
    _paint(canvas, strokes, stick=stick, fine=fine)
    if fine > 1:
        canvas = cv2.resize(canvas, (size.width, size.height), interpolation=cv2.INTER_AREA)
    return Image.fromarray(canvas)


@dataclass(frozen=True, slots=True)
class _Stroke:
    """One filled ellipse: a limb between two joints, or the disc of one joint."""

    a: Keypoint
    b: Keypoint
    colour: Colour


def _strokes(skeleton: Skeleton, *, feet: bool) -> Iterator[_Stroke]:
    """List what to paint, undermost first."""
    points = skeleton.visible(Joint if feet else BODY_JOINTS)
    front = {joint for leg in LEGS if leg.hip == skeleton.front for joint in leg.joints}
    for in_front in (False, True):
        for limb, colour in LIMB_COLOURS.items():
            if limb[0] in points and limb[1] in points and front.issuperset(limb) is in_front:
                yield _Stroke(points[limb[0]], points[limb[1]], _dimmed(colour))
        for joint, point in points.items():
            if (joint in front) is in_front:
                yield _Stroke(point, point, JOINT_COLOURS[joint])


def _dimmed(colour: Colour) -> Colour:
    red, green, blue = (int(channel * _LIMB_DIMMING) for channel in colour)
    return red, green, blue


def _paint(
    canvas: NDArray[np.uint8], strokes: Sequence[_Stroke], *, stick: float, fine: int
) -> None:
    """Fill the strokes' ellipses on an RGB canvas of `fine` sub-pixels a pixel."""
    if not strokes:
        return
    ends = np.array([(stroke.a.x, stroke.a.y, stroke.b.x, stroke.b.y) for stroke in strokes]) * fine
    vector = ends[:, 2:] - ends[:, :2]
    length = np.hypot(vector[:, 0], vector[:, 1])
    direction = (
        np.where(length[:, None] > 0, vector, (1, 0)) / np.where(length > 0, length, 1)[:, None]
    )
    # OpenCV adds half a sub-pixel of outline by itself.
    disc = np.array([stroke.a is stroke.b for stroke in strokes])
    margin = np.where(disc, 0.0, stick * _OUTLINE * fine) - 0.5
    along = np.where(disc, stick * fine, length / 2) + margin
    axis = direction * along[:, None]
    across = direction[:, ::-1] * (-1, 1) * (stick * fine + margin)[:, None]
    outlines = (
        (ends[:, None, :2] + ends[:, None, 2:]) / 2
        + _CIRCLE[:, :1] * axis[:, None]
        + _CIRCLE[:, 1:] * across[:, None]
    )
    # Coordinates are measured from the frame's edge; OpenCV's from the first pixel's centre.
    fixed = np.rint((outlines - 0.5).clip(-_FAR, _FAR) * (1 << _FRACTION_BITS)).astype(np.int32)
    for outline, stroke in zip(fixed, strokes, strict=True):
        cv2.fillConvexPoly(canvas, outline, stroke.colour, cv2.LINE_8, _FRACTION_BITS)


def limb_mask(
    skeletons: Sequence[Skeleton],
    size: Size,
    *,
    legs: Sequence[Leg] = LEGS,
    radius: float | None = None,
    breadth: float = 1.0,
) -> Image.Image:
    """Cover legs from hip to toes by capsules, each foot by one rounded shape.

    Args:
        skeletons: In pixels of the picture; hidden joints are not covered.
        size: Of the picture.
        legs: Which legs.
        radius: Half-width of a capsule in pixels; None takes a share of each person's torso.
        breadth: Times that share.

    Returns:
        `L`, white where a limb may be painted.
    """
    mask = np.zeros((size.height, size.width), np.uint8)
    for skeleton in skeletons:
        share = breadth * LIMB_RADIUS * (skeleton.torso or size.height / 4)
        wide = share if radius is None else radius
        for leg in legs:
            _cover(mask, skeleton.visible((leg.hip, leg.knee, leg.ankle)).values(), wide)
            foot = skeleton.visible((leg.ankle, *leg.foot))
            if len(foot) == 1 and leg.ankle in foot:
                # No toes are known: room for them in any direction.
                _cover(mask, foot.values(), wide * _UNKNOWN_FOOT)
            _cover(mask, foot.values(), wide, filled=True)
    return Image.fromarray(mask)


def _cover(
    mask: NDArray[np.uint8], chain: Iterable[Keypoint], radius: float, *, filled: bool = False
) -> None:
    """Whiten everything within `radius` of a chain of points, or of the shape that they span."""
    points = np.array([(point.x, point.y) for point in chain]).reshape(-1, 2)
    # An odd width is centred on pixels.
    spots = np.rint((points - 0.5).clip(-_FAR, _FAR)).astype(np.int32)
    if filled and len(spots) > 2:
        spots = cv2.convexHull(spots).astype(np.int32).reshape(-1, 2)
        cv2.fillConvexPoly(mask, spots, 255)
    wide = max(0, round(radius))
    cv2.polylines(mask, [spots], filled, 255, 2 * wide + 1)
    for x, y in spots.tolist():
        cv2.circle(mask, (x, y), wide, 255, -1)
