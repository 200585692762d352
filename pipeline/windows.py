"""Which windows to paint: in which passes, at what scale, and where. Pure arithmetic.

The painter works on *frames*: a part of the canvas, shrunk and padded to the network's multiple. A
frame is painted through windows, boxes of the frame that overlap; every unknown pixel lies in one.

What fits one window is painted in one pass. Anything larger is painted in two. The composition sees
the whole person in a single window, small, so that nobody is painted twice; then windows of least
cost refine it at the working scale, where they need little context.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from math import ceil, floor, sqrt

from pipeline import costs
from pipeline.geometry import Box, Size
from pipeline.proportions import TORSO
from pipeline.skeleton import Skeleton

ROOMY = 1.6  # times their best size people may have in a window that is painted from noise
CROWDED = 0.5  # of their best size people still have when they are composed
SHARPER = 1.25  # times finer than the composition: less is not worth a second pass
AHEAD = 2  # times its own size of the unknown area that the composition sees on each side
# Of the unknown area's mean side: context when it is painted in one pass.
AROUND, WITHIN = 0.5, 0.33
GUIDED_CALLS = 12  # of the UNet for a window that is refined: 8 steps, 4 of them guided
ENCODINGS = 2  # of such a window: the picture, and it with a hole


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowLimits:
    """What one call of the network may see, and at what size it paints people well.

    Attributes:
        largest: A window has at most so many working pixels in all, and no side is longer than the
            longer of these.
        shortest: No side of a window is shorter, unless the frame is.
        multiple: Both sides of every window are multiples of this many working pixels.
        person_height: Stature in working pixels at which the model paints people best.
        overlap: How many working pixels two neighbours share at least.
        context: How many working pixels round the unknown area windows see at least.
        working: The canvas's shorter side is worked on with at most so many pixels, unless people
            were too small then; what is painted is scaled up to the photo's own resolution.
    """

    largest: Size
    multiple: int
    person_height: int
    overlap: int
    shortest: int
    context: int
    working: int

    @property
    def longest(self) -> int:
        return max(self.largest.width, self.largest.height)

    def halved(self) -> "WindowLimits":
        """Allow windows of half the size: for a device that ran out of memory."""
        longer, shorter = self.longest, min(self.largest.width, self.largest.height)
        half = max(self.multiple, longer // 2 // self.multiple * self.multiple)
        return replace(self, largest=Size(shorter, half), shortest=min(self.shortest, half))


@dataclass(frozen=True, slots=True)
class Layout:
    """One pass: where painting happens.

    Attributes:
        region: The part of the canvas that the frame shows, canvas pixels.
        scale: Working pixels per canvas pixel, at most 1.
        content: The region at that scale.
        frame: The same, padded to the right and below up to the multiple.
        windows: Boxes of the frame, each no larger than the limits allow.
    """

    region: Box
    scale: float
    content: Size
    frame: Size
    windows: tuple[Box, ...]

    def on_canvas(self, window: Box) -> Box:
        """Return what a window shows of the canvas, without the padding."""
        across = self.region.width / self.content.width
        down = self.region.height / self.content.height
        shown = Box.from_edges(
            round(window.left * across),
            round(window.top * down),
            round(window.right * across),
            round(window.bottom * down),
        )
        return shown.moved(self.region.left, self.region.top).within(self.region)


@dataclass(frozen=True, slots=True)
class Passes:
    """In which passes a picture is painted.

    Attributes:
        composition: Painted from noise.
        refinement: Painted over the composition; None where that is fine enough already.
    """

    composition: Layout
    refinement: Layout | None = None

    @property
    def finest(self) -> Layout:
        """The pass that the delivered pixels come from."""
        return self.refinement or self.composition


def plan_passes(
    canvas: Size, unknown: Sequence[Box], people: Sequence[Skeleton], limits: WindowLimits
) -> Passes:
    """Choose passes, scales and windows so that the unknown area is painted well at least cost.

    Args:
        canvas: The whole picture.
        unknown: Boxes that hold everything that is to be painted, canvas pixels; at least one.
        people: Who is in it; the tallest one sets the scale of the composition.
        limits: What the profile allows.
    """
    hole = reduce(Box.around, unknown)
    seen = _seen(canvas, hole)
    best = _best_scale(seen, people, limits)
    working = min(1.0, max(best, limits.working / min(canvas.width, canvas.height)))
    once = _once(canvas, hole, working, limits)
    if once is not None and (working <= ROOMY * best or _is_within(hole, canvas)):
        return Passes(once)
    composition = _composition(canvas, unknown, seen, best, limits)
    if working < SHARPER * composition.scale:
        return Passes(composition)
    return Passes(composition, _covering(canvas, unknown, working, limits))


def plan_pass(
    canvas: Size, unknown: Sequence[Box], people: Sequence[Skeleton], limits: WindowLimits
) -> Layout:
    """Choose the one pass of a picture that is composed already: the finest of the passes."""
    return plan_passes(canvas, unknown, people, limits).finest


def plan_draft(canvas: Size, people: Sequence[Skeleton], limits: WindowLimits) -> Layout:
    """Show the whole canvas in one window, however small people get."""
    whole = Box.of(canvas)
    scale = _fitting(canvas, _best_scale(whole, people, limits), limits)
    return _enlarged(whole, scale, limits)


def _seen(canvas: Size, hole: Box) -> Box:
    """Return what the composition sees: ahead on each side, so that work follows the hole."""
    across, down = AHEAD * hole.width, AHEAD * hole.height
    return Box.from_edges(
        hole.left - across, hole.top - down, hole.right + across, hole.bottom + down
    ).within(Box.of(canvas))


def _best_scale(seen: Box, people: Sequence[Skeleton], limits: WindowLimits) -> float:
    """Return the scale at which the tallest, or if nobody is known all that is seen, is best."""
    statures = [torso / TORSO for person in people if (torso := person.torso)]
    tallest = max(statures, default=float(max(seen.width, seen.height)))
    return min(1.0, limits.person_height / tallest)


def _once(canvas: Size, hole: Box, scale: float, limits: WindowLimits) -> Layout | None:
    """Paint the unknown area with its context in one window, if it fits.

    What is to be new beyond a photo's edge is composed, and needs to see much of the photo. A part
    within a picture has something known on several sides, and may do with less.
    """
    mean = (hole.width + hole.height) / 2
    contexts = [max(limits.context / scale, AROUND * mean)]
    if _is_within(hole, canvas):
        contexts = [max(limits.context / scale, WITHIN * mean), limits.context / scale / 2]
    for context in contexts:
        region = hole.grown(ceil(context)).within(Box.of(canvas))
        for wanted in (_filled(region, canvas, scale, limits), region):
            if _fits(_rounded(wanted.size, scale, limits), limits):
                return _single(wanted, scale, limits)
    return None


def _is_within(hole: Box, canvas: Size) -> bool:
    """Tell whether an unknown area is a part of the picture, not all beyond one of its edges."""
    return hole.width < canvas.width and hole.height < canvas.height


def _composition(
    canvas: Size, unknown: Sequence[Box], seen: Box, best: float, limits: WindowLimits
) -> Layout:
    """Compose in one window; in several, of the best size, only if people got too small."""
    scale = _fitting(seen.size, best, limits)
    if scale < CROWDED * best:
        return _covering(canvas, unknown, best, limits)
    return _enlarged(seen, scale, limits)


def _enlarged(region: Box, scale: float, limits: WindowLimits) -> Layout:
    """Show a region in one window, as large as its frame allows."""
    frame = _rounded(region.size, scale, limits)
    larger = min(frame.width / region.width, frame.height / region.height, 1.0)
    return _single(region, max(scale, larger), limits)


def _covering(canvas: Size, unknown: Sequence[Box], scale: float, limits: WindowLimits) -> Layout:
    """Cover the unknown area and a little context by windows of least cost."""
    hole = reduce(Box.around, unknown)
    region = hole.grown(ceil(limits.context / scale)).within(Box.of(canvas))
    region = _filled(region, canvas, scale, limits)
    content, frame = _framed(region, scale, limits)
    holes = [_in_frame(box, region, scale, frame) for box in unknown]
    return Layout(region, scale, content, frame, _cheapest(frame, holes, limits))


def _single(region: Box, scale: float, limits: WindowLimits) -> Layout:
    content, frame = _framed(region, scale, limits)
    return Layout(region, scale, content, frame, (Box.of(frame),))


def _framed(region: Box, scale: float, limits: WindowLimits) -> tuple[Size, Size]:
    content = region.size.scaled(scale)
    return content, content.rounded_up(limits.multiple)


def _rounded(size: Size, scale: float, limits: WindowLimits) -> Size:
    return size.scaled(scale).rounded_up(limits.multiple)


def _fits(window: Size, limits: WindowLimits) -> bool:
    longer = max(window.width, window.height)
    return window.area <= limits.largest.area and longer <= limits.longest


def _fitting(size: Size, best: float, limits: WindowLimits) -> float:
    """Return the largest scale, at most `best`, at which a size fits one window when padded."""
    by_area = sqrt(limits.largest.area / size.area)
    scale = min(best, by_area, limits.longest / max(size.width, size.height))
    while not _fits(_rounded(size, scale, limits), limits):
        scale *= 0.99
    return scale


def _filled(region: Box, canvas: Size, scale: float, limits: WindowLimits) -> Box:
    """Widen a region, where the canvas has room, to what its frame would be padded to anyway."""
    padded = _rounded(region.size, scale, limits)
    least = min(limits.shortest, limits.longest)
    width = floor(max(padded.width, least) / scale)
    height = floor(max(padded.height, least) / scale)
    left, right = _widened(region.left, region.right, width, canvas.width)
    top, bottom = _widened(region.top, region.bottom, height, canvas.height)
    return Box.from_edges(left, top, right, bottom)


def _widened(start: int, stop: int, length: int, limit: int) -> tuple[int, int]:
    """Stretch `start..stop` to a length within `0..limit`, as evenly as it goes."""
    length = min(max(length, stop - start), limit)
    first = min(max(0, start - (length - (stop - start)) // 2), limit - length)
    return first, first + length


def _in_frame(box: Box, region: Box, scale: float, frame: Size) -> Box:
    """Return the frame's pixels that a box of the canvas touches."""
    inner = box.moved(-region.left, -region.top)
    return Box.from_edges(
        floor(inner.left * scale),
        floor(inner.top * scale),
        ceil(inner.right * scale),
        ceil(inner.bottom * scale),
    ).within(Box.of(frame))


