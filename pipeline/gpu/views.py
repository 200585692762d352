"""Which parts of a picture to look at, and how: whom one view loses, another finds."""

from collections.abc import Generator
from dataclasses import dataclass
from math import ceil

import numpy as np

from pipeline.geometry import Box, Size
from pipeline.gpu.landmarker import Pixels
from pipeline.skeleton import Joint, Skeleton, middle

PART_FROM, PART_TO, PART_STEP = 1.2, 6.0, 0.6  # which pictures are looked at in parts, how finely
NARROWER = 0.125  # of a part's width: what a narrower look leaves out on each side
# Of a part's height: bodies are found best when there is floor.
SOME_ROOM, MUCH_ROOM, MOST_ROOM = 0.5, 1.0, 1.5
COLUMNS = 4
COLUMN = 0.45  # of the picture's width: they overlap, so that each body is whole in one
WIDE_COLUMN = 0.6


@dataclass(frozen=True, slots=True)
class View:
    """A way to look at a picture.

    Attributes:
        part: What is shown, in pixels of the picture.
        room: How far the lowest row goes on below, as a share of the part's height.
        mirrored: Whether left and right are swapped.
    """

    part: Box
    room: float = 0.0
    mirrored: bool = False

    def pixels(self, whole: Pixels) -> Pixels:
        """Cut the view out of the picture."""
        part = self.part
        cut = whole[part.top : part.bottom, part.left : part.right]
        below = round(self.room * part.height)
        cut = np.pad(cut, ((0, below), (0, 0), (0, 0)), mode="edge")
        return np.ascontiguousarray(cut[:, ::-1] if self.mirrored else cut)

    def placed(self, person: Skeleton) -> Skeleton:
        """Bring somebody who was found in the view to the picture's own pixels."""
        if self.mirrored:
            person = _mirrored(person, self.part.width - 1)
        return person.mapped(dx=self.part.left, dy=self.part.top)


def _mirrored(person: Skeleton, last: int) -> Skeleton:
    points = person.keypoints.items()
    return Skeleton({joint.mirrored: point.moved(last - 2 * point.x, 0) for joint, point in points})


def parts(size: Size) -> list[View]:
    """Return overlapping squares along the longer side of a picture that is not nearly square."""
    side, longest = min(size.width, size.height), max(size.width, size.height)
    if longest < PART_FROM * side or longest > PART_TO * side:
        return []
    count = ceil(longest / side / PART_STEP)
    starts = [round(index * (longest - side) / (count - 1)) for index in range(count)]
    wide = size.width > size.height
    return [
        View(Box(start, 0, side, side) if wide else Box(0, start, side, side)) for start in starts
    ]


def searches(size: Size) -> Generator[View]:
    """Return ways to look for somebody whom a plain look did not find, the best first.

    Of 9 rendered people in 800 whom plain looks lost, the first finds 7 and the second 5. Of 26 in
    1,440 whom all looks down to the narrow columns lost, the others find 8.
    """
    whole = Box(0, 0, size.width, size.height)
    yield View(whole, MUCH_ROOM)
    yield View(whole, SOME_ROOM, mirrored=True)
    yield View(whole, MUCH_ROOM, mirrored=True)
    narrow, wide = _columns(size, COLUMN), _columns(size, WIDE_COLUMN)
    yield from (View(column, SOME_ROOM) for column in narrow)
    yield from (View(column, mirrored=True) for column in narrow)
    yield from (View(column, MUCH_ROOM, mirrored=True) for column in wide)
    yield from (View(column, MUCH_ROOM) for column in wide)
    yield View(whole, MOST_ROOM)
    yield View(whole, MOST_ROOM, mirrored=True)


def _columns(size: Size, share: float) -> list[Box]:
    width = max(1, round(share * size.width))
    lefts = [round(index * (size.width - width) / (COLUMNS - 1)) for index in range(COLUMNS)]
    return [Box(left, 0, width, size.height) for left in lefts]


def again(person: Skeleton, size: Size) -> list[View]:
    """Return ways to look at somebody: mirrored, at less beside them, with room below.

    Room makes bodies smaller that the photo cuts above the hips, so most looks are without.
    """
    part = _surroundings(person, size)
    return [
        View(part),
        View(part, mirrored=True),
        View(_narrowed(part)),
        View(part, SOME_ROOM),
        View(part, MUCH_ROOM, mirrored=True),
    ]


def _surroundings(person: Skeleton, size: Size) -> Box:
    """Return what to look at again: the picture, without much of what lies beside a long body.

    It ends where the photo ends, so that there is no space for legs that were cut off.
    """
    points = person.keypoints
    neck = points[Joint.NECK]
    hips = middle(points[Joint.RIGHT_HIP], points[Joint.LEFT_HIP])
    upright = abs(hips.y - neck.y) >= abs(hips.x - neck.x)
    side = min(size.width, size.height)
    if upright:
        return Box(_slid((neck.x + hips.x) / 2, side, size.width), 0, side, size.height)
    return Box(0, _slid((neck.y + hips.y) / 2, side, size.height), size.width, side)


def _narrowed(part: Box) -> Box:
    """Cut a little off both sides."""
    less = round(NARROWER * part.width)
    return Box(part.left + less, part.top, part.width - 2 * less, part.height)


def _slid(centre: float, side: int, limit: int) -> int:
    """Return where a stretch of `side` pixels begins, centred as well as the limit allows."""
    return int(min(max(centre - side / 2, 0), limit - side))
