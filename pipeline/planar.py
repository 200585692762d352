"""Joints as complex numbers, x + iy with y downwards: times 1j turns right into down."""

from collections.abc import Mapping

from pipeline.skeleton import Joint, Keypoint

Points = Mapping[Joint, Keypoint]


def at(points: Points, joint: Joint) -> complex | None:
    point = points.get(joint)
    return complex(point.x, point.y) if point else None


def between(points: Points, one: Joint, other: Joint) -> complex | None:
    """Return the middle of two joints, or the only one that is known."""
    a, b = at(points, one), at(points, other)
    if a is None or b is None:
        return a if b is None else b
    return (a + b) / 2


def first(*places: complex | None) -> complex | None:
    """Return the first that is known; a place may be 0, which is false."""
    return next((place for place in places if place is not None), None)


def vector(points: Points, start: Joint, end: Joint) -> complex | None:
    a, b = at(points, start), at(points, end)
    return b - a if a is not None and b is not None else None


def length(points: Points, start: Joint, end: Joint) -> float:
    return abs(vector(points, start, end) or 0j)


def unit(vector: complex) -> complex:
    return vector / abs(vector) if vector else 1j


def dot(one: complex, other: complex) -> float:
    return (one * other.conjugate()).real
