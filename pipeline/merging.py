"""Two edits of the same people that were made apart, brought together joint by joint."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

from pipeline.packing import write_skeleton
from pipeline.skeleton import Joint, Keypoint, Skeleton

MARK_BYTES = 8

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Clash:
    """What both edits changed, each to something else.

    Attributes:
        person: The index of whose it is.
        joint: Which joint; None for which leg is in front.
    """

    person: int
    joint: Joint | None


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of two edits.

    Attributes:
        people: With both in it; where they clash, theirs.
        clashes: Where they do.
    """

    people: tuple[Skeleton, ...]
    clashes: tuple[Clash, ...]


def mark_of(people: Iterable[Skeleton]) -> str:
    """Name people as they stand: 16 hex digits, the same for the same joints and no others."""
    written = json.dumps([write_skeleton(person) for person in people], sort_keys=True)
    return blake2b(written.encode(), digest_size=MARK_BYTES).hexdigest()


def merge(base: Sequence[Skeleton], mine: Sequence[Skeleton], theirs: Sequence[Skeleton]) -> Merged:
    """Bring two edits of the same people together.

    Args:
        base: What both began from.
        mine: What one made of it; as many people, in the same order.
        theirs: What the other did.

    Raises:
        ValueError: They are not the same people.
    """
    if not len(base) == len(mine) == len(theirs):
        raise ValueError("not the same people")
    people: list[Skeleton] = []
    clashes: list[Clash] = []
    for index, three in enumerate(zip(base, mine, theirs, strict=True)):
        person, joints = _merged(*three)
        people.append(person)
        clashes += [Clash(index, joint) for joint in joints]
    return Merged(tuple(people), tuple(clashes))


def _merged(
    base: Skeleton, mine: Skeleton, theirs: Skeleton
) -> tuple[Skeleton, tuple[Joint | None, ...]]:
    points: dict[Joint, Keypoint] = {}
    hidden: set[Joint] = set()
    clashes: list[Joint | None] = []
    for joint in Joint:
        (point, is_hidden), clash = _chosen(*(_about(one, joint) for one in (base, mine, theirs)))
        if point is not None:
            points[joint] = point
        if is_hidden:
            hidden.add(joint)
        if clash:
            clashes.append(joint)
    front, clash = _chosen(base.front, mine.front, theirs.front)
    clashes += [None] if clash else []
    return Skeleton(points, hidden=frozenset(hidden), front=front), tuple(clashes)


def _about(person: Skeleton, joint: Joint) -> tuple[Keypoint | None, bool]:
    return person.keypoints.get(joint), joint in person.hidden


def _chosen(base: T, mine: T, theirs: T) -> tuple[T, bool]:
    """Take what was changed; theirs, and a clash, where both changed it and not alike."""
    if mine in (base, theirs):
        return theirs, False
    return (mine, False) if theirs == base else (theirs, True)