def _cheapest(frame: Size, holes: Sequence[Box], limits: WindowLimits) -> tuple[Box, ...]:
    """Cover holes by equal windows whose shape costs least; of equals, the fewest windows."""
    covers = (_cover(frame, holes, shape, limits) for shape in _shapes(frame, limits))
    return min(covers, key=lambda windows: (_cost(windows), len(windows)))


def _cost(windows: Sequence[Box]) -> float:
    size = windows[0].size
    each = (
        GUIDED_CALLS * costs.unet(size)
        + ENCODINGS * costs.vae_encode(size)
        + costs.vae_decode(size)
    )
    return len(windows) * each


def _shapes(frame: Size, limits: WindowLimits) -> Iterator[Size]:
    """List the shapes that a window of the frame may have."""

    def sides(length: int) -> Iterator[int]:
        least = min(max(limits.shortest, limits.multiple), length)
        first = ceil(least / limits.multiple) * limits.multiple
        yield from range(first, min(length, limits.longest) + 1, limits.multiple)

    for width in sides(frame.width):
        for height in sides(frame.height):
            if _fits(Size(width, height), limits):
                yield Size(width, height)


def _cover(frame: Size, holes: Sequence[Box], shape: Size, limits: WindowLimits) -> tuple[Box, ...]:
    """Lay rows of windows over the holes; a row has windows only where there are holes in it."""
    seen = [hole.grown(limits.context).within(Box.of(frame)) for hole in holes]
    whole = reduce(Box.around, seen)
    windows: list[Box] = []
    for top in _starts(whole.top, whole.bottom, shape.height, frame.height, limits):
        row = Box(0, top, frame.width, shape.height)
        touched = [box for box, hole in zip(seen, holes, strict=True) if not _apart(hole, row)]
        for left, right in _merged([(box.left, box.right) for box in touched]):
            starts = _starts(left, right, shape.width, frame.width, limits)
            windows += [Box(start, top, shape.width, shape.height) for start in starts]
    return tuple(window for window in windows if not all(_apart(hole, window) for hole in holes))


def _apart(one: Box, other: Box) -> bool:
    return one.within(other).is_empty


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that touch."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined


def _starts(start: int, stop: int, length: int, total: int, limits: WindowLimits) -> list[int]:
    """Place the fewest spans of a length over `start..stop` within `0..total`, evenly.

    They begin at multiples, and neighbours share the overlap.
    """
    multiple = limits.multiple
    first, last = start // multiple * multiple, ceil(stop / multiple) * multiple
    if last - first <= length:
        return [_widened(first, last, length, total)[0] // multiple * multiple]
    count = 2
    while True:
        stride = (last - length - first) / (count - 1)
        starts = [first + round(i * stride / multiple) * multiple for i in range(count)]
        gaps = [after - before for before, after in pairwise(starts)]
        if max(gaps) <= max(multiple, length - limits.overlap):
            return starts
        count += 1
