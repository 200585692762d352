"""Pictures of skeletons for people: numbered joints over the photo, the plan before painting."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, sin

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipeline.geometry import Box
from pipeline.skeleton import BODY_LIMBS, FOOT_LIMBS, LEGS, RIGHT_LEG, Joint, Keypoint, Skeleton

Colour = tuple[int, int, int]

# Okabe and Ito's colours, which colour-blind people tell apart: the person's right is orange.
RIGHT_COLOUR: Colour = (230, 159, 0)
LEFT_COLOUR: Colour = (86, 180, 233)
MIDDLE_COLOUR: Colour = (240, 240, 240)
CHOSEN_COLOUR: Colour = (255, 80, 160)
HALO: Colour = (16, 16, 20)
UNSURE = 0.5  # below this score a joint is drawn hollow, as if it were guessed

NUMBERED: tuple[Joint, ...] = tuple(
    joint
    for pair in zip(LEGS[0].joints, LEGS[1].joints, strict=True)
    for joint in pair
    if joint.name.endswith(("HIP", "KNEE", "ANKLE", "BIG_TOE"))
)
"""Leg joints in the order of their numbers, 1 to 8: right before left, hips before toes."""


def number_of(joint: Joint) -> int | None:
    """The number that a leg joint wears in the preview."""
    return NUMBERED.index(joint) + 1 if joint in NUMBERED else None


@dataclass(frozen=True, slots=True)
class _Pen:
    """Widths in pixels of the picture that is drawn on."""

    line: int
    handle: int
    text: int

    @classmethod
    def on(cls, image: Image.Image) -> "_Pen":
        unit = hypot(*image.size) / 620
        return cls(max(1, round(2 * unit)), max(3, round(6 * unit)), max(9, round(11 * unit)))


def draw_skeletons(
    image: Image.Image, skeletons: Sequence[Skeleton], *, chosen: Joint | None = None
) -> Image.Image:
    """Draw people over a picture, for a person to look at and to nudge.

    Solid handles were seen or placed by hand, hollow ones are guesses. The person's right is
    orange,
    the left blue; leg joints of the first person wear their numbers. A joint outside the picture is
    an arrow at its border.

    Args:
        image: RGB.
        skeletons: In its pixels.
        chosen: The first person's joint to highlight.

    Returns:
        A new RGB picture.
    """
    pixels = np.ascontiguousarray(np.asarray(image.convert("RGB")).copy())
    pen = _Pen.on(image)
    for person in reversed(skeletons):
        _bones(pixels, person, pen)
    for person in reversed(skeletons):
        _handles(pixels, person, pen, chosen if person is skeletons[0] else None)
    drawn = Image.fromarray(pixels)
    if skeletons:
        _numbers(drawn, skeletons[0], pen)
    return drawn


def draw_plan(placed: Image.Image, photo: Box, skeletons: Sequence[Skeleton]) -> Image.Image:
    """Draw what will be painted: the new area veiled, the photo framed, the planned people.

    Args:
        placed: RGB, the photo on its canvas.
        photo: Where it lies.
        skeletons: The plan, canvas pixels; guessed joints are hollow.
    """
    pixels = np.asarray(placed.convert("RGB")).astype(np.float32)
    veil = np.ones(pixels.shape[:2], bool)
    veil[photo.top : photo.bottom, photo.left : photo.right] = False
    stripes = _stripes(pixels.shape[1], pixels.shape[0], max(6, round(hypot(*placed.size) / 60)))
    pixels[veil] = pixels[veil] * 0.55 + 30 + 14 * stripes[veil][:, None]
    drawn = np.ascontiguousarray(pixels.clip(0, 255).astype(np.uint8))
    width = max(1, round(hypot(*placed.size) / 500))
    corner = (photo.right - 1, photo.bottom - 1)
    cv2.rectangle(drawn, (photo.left, photo.top), corner, (250, 250, 250), width)
    return draw_skeletons(Image.fromarray(drawn), skeletons)


def _stripes(width: int, height: int, period: int) -> NDArray[np.bool_]:
    across, down = np.arange(width)[None, :], np.arange(height)[:, None]
    return (across + down) // period % 2 == 0


def _colour(joint: Joint) -> Colour:
    if joint.name.startswith("RIGHT_"):
        return RIGHT_COLOUR
    return LEFT_COLOUR if joint.name.startswith("LEFT_") else MIDDLE_COLOUR


def _is_unsure(point: Keypoint) -> bool:
    return point.guessed or point.score < UNSURE


def _spot(point: Keypoint) -> tuple[int, int]:
    return round(point.x), round(point.y)


def _bones(pixels: NDArray[np.uint8], person: Skeleton, pen: _Pen) -> None:
    points = person.visible()
    front = {joint for leg in LEGS if leg.hip == person.front for joint in leg.joints}
    limbs = [limb for limb in (*BODY_LIMBS, *FOOT_LIMBS) if points.keys() >= set(limb)]
    limbs.sort(key=lambda limb: front.issuperset(limb))
    for start, end in limbs:
        a, b = points[start], points[end]
        colour = _colour(end if _colour(end) != MIDDLE_COLOUR else start)
        for ink, width in ((HALO, pen.line + max(2, pen.line)), (colour, pen.line)):
            if _is_unsure(a) or _is_unsure(b):
                _dashed(pixels, a, b, ink, width)
            else:
                cv2.line(pixels, _spot(a), _spot(b), ink, width, cv2.LINE_AA)


def _dashed(
    pixels: NDArray[np.uint8], a: Keypoint, b: Keypoint, colour: Colour, width: int
) -> None:
    count = min(200, max(1, round(a.distance(b) / (6 * max(2, width)))))
    for index in range(count):
        start, end = index / count, (index + 0.6) / count
        cv2.line(pixels, _between(a, b, start), _between(a, b, end), colour, width, cv2.LINE_AA)


def _between(a: Keypoint, b: Keypoint, share: float) -> tuple[int, int]:
    return round(a.x + share * (b.x - a.x)), round(a.y + share * (b.y - a.y))


def _handles(pixels: NDArray[np.uint8], person: Skeleton, pen: _Pen, chosen: Joint | None) -> None:
    height, width = pixels.shape[:2]
    for joint, point in person.visible().items():
        size = pen.handle if joint in RIGHT_LEG.joints + LEGS[1].joints else pen.handle * 2 // 3
        colour = CHOSEN_COLOUR if joint == chosen else _colour(joint)
        if not (0 <= point.x < width and 0 <= point.y < height):
            _arrow(pixels, point, colour, pen)
            continue
        if joint == chosen:
            cv2.circle(pixels, _spot(point), size * 2, CHOSEN_COLOUR, pen.line, cv2.LINE_AA)
        cv2.circle(pixels, _spot(point), size + pen.line, HALO, -1, cv2.LINE_AA)
        if _is_unsure(point):
            cv2.circle(pixels, _spot(point), size, colour, pen.line, cv2.LINE_AA)
        else:
            cv2.circle(pixels, _spot(point), size, colour, -1, cv2.LINE_AA)


def _arrow(pixels: NDArray[np.uint8], point: Keypoint, colour: Colour, pen: _Pen) -> None:
    """Point from the border towards a joint that lies outside."""
    height, width = pixels.shape[:2]
    edge = pen.handle + 2
    x = min(max(point.x, edge), width - 1 - edge)
    y = min(max(point.y, edge), height - 1 - edge)
    angle = atan2(point.y - y, point.x - x)
    tips = [(angle + turn, length) for turn, length in ((0, 1.5), (2.5, 1.2), (-2.5, 1.2))]
    corners = [
        (round(x + pen.handle * length * cos(turn)), round(y + pen.handle * length * sin(turn)))
        for turn, length in tips
    ]
    triangle = np.array(corners, np.int32)
    cv2.fillPoly(pixels, [triangle], colour, cv2.LINE_AA)
    cv2.polylines(pixels, [triangle], True, HALO, max(1, pen.line // 2), cv2.LINE_AA)


def _numbers(image: Image.Image, person: Skeleton, pen: _Pen) -> None:
    """Write each leg joint's number beside it, on its own side of the body."""
    brush = ImageDraw.Draw(image)
    font = ImageFont.load_default(pen.text)
    middle = [point.x for point in person.visible(NUMBERED).values()]
    for joint, point in person.visible(NUMBERED).items():
        outwards = -1 if point.x < sum(middle) / len(middle) else 1
        x = min(max(point.x + outwards * (pen.handle + pen.text * 0.8), pen.text / 2),
                image.width - pen.text / 2)  # fmt: skip
        y = min(max(point.y, pen.text), image.height - pen.text)
        brush.text(
            (x, y),
            str(number_of(joint)),
            fill=(255, 255, 255),
            font=font,
            anchor="mm",
            stroke_width=max(1, pen.text // 7),
            stroke_fill=HALO,
        )
