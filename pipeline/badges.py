"""Numbers beside what they belong to: off the lines of the drawing, and off each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import hypot

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Pixels = NDArray[np.uint8]
Place = tuple[float, float]
Line = tuple[Place, Place]
Spots = NDArray[np.float64]

DARK: Colour = (16, 16, 20)
WHITE: Colour = (255, 255, 255)

# What it costs to cover a pixel's depth of something, by what it is.
_ON_BADGE, _ON_HANDLE, _ON_LIMB = 6.0, 4.0, 1.0
_INWARDS = 0.3  # radii that a badge on the other one's side costs
_AWAY = 0.4  # of each pixel further out than it must be
_RINGS = np.array([0.0, 0.6, 1.4, 2.4])  # radii further out, where a badge may stand
_TURNS = np.linspace(0, 2 * np.pi, 16, endpoint=False)
_WAYS = np.stack([np.cos(_TURNS), np.sin(_TURNS)], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A number and what it stands beside.

    Attributes:
        text: The number.
        anchor: What it belongs to, pixels.
        colour: Of both.
        hollow: Whether it is drawn as what is uncertain.
        apart: A place to stay on the other side of, such as the same joint of the other leg.
    """

    text: str
    anchor: Place
    colour: Colour
    hollow: bool = False
    apart: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What badges are placed among, pixels.

    Attributes:
        radius: Of a badge.
        handle: Radius round an anchor to leave free.
        line: Width of the lines.
        handles: Where the joints are.
        limbs: From where to where they go.
    """

    radius: float
    handle: float
    line: int
    handles: Sequence[Place]
    limbs: Sequence[Line]


def draw_badges(pixels: Pixels, badges: Sequence[Badge], room: Room) -> None:
    """Draw numbers beside their anchors, over the picture that is given.

    Args:
        pixels: RGB, changed in place.
        badges: The first choose their places first.
        room: What is drawn already.
    """
    places = place_badges(badges, room, (pixels.shape[1], pixels.shape[0]))
    radius = round(room.radius)
    for badge, place in zip(badges, places, strict=True):
        spot = round(place[0]), round(place[1])
        _draw_leader(pixels, badge, place, room)
        cv2.circle(pixels, spot, radius + room.line, DARK, -1, cv2.LINE_AA)
        thickness = room.line if badge.hollow else -1
        cv2.circle(pixels, spot, radius, badge.colour, thickness, cv2.LINE_AA)
    for badge, place in zip(badges, places, strict=True):
        _write(pixels, badge.text, place, WHITE if badge.hollow else DARK, radius)


def _write(pixels: Pixels, text: str, place: Place, ink: Colour, radius: int) -> None:
    """Write a short text with its middle at a place, as far as it lies in the picture."""
    glyphs, dx, dy = _glyphs(text, radius)
    height, width, _ = glyphs.shape
    left, top = round(place[0]) + dx, round(place[1]) + dy
    rows = slice(max(0, top), max(0, min(pixels.shape[0], top + height)))
    columns = slice(max(0, left), max(0, min(pixels.shape[1], left + width)))
    seen = glyphs[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    under = pixels[rows, columns]
    under[:] = (under * (255 - seen) + np.array(ink, np.uint16) * seen + 127) // 255


@lru_cache(maxsize=256)
def _glyphs(text: str, radius: int) -> tuple[NDArray[np.uint16], int, int]:
    """Set a short text, 0..255, (h, w, 1), and tell from its middle where its corner lies.

    Setting it takes longer than all other drawing.
    """
    size = 4 * radius + 1
    image = Image.new("L", (size, size))
    font = ImageFont.load_default(1.5 * radius)
    middle = (size / 2, size / 2)
    ImageDraw.Draw(image).text(middle, text, 255, font, "mm", stroke_width=radius / 20)
    left, top, right, bottom = image.getbbox() or (0, 0, 1, 1)
    glyphs = np.asarray(image)[top:bottom, left:right, None].astype(np.uint16)
    return glyphs, left - size // 2, top - size // 2


def place_badges(badges: Sequence[Badge], room: Room, size: tuple[int, int]) -> list[Place]:
    """Find a place for the middle of each badge, close to its anchor and inside the picture.

    Args:
        badges: The first choose first.
        room: What is there already.
        size: Of the picture, width first.
    """
    if not badges:
        return []
    placed: list[Place] = []
    offered = [_candidates(badge.anchor, room, size) for badge in badges]
    covering = _covering(np.concatenate(offered), room).reshape(len(badges), -1)
    for badge, spots, covered in zip(badges, offered, covering, strict=True):
        costs = covered + _leaving(spots, badge.anchor, room)
        costs += _ON_BADGE * _depth(spots, placed, 2.2 * room.radius)
        if badge.apart is not None:
            towards = np.array(badge.apart) - badge.anchor
            costs += _INWARDS * room.radius * ((spots - badge.anchor) @ towards > 0)
        x, y = spots[int(costs.argmin())]
        placed.append((float(x), float(y)))
    return placed


def _candidates(anchor: Place, room: Room, size: tuple[int, int]) -> Spots:
    reach = _nearest(room) + room.radius * _RINGS
    spots = np.array(anchor) + (reach[:, None, None] * _WAYS).reshape(-1, 2)
    # In a picture smaller than a badge the middle is as good as anything.
    least = np.minimum(1.2 * room.radius, np.array(size) / 2)
    return np.clip(spots, least, np.array(size) - least)


def _nearest(room: Room) -> float:
    return room.handle + 1.3 * room.radius


def _covering(spots: Spots, room: Room) -> NDArray[np.float64]:
    """Tell how much of handles and limbs a badge would cover at each spot."""
    cost = _ON_HANDLE * _depth(spots, room.handles, room.radius + room.handle)
    if not room.limbs:
        return cost
    return cost + _ON_LIMB * np.maximum(0, 1.1 * room.radius - _to_lines(spots, room.limbs)).sum(1)


def _leaving(spots: Spots, anchor: Place, room: Room) -> NDArray[np.float64]:
    distance = np.linalg.norm(spots - anchor, axis=1)
    return _AWAY * np.maximum(0, distance - _nearest(room))


def _depth(spots: Spots, others: Sequence[Place], apart: float) -> NDArray[np.float64]:
    """Tell how deep each spot is inside what must be so far apart from it."""
    if not others:
        return np.zeros(len(spots))
    x, y = (spots[:, None] - np.array(others)).transpose(2, 0, 1)
    distance = np.sqrt(x * x + y * y)
    return np.maximum(0, apart - distance).sum(axis=1)


def _to_lines(spots: Spots, lines: Sequence[Line]) -> Spots:
    """Measure how far each spot is from each line, (spots, lines)."""
    ends = np.array(lines, float)
    x, y = (spots[:, None] - ends[:, 0]).transpose(2, 0, 1)
    u, v = (ends[:, 1] - ends[:, 0]).T
    share = ((x * u + y * v) / np.maximum(u * u + v * v, 1e-9)).clip(0, 1)
    return np.sqrt((x - share * u) ** 2 + (y - share * v) ** 2)


def _draw_leader(pixels: Pixels, badge: Badge, place: Place, room: Room) -> None:
    """Join a badge to the rim of what it belongs to."""
    x, y = badge.anchor
    dx, dy = place[0] - x, place[1] - y
    share = min(1.0, room.handle / max(hypot(dx, dy), 1e-9))
    start = round(x + share * dx), round(y + share * dy)
    end = round(place[0]), round(place[1])
    for ink, width in ((DARK, 2 * room.line + 1), (badge.colour, room.line)):
        cv2.line(pixels, start, end, ink, width, cv2.LINE_AA)
