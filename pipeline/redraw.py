"""A picture with people drawn on it, kept so that little is drawn anew when a joint moves."""

from collections.abc import Collection, Iterable, Sequence
from threading import Lock

from pipeline.figure import marks_of
from pipeline.geometry import Box, Size
from pipeline.preview import JPEG_QUALITY, paint_others
from pipeline.skeleton import Joint, Skeleton
from pipeline.strokes import Edges, Mark, Pixels, edges_of, paint, surrounding
from pipeline.tiles import Tiles

Name = tuple[str, int]


class Drawing:
    """Draws people over one picture; threads may share it.

    What it gives is, byte for byte, what it would give had it drawn nothing before.

    Args:
        picture: RGB, (H, W, 3); not changed.
    """

    def __init__(self, picture: Pixels) -> None:
        self._picture = picture
        self._size = Size(picture.shape[1], picture.shape[0])
        self._ground = picture  # with those who are not edited
        self._others: tuple[Skeleton, ...] = ()
        self._pixels = picture.copy()
        self._marks: dict[Name, Mark] = {}
        self._edges: dict[Name, Edges] = {}
        self._tiles = Tiles(self._size.width, JPEG_QUALITY)
        self._one_at_a_time = Lock()

    def jpeg(self, people: Sequence[Skeleton], *, chosen: Joint | None = None) -> bytes:
        """Draw people, the first being the one to be edited, and write it as a chat is sent it."""
        with self._one_at_a_time:
            changed = self._draw(people, chosen)
            return self._tiles.write(self._pixels, changed)

    def _draw(self, people: Sequence[Skeleton], chosen: Joint | None) -> Box:
        """Bring the pixels up to date; outside of what is returned they are as they were."""
        marks = {mark.name: mark for mark in marks_of(people[0], self._size, chosen=chosen)}
        changed = self._change(marks)
        if tuple(people[1:]) != self._others:
            self._place(people[1:])
            changed = Box.of(self._size)
        if not changed.is_empty:
            self._repaint(changed)
        return changed

    def _change(self, marks: dict[Name, Mark]) -> Box:
        """Take over marks; return what holds all that come, go or are no longer the same."""
        old, edges = self._marks, self._edges
        new = {name for name, mark in marks.items() if old.get(name) != mark}
        stale = [edges[name] for name in old if name in new or name not in marks]
        self._marks = marks
        self._edges = {n: edges_of(marks[n]) if n in new else edges[n] for n in marks}
        if _order(old, marks) != _order(marks, old):  # another leg is in front
            return Box.of(self._size)
        return self._box([*stale, *(self._edges[name] for name in new)])

    def _place(self, others: Sequence[Skeleton]) -> None:
        self._others = tuple(others)
        self._ground = self._picture
        if others:
            self._ground = self._picture.copy()
            paint_others(self._ground, others)

    def _repaint(self, changed: Box) -> None:
        """Paint all marks that touch a box on a piece that holds them whole; keep the box."""
        left, top, right, bottom = changed.edges
        touching = [
            (self._marks[name], edges)
            for name, edges in self._edges.items()
            if edges[0] < right and edges[2] > left and edges[1] < bottom and edges[3] > top
        ]
        piece = self._box([changed.edges, *(edges for _, edges in touching)])
        pixels = _cut(self._ground, piece).copy()
        paint(pixels, (mark for mark, _ in touching), piece.left, piece.top)
        _cut(self._pixels, changed)[:] = _cut(pixels, changed.moved(-piece.left, -piece.top))

    def _box(self, edges: Sequence[Edges]) -> Box:
        """Return what of the picture holds all."""
        if not edges:
            return Box(0, 0, 0, 0)
        return Box.from_edges(*surrounding(edges)).within(Box.of(self._size))


def _order(marks: Iterable[Name], others: Collection[Name]) -> list[Name]:
    """List what is in both, in the order of the first."""
    return [name for name in marks if name in others]


def _cut(pixels: Pixels, box: Box) -> Pixels:
    return pixels[box.top : box.bottom, box.left : box.right]
