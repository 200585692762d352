"""Which windows to paint: at what scale, and where on the working canvas. Pure arithmetic.

The painter works on a *frame*: the canvas shrunk so that the person has the size that the model
paints best, padded to its multiple. Windows are boxes of the frame; they overlap, and every unknown
pixel lies in one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from pipeline.geometry import Box, Size
from pipeline.proportions import TORSO
from pipeline.skeleton import Skeleton

SQUEEZE = 0.85  # rather a somewhat smaller person in one window than the right size in two


@dataclass(frozen=True, slots=True)
class WindowLimits:
    """What one call of the network may see.

    Attributes:
        largest: Width and height of the largest window, in working pixels.
        multiple: Both sides of every window are multiples of this many working pixels.
        person_height: Stature in working pixels at which the model paints people best.
        overlap: How many working pixels two neighbours share at least.
    """

    largest: Size
    multiple: int
    person_height: int
    overlap: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Where painting happens.

    Attributes:
        scale: Working pixels per canvas pixel, at most 1.
        content: The canvas at that scale.
        frame: The same, padded to the right and below up to the multiple.
        windows: Boxes of the frame, each no larger than the limits allow.
    """

    scale: float
    content: Size
    frame: Size
    windows: tuple[Box, ...]


def lay_out(canvas: Size, unknown: Box, people: Sequence[Skeleton], limits: WindowLimits) -> Layout:
    """Choose the working scale and cover the unknown area, with context, by few windows.

    Args:
        canvas: The whole picture, canvas pixels.
        unknown: The bounding box of everything that is to be painted, canvas pixels.
        people: Who is in it; the tallest one sets the scale. Without people the canvas fits one
            window.
        limits: What the profile allows.
    """
    layouts = [_at(scale, canvas, unknown, limits) for scale in _scales(canvas, people, limits)]
    return min(layouts, key=lambda layout: (len(layout.windows), -layout.scale))


def _at(scale: float, canvas: Size, unknown: Box, limits: WindowLimits) -> Layout:
    content = canvas.scaled(scale)
    frame = content.rounded_up(limits.multiple)
    target = _with_context(_scaled(unknown, scale), frame, limits)
    columns = _cover(target.left, target.right, frame.width, limits.largest.width, limits)
    rows = _cover(target.top, target.bottom, frame.height, limits.largest.height, limits)
    windows = tuple(Box(x, y, width, height) for y, height in rows for x, width in columns)
    return Layout(scale, content, frame, windows)


def _scales(canvas: Size, people: Sequence[Skeleton], limits: WindowLimits) -> list[float]:
    """List the scales worth trying: the person's own, and smaller ones that save windows."""
    fits = (limits.largest.width / canvas.width, limits.largest.height / canvas.height)
    statures = [torso / TORSO for person in people if (torso := person.torso)]
    if not statures:
        return [min(1.0, *fits)]
    wanted = min(1.0, limits.person_height / max(statures))
    return [wanted, *(fit for fit in fits if SQUEEZE * wanted <= fit < wanted)]


def _scaled(box: Box, scale: float) -> Box:
    return Box.from_edges(
        int(box.left * scale),
        int(box.top * scale),
        ceil(box.right * scale),
        ceil(box.bottom * scale),
    )


def _with_context(box: Box, frame: Size, limits: WindowLimits) -> Box:
    """Widen a box so that one full window fits round it where the frame has the room."""
    spare = Size(limits.largest.width - box.width, limits.largest.height - box.height)
    around = Box.from_edges(
        box.left - max(limits.overlap, spare.width // 2),
        box.top - max(limits.overlap, spare.height),
        box.right + max(limits.overlap, spare.width // 2),
        box.bottom + limits.overlap,
    )
    return around.within(Box.of(frame))


def _cover(
    start: int, stop: int, total: int, largest: int, limits: WindowLimits
) -> list[tuple[int, int]]:
    """Cover `start..stop` by equal spans, each a multiple long and inside `0..total`."""
    multiple = limits.multiple
    start = start // multiple * multiple
    stop = min(total, -(-stop // multiple) * multiple)
    length = min(stop - start, largest // multiple * multiple)
    count = max(1, ceil((stop - start - limits.overlap) / max(multiple, length - limits.overlap)))
    if stop - start <= length:
        count = 1
    step = (stop - start - length) / max(1, count - 1)
    return [(start + round(index * step / multiple) * multiple, length) for index in range(count)]
