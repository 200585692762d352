"""Numbers beside what they belong to: off the lines of the drawing, and off each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np
from numpy.typing import NDArray

from pipeline.strokes import DARK, WHITE, Colour, Disc, Letters, Line, Mark, Spot, dot

Place = tuple[float, float]
Segment = tuple[Place, Place]
Spots = NDArray[np.float64]

# What it costs to cover a pixel's depth of something, by what it is.
_ON_BADGE, _ON_HANDLE, _ON_LIMB = 6.0, 4.0, 1.0
_INWARDS = 0.3  # radii that a badge on the other one's side costs
_AWAY = 0.4  # of each pixel further out than it must be
_RINGS = np.array([0.0, 0.6, 1.4, 2.4])  # radii further out, where a badge may stand
_TURNS = np.linspace(0, 2 * np.pi, 16, endpoint=False)
_WAYS = np.stack([np.cos(_TURNS), np.sin(_TURNS)], axis=1)
_APART = 2.2  # radii from one badge's middle to the next
_OFF_LIMB = 1.1  # radii from a badge's middle to a limb


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
    limbs: Sequence[Segment]


def badge_marks(badges: Sequence[Badge], room: Room, size: tuple[int, int]) -> Iterator[Mark]:
    """Set numbers beside their anchors.

    Args:
        badges: The first choose their places first; no two have the same text.
        room: What is drawn already.
        size: Width and height of the picture.
    """
    radius = round(room.radius)
    places = place_badges(badges, room, size)
    spots = [(round(x), round(y)) for x, y in places]
    for badge, place, spot in zip(badges, places, spots, strict=True):
        start = _leader(badge.anchor, place, room)
        yield Mark(
            ("badge", int(badge.text)),
            (
                Line(start, spot, DARK, 2 * room.line + 1),
                Line(start, spot, badge.colour, room.line),
                Disc(spot, radius + room.line, DARK),
                *dot(spot, radius, badge.colour, rim=room.line if badge.hollow else None),
            ),
        )
    for badge, spot in zip(badges, spots, strict=True):
        ink = WHITE if badge.hollow else DARK
        yield Mark(("number", int(badge.text)), (Letters(badge.text, spot, ink, radius),))


def _leader(anchor: Place, place: Place, room: Room) -> Spot:
    """Return where on the rim of what it belongs to a line to a badge begins."""
    x, y = anchor
    dx, dy = place[0] - x, place[1] - y
    share = min(1.0, room.handle / max(hypot(dx, dy), 1e-9))
    return round(x + share * dx), round(y + share * dy)


def place_badges(badges: Sequence[Badge], room: Room, size: tuple[int, int]) -> list[Place]:
    """Find a place for the middle of each badge, close to its anchor and inside the picture."""
    if not badges:
        return []
    anchors = np.array([badge.anchor for badge in badges], float)
    offered = _candidates(anchors, room, size)
    costs = _covering(anchors, offered, room) + _straying(anchors, offered, badges, room)
    places: list[Place] = []
    for index, spots in enumerate(offered):
        chosen = spots[costs[index].argmin()]
        away = _lengths(offered[index + 1 :] - chosen)
        costs[index + 1 :] += _ON_BADGE * np.maximum(0, _APART * room.radius - away)
        places.append((float(chosen[0]), float(chosen[1])))
    return places


def _candidates(anchors: Spots, room: Room, size: tuple[int, int]) -> Spots:
    """List where each badge may stand, (badges, spots, 2)."""
    reach = _nearest(room) + room.radius * _RINGS
    spots = anchors[:, None] + (reach[:, None, None] * _WAYS).reshape(-1, 2)
    # In a picture smaller than a badge the middle is as good as anything.
    least = np.minimum(1.2 * room.radius, np.array(size) / 2)
    return np.minimum(np.maximum(spots, least), np.array(size) - least)


def _nearest(room: Room) -> float:
    return room.handle + 1.3 * room.radius


def _covering(anchors: Spots, offered: Spots, room: Room) -> Spots:
    """Tell how much of handles and limbs a badge would cover at each spot, (badges, spots)."""
    lines = np.array([*((spot, spot) for spot in room.handles), *room.limbs]).reshape(-1, 2, 2)
    is_handle = np.arange(len(lines)) < len(room.handles)
    free = np.where(is_handle, room.radius + room.handle, _OFF_LIMB * room.radius)
    price = np.where(is_handle, _ON_HANDLE, _ON_LIMB)
    # Most are too far off to be covered.
    reach = _lengths(offered - anchors[:, None]).max(axis=1, keepdims=True)
    badge, line = (_to_lines(anchors[:, None], lines) < reach + free).nonzero()
    depth = np.maximum(0, free[line, None] - _to_lines(offered[badge], lines[line, None]))
    return (price[line] * (np.arange(len(anchors))[:, None] == badge)) @ depth


def _straying(
    anchors: Spots, offered: Spots, badges: Sequence[Badge], room: Room
) -> NDArray[np.float64]:
    """Tell what it costs to stand far off, or towards what to stay apart from."""
    away = offered - anchors[:, None]
    costs = _AWAY * np.maximum(0, _lengths(away) - _nearest(room))
    towards = np.array([badge.apart or badge.anchor for badge in badges]) - anchors
    inwards = away[:, :, 0] * towards[:, None, 0] + away[:, :, 1] * towards[:, None, 1] > 0
    return costs + _INWARDS * room.radius * inwards


def _lengths(vectors: Spots) -> Spots:
    x, y = vectors[..., 0], vectors[..., 1]
    return np.sqrt(x * x + y * y)


def _to_lines(spots: Spots, lines: Spots) -> Spots:
    """Measure how far spots, (…, 2), are from lines, (…, 2, 2), which may be points."""
    offset, along = spots - lines[..., 0, :], lines[..., 1, :] - lines[..., 0, :]
    x, y, u, v = offset[..., 0], offset[..., 1], along[..., 0], along[..., 1]
    share = np.minimum(1, np.maximum(0, (x * u + y * v) / np.maximum(u * u + v * v, 1e-9)))
    x, y = x - share * u, y - share * v
    return np.sqrt(x * x + y * y)
