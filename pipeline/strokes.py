"""What drawings for people are made of: lines, discs, shapes and letters, at whole pixels.

They are tuples, and not dataclasses, as a nudge makes and compares hundreds. All are drawn smooth.
A stroke looks the same wherever the corner of the picture lies, as long as it is cut off by the
picture's own borders alone.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Pixels = NDArray[np.uint8]
Spot = tuple[int, int]
Edges = tuple[int, int, int, int]  # left, top, right, bottom; the last two are one past the end

DARK: Colour = (16, 16, 20)
WHITE: Colour = (255, 255, 255)
FILLED = -1  # instead of a width
_BLEED = 3  # pixels further than its width says that a smooth line may reach


class Line(NamedTuple):
    """A straight line with round ends."""

    start: Spot
    end: Spot
    colour: Colour
    width: int


class Disc(NamedTuple):
    """A filled circle. A ring is two: OpenCV takes ten times as long for a smooth broad one."""

    middle: Spot
    radius: int
    colour: Colour


class Shape(NamedTuple):
    """A polygon, or all that is inside it if its width is `FILLED`."""

    corners: tuple[Spot, ...]
    colour: Colour
    width: int = FILLED


class Letters(NamedTuple):
    """A short text; its size is told by the radius of the disc that it fits."""

    text: str
    middle: Spot
    colour: Colour
    radius: int


Stroke = Line | Disc | Shape | Letters


class Mark(NamedTuple):
    """Strokes that belong together, such as one limb.

    Attributes:
        name: No other mark of the same drawing has it.
        strokes: Undermost first.
    """

    name: tuple[str, int]
    strokes: tuple[Stroke, ...]


def dot(middle: Spot, radius: int, colour: Colour, *, rim: int | None = None) -> tuple[Disc, ...]:
    """Return a disc, or one that has a dark middle and a rim of this width."""
    if rim is None:
        return (Disc(middle, radius, colour),)
    outer = radius + rim // 2
    return Disc(middle, outer, colour), Disc(middle, outer - rim, DARK)


def paint(pixels: Pixels, marks: Iterable[Mark], left: int = 0, top: int = 0) -> None:
    """Draw marks on pixels, RGB, of which the first one lies at (left, top) of the picture."""
    for mark in marks:
        for stroke in mark.strokes:
            match stroke:
                case Line((ax, ay), (bx, by), colour, width):
                    start, end = (ax - left, ay - top), (bx - left, by - top)
                    cv2.line(pixels, start, end, colour, width, cv2.LINE_AA)
                case Disc((x, y), radius, colour):
                    cv2.circle(pixels, (x - left, y - top), radius, colour, FILLED, cv2.LINE_AA)
                case Shape():
                    _shape(pixels, stroke, left, top)
                case Letters():
                    _write(pixels, stroke, left, top)


def edges_of(mark: Mark) -> Edges:
    """Return the edges of a box outside of which a mark changes nothing."""
    return surrounding(_edges(stroke) for stroke in mark.strokes)


def surrounding(boxes: Iterable[Edges]) -> Edges:
    """Return the edges of the smallest box that holds all; there must be one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _edges(stroke: Stroke) -> Edges:
    match stroke:
        case Line((ax, ay), (bx, by), _, width):
            (left, right), (top, bottom) = sorted((ax, bx)), sorted((ay, by))
            margin = width + _BLEED
        case Disc((x, y), radius, _):
            left, right, top, bottom, margin = x, x, y, y, radius + _BLEED
        case Shape(corners, _, width):
            left, top, right, bottom = surrounding((x, y, x, y) for x, y in corners)
            margin = max(0, width) + _BLEED
        case Letters(_, (x, y), _, radius):
            left, right, top, bottom, margin = x, x, y, y, 2 * radius + _BLEED
    return left - margin, top - margin, right + margin + 1, bottom + margin + 1


def _shape(pixels: Pixels, shape: Shape, left: int, top: int) -> None:
    corners = np.array(shape.corners, np.int32) - (left, top)
    outline = corners.astype(np.int32)
    if shape.width == FILLED:
        cv2.fillPoly(pixels, [outline], shape.colour, cv2.LINE_AA)
    else:
        cv2.polylines(pixels, [outline], True, shape.colour, shape.width, cv2.LINE_AA)


def _write(pixels: Pixels, letters: Letters, left: int, top: int) -> None:
    """Write letters as far as they lie in the picture."""
    letting, ink, dx, dy = _glyphs(letters.text, letters.radius, letters.colour)
    height, width, _ = ink.shape
    x, y = letters.middle[0] + dx - left, letters.middle[1] + dy - top
    rows = slice(max(0, -y), max(0, min(height, pixels.shape[0] - y)))
    columns = slice(max(0, -x), max(0, min(width, pixels.shape[1] - x)))
    under = pixels[max(0, y) : max(0, y + height), max(0, x) : max(0, x + width)]
    under[:] = (under * letting[rows, columns] + ink[rows, columns]) // 255


@lru_cache(maxsize=256)
def _glyphs(
    text: str, radius: int, colour: Colour
) -> tuple[NDArray[np.uint16], NDArray[np.uint16], int, int]:
    """Set a short text: what it lets through, 0..255, and adds; where its corner lies.

    Setting it takes longer than all other drawing.
    """
    size = 4 * radius + 1
    image = Image.new("L", (size, size))
    font = ImageFont.load_default(1.5 * radius)
    middle = (size / 2, size / 2)
    ImageDraw.Draw(image).text(middle, text, 255, font, "mm", stroke_width=radius / 20)
    left, top, right, bottom = image.getbbox() or (0, 0, 1, 1)
    glyphs = np.asarray(image)[top:bottom, left:right, None].astype(np.uint16)
    ink = glyphs * np.array(colour, np.uint16) + np.uint16(127)
    return 255 - glyphs, ink, left - size // 2, top - size // 2
