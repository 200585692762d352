"""Pictures of skeletons for people: numbered joints over the photo, the plan before painting."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import atan2, cos, hypot, sin

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

from pipeline.badges import DARK, WHITE, Badge, Colour, Pixels, Room, draw_badges
from pipeline.geometry import Box, Size
from pipeline.naming import NUMBERED, number_of
from pipeline.skeleton import BODY_LIMBS, FOOT_LIMBS, LEGS, Joint, Keypoint, Skeleton

Spot = tuple[int, int]

# Okabe and Ito's colours, which colour-blind people tell apart: the person's right is orange.
RIGHT_COLOUR: Colour = (230, 159, 0)
LEFT_COLOUR: Colour = (86, 180, 233)
MIDDLE_COLOUR: Colour = (240, 240, 240)
CHOSEN_COLOUR: Colour = (255, 80, 160)
JPEG_QUALITY = 85  # of what a chat is sent: coloured lines keep their colour, and it stays small
UNSURE = 0.5  # below this score a joint is drawn hollow, as if it were guessed

_LIMBS = (*BODY_LIMBS, *FOOT_LIMBS)
_INNER_NEIGHBOUR = {outer: inner for inner, outer in _LIMBS}
_FAR = 1 << 16  # pixels; joints further off would overflow OpenCV's coordinates
_PALE = 0.5  # how much of the lines of people who are not edited is seen
_VEIL = 0.55  # how much of what fills the new area still shines through


@dataclass(frozen=True, slots=True)
class _Pen:
    """Widths in pixels of the picture that is drawn on.

    Attributes:
        line: Of a limb.
        handle: Radius of a joint that has a number.
        dot: Radius of any other joint.
        ring: Radius of what surrounds the chosen joint.
        badge: Radius of what a number stands on; a phone shows a third of a picture's pixels.
    """

    line: int
    handle: int
    dot: int
    ring: int
    badge: int

    @classmethod
    def on(cls, size: Size) -> "_Pen":
        unit = max(hypot(size.width, size.height) / 620, size.width / 480)  # a phone is narrow
        return cls(
            line=max(1, round(2 * unit)),
            handle=max(4, round(6 * unit)),
            dot=max(3, round(4 * unit)),
            ring=max(7, round(10 * unit)),
            badge=max(7, round(10 * unit)),
        )


def draw_skeletons(
    image: Image.Image, skeletons: Sequence[Skeleton], *, chosen: Joint | None = None
) -> Image.Image:
    """Draw people over a picture, for a person to look at and to nudge.

    Filled joints were seen or placed by hand; hollow ones, with dashed limbs, are guesses. The
    person's right is orange, the left blue. Beside the leg joints of the first person stand their
    numbers, as `naming.NUMBERED` lists them. Where a limb leaves the picture, an arrow at the
    border points to its end. Other people are drawn pale, without numbers.

    Args:
        image: RGB.
        skeletons: In its pixels; the first is the one to be edited.
        chosen: The first person's joint to highlight.

    Returns:
        A new RGB picture.
    """
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    return Image.fromarray(draw_over(np.asarray(rgb), skeletons, chosen=chosen))


def draw_over(
    picture: Pixels, skeletons: Sequence[Skeleton], *, chosen: Joint | None = None
) -> Pixels:
    """Draw people over the pixels of a picture, RGB, (H, W, 3): see `draw_skeletons`."""
    pixels = picture.copy()
    pen = _Pen.on(Size(pixels.shape[1], pixels.shape[0]))
    if not skeletons:
        return pixels
    if skeletons[1:]:
        _draw_others(pixels, skeletons[1:], replace(pen, handle=pen.dot))
    _draw_limbs(pixels, skeletons[0], pen)
    _draw_joints(pixels, skeletons[0], pen, chosen)
    badges = _badges(pixels, skeletons[0], pen, chosen)
    draw_badges(pixels, badges, _room(skeletons[0], pen))
    return pixels


def _draw_others(pixels: Pixels, people: Sequence[Skeleton], pen: _Pen) -> None:
    """Draw those who are not edited so that the picture shines through."""
    bare = pixels.copy()
    for person in reversed(people):
        _draw_limbs(pixels, person, pen)
        _draw_joints(pixels, person, pen, None)
    cv2.addWeighted(pixels, _PALE, bare, 1 - _PALE, 0, dst=pixels)


def draw_plan(placed: Image.Image, photo: Box, skeletons: Sequence[Skeleton]) -> Image.Image:
    """Draw what will be painted: the new area striped, the photo framed, the planned people.

    Args:
        placed: RGB, the photo on its canvas.
        photo: Where it lies.
        skeletons: The plan, canvas pixels; guessed joints are hollow.
    """
    pixels = np.array(placed.convert("RGB"))
    known = pixels[photo.top : photo.bottom, photo.left : photo.right].copy()
    stripes = _stripes(pixels, period=max(6, round(hypot(*placed.size) / 60)))
    cv2.addWeighted(pixels, _VEIL, stripes, 1.0, 30.0, dst=pixels)
    pixels[photo.top : photo.bottom, photo.left : photo.right] = known
    width = max(1, round(hypot(*placed.size) / 500))
    corner = (photo.right - 1, photo.bottom - 1)
    cv2.rectangle(pixels, (photo.left, photo.top), corner, WHITE, width)
    return draw_skeletons(Image.fromarray(pixels), skeletons)


def _stripes(like: Pixels, *, period: int) -> Pixels:
    """Return faint diagonal stripes in the shape of a picture."""
    height, width, _ = like.shape
    line = np.array([at // period % 2 * 14 for at in range(height + width)], np.uint8)
    rows = sliding_window_view(line, width)[:height]
    return np.ascontiguousarray(np.broadcast_to(rows[:, :, None], (height, width, 3)))


def _colour(joint: Joint) -> Colour:
    if joint.name.startswith("RIGHT_"):
        return RIGHT_COLOUR
    return LEFT_COLOUR if joint.name.startswith("LEFT_") else MIDDLE_COLOUR


def _is_unsure(point: Keypoint) -> bool:
    return point.guessed or point.score < UNSURE


def _spot(x: float, y: float) -> Spot:
    return round(min(max(x, -_FAR), _FAR)), round(min(max(y, -_FAR), _FAR))


def _front_joints(person: Skeleton) -> set[Joint]:
    return {joint for leg in LEGS if leg.hip == person.front for joint in leg.joints}


def _draw_limbs(pixels: Pixels, person: Skeleton, pen: _Pen) -> None:
    points, front = person.visible(), _front_joints(person)
    limbs = [limb for limb in _LIMBS if points.keys() >= set(limb)]
    limbs.sort(key=lambda limb: front.issuperset(limb))
    for start, end in limbs:
        a, b = points[start], points[end]
        colour = _colour(end if end.mirrored is not end else start)
        parts = _dashes(a, b, pen) if _is_unsure(a) or _is_unsure(b) else [(a, b)]
        for ink, width in ((DARK, 2 * pen.line + 1), (colour, pen.line)):
            for c, d in parts:
                cv2.line(pixels, _spot(c.x, c.y), _spot(d.x, d.y), ink, width, cv2.LINE_AA)


def _dashes(a: Keypoint, b: Keypoint, pen: _Pen) -> list[tuple[Keypoint, Keypoint]]:
    count = min(200, max(1, round(a.distance(b) / (7 * pen.line))))
    dx, dy = (b.x - a.x) / count, (b.y - a.y) / count
    return [
        (a.moved(index * dx, index * dy), a.moved((index + 0.5) * dx, (index + 0.5) * dy))
        for index in range(count)
    ]


def _draw_joints(pixels: Pixels, person: Skeleton, pen: _Pen, chosen: Joint | None) -> None:
    points, front = person.visible(), _front_joints(person)
    for joint in sorted(points, key=lambda joint: (joint in front, joint in NUMBERED)):
        point = points[joint]
        colour = CHOSEN_COLOUR if joint == chosen else _colour(joint)
        if not _is_inside(point, pixels):
            if _has_arrow(joint, person, pixels):
                _draw_arrow(pixels, point, colour, pen)
            continue
        spot, radius = _spot(point.x, point.y), pen.handle if joint in NUMBERED else pen.dot
        if joint == chosen:
            cv2.circle(pixels, spot, pen.ring, DARK, 2 * pen.line + 1, cv2.LINE_AA)
            cv2.circle(pixels, spot, pen.ring, colour, pen.line, cv2.LINE_AA)
        cv2.circle(pixels, spot, radius + pen.line, DARK, -1, cv2.LINE_AA)
        filled = -1 if not _is_unsure(point) else pen.line
        cv2.circle(pixels, spot, radius, colour, filled, cv2.LINE_AA)


def _has_arrow(joint: Joint, person: Skeleton, pixels: Pixels) -> bool:
    """Whether a joint that lies outside is the first of its limb that does."""
    inner = person.get(_INNER_NEIGHBOUR.get(joint, joint))
    return inner is None or _is_inside(inner, pixels)


def _is_inside(point: Keypoint, pixels: Pixels) -> bool:
    return 0 <= point.x < pixels.shape[1] and 0 <= point.y < pixels.shape[0]


def _border(point: Keypoint, size: tuple[int, int], pen: _Pen) -> tuple[float, float]:
    """Return where inside the border an arrow to a joint stands."""
    edge = 2 * pen.dot
    return (
        min(max(point.x, edge), size[0] - 1 - edge),
        min(max(point.y, edge), size[1] - 1 - edge),
    )


def _draw_arrow(pixels: Pixels, point: Keypoint, colour: Colour, pen: _Pen) -> None:
    """Point from the border towards a joint that lies outside."""
    x, y = _border(point, (pixels.shape[1], pixels.shape[0]), pen)
    angle = atan2(point.y - y, point.x - x)
    corners = [
        _spot(x + pen.dot * length * cos(angle + turn), y + pen.dot * length * sin(angle + turn))
        for turn, length in ((0, 1.8), (2.4, 1.6), (-2.4, 1.6))
    ]
    triangle = np.array(corners, np.int32)
    cv2.polylines(pixels, [triangle], True, DARK, 2 * pen.line + 1, cv2.LINE_AA)
    cv2.fillPoly(pixels, [triangle], colour, cv2.LINE_AA)


def _badges(pixels: Pixels, person: Skeleton, pen: _Pen, chosen: Joint | None) -> list[Badge]:
    """Number each leg joint that is seen, or the arrow that stands for it; the chosen one first."""
    size = (pixels.shape[1], pixels.shape[0])
    points = person.visible(NUMBERED)
    anchors = {
        joint: (point.x, point.y) if _is_inside(point, pixels) else _border(point, size, pen)
        for joint, point in points.items()
        if _is_inside(point, pixels) or _has_arrow(joint, person, pixels)
    }
    return [
        Badge(
            text=str(number_of(joint)),
            anchor=anchors[joint],
            colour=CHOSEN_COLOUR if joint == chosen else _colour(joint),
            hollow=_is_unsure(points[joint]),
            apart=anchors.get(joint.mirrored),
        )
        for joint in sorted(anchors, key=lambda joint: (joint != chosen, number_of(joint)))
    ]


def _room(person: Skeleton, pen: _Pen) -> Room:
    spots = {joint: _spot(point.x, point.y) for joint, point in person.visible().items()}
    return Room(
        radius=pen.badge,
        handle=pen.ring + pen.line,
        line=pen.line,
        handles=list(spots.values()),
        limbs=[(spots[a], spots[b]) for a, b in _LIMBS if a in spots and b in spots],
    )
