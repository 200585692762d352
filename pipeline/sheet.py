"""What is to be painted, as the painter asks for it: parts of the canvas, at the size it works at.

A canvas may have fifty megapixels, of which a painter sees a few hundred thousand: so nobody makes
a picture of the whole of it.
"""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from PIL import Image

from pipeline.canvas import Canvas, kept_box, place
from pipeline.fill import Fill
from pipeline.geometry import Box, Size
from pipeline.painted import Outside, Painted, Within

LOOKED_AT = 512  # pixels of a mask's longer side when its white parts are told apart


class Sheet(Protocol):
    """A canvas that is partly unknown.

    Attributes:
        size: The canvas's.
        unknown: Boxes that hold every pixel that is to be new, canvas pixels; at least one.
    """

    @property
    def size(self) -> Size: ...

    @property
    def unknown(self) -> tuple[Box, ...]: ...

    def look(self, region: Box, size: Size) -> Image.Image:
        """Return a part of the canvas at a size, RGB; where pixels are to be new, with a fill."""
        ...

    def holes(self, region: Box, size: Size) -> Image.Image:
        """Return where that part is new, `L`; white also where only a part of a pixel is."""
        ...


@dataclass(frozen=True, slots=True)
class Outpainting:
    """A photo in a larger frame; all round it pixels are to be new.

    Attributes:
        photo: RGB, of the canvas's photo box's size.
        canvas: The frame.
        band: How many pixels of the photo's rim may be blended: windows have to show them.
        fill: How the photo is continued into them.
    """

    photo: Image.Image
    canvas: Canvas
    band: int = 0
    fill: Fill = Fill.INPAINT

    @property
    def size(self) -> Size:
        return self.canvas.size

    @property
    def unknown(self) -> tuple[Box, ...]:
        frame, photo = Box.of(self.canvas.size), kept_box(self.canvas, band=self.band)
        around = (
            Box.from_edges(0, photo.bottom, frame.right, frame.bottom),
            Box.from_edges(0, 0, frame.right, photo.top),
            Box.from_edges(0, photo.top, photo.left, photo.bottom),
            Box.from_edges(photo.right, photo.top, frame.right, photo.bottom),
        )
        return tuple(box for box in around if not box.is_empty)

    def look(self, region: Box, size: Size) -> Image.Image:
        """See `Sheet.look`."""
        canvas = self._small(region, size)
        seen = self.canvas.photo.within(region)
        part = seen.moved(-self.canvas.photo.left, -self.canvas.photo.top)
        target = canvas.photo.size
        small = self.photo.resize(
            (target.width, target.height), Image.Resampling.LANCZOS, box=part.edges
        )
        return place(small, canvas, fill=self.fill)

    def holes(self, region: Box, size: Size) -> Image.Image:
        """See `Sheet.holes`."""
        return Outside(self.canvas.size, self.canvas.photo).new(region, size)

    def _small(self, region: Box, size: Size) -> Canvas:
        """Scale the region and the photo's part in it."""
        seen = self.canvas.photo.within(region).moved(-region.left, -region.top)
        return Canvas(size, _scaled(seen, region.size, size))


@dataclass(frozen=True, slots=True)
class Retouching:
    """A picture of which a part is to be new.

    Attributes:
        picture: RGB, the whole canvas.
        mask: `L`, same size; white where pixels are to be new. At least one pixel is white.
    """

    picture: Image.Image
    mask: Image.Image

    @property
    def size(self) -> Size:
        return Size(*self.picture.size)

    @property
    def unknown(self) -> tuple[Box, ...]:
        """The boxes of the mask's separate white parts; boxes that overlap are joined."""
        return white_boxes(self.mask)

    def look(self, region: Box, size: Size) -> Image.Image:
        """See `Sheet.look`."""
        return self.picture.resize(
            (size.width, size.height), Image.Resampling.LANCZOS, box=region.edges
        )

    def holes(self, region: Box, size: Size) -> Image.Image:
        """See `Sheet.holes`."""
        return Within(self.mask).new(region, size)


@dataclass(frozen=True, slots=True)
class Composed:
    """A sheet whose unknown part is painted already, in small; it is to be painted finer.

    Attributes:
        sheet: What it was composed on.
        painted: The composition.
    """

    sheet: Sheet
    painted: Painted

    @property
    def size(self) -> Size:
        return self.sheet.size

    @property
    def unknown(self) -> tuple[Box, ...]:
        return self.sheet.unknown

    def look(self, region: Box, size: Size) -> Image.Image:
        """See `Sheet.look`; the fill is the composition."""
        picture = self.sheet.look(region, size)
        shown = region.within(self.painted.box)
        target = _scaled(shown.moved(-region.left, -region.top), region.size, size)
        sides, edges = (target.width, target.height), self.painted.edges_of(shown)
        part = self.painted.picture.resize(sides, Image.Resampling.LANCZOS, box=edges)
        picture.paste(part, target.edges, self.holes(region, size).crop(target.edges))
        return picture

    def holes(self, region: Box, size: Size) -> Image.Image:
        """See `Sheet.holes`."""
        return self.sheet.holes(region, size)


def _scaled(box: Box, whole: Size, size: Size) -> Box:
    """Bring a box of a whole to another size of it; at least a pixel is left."""
    across, down = size.width / whole.width, size.height / whole.height
    left, right = _stretch(box.left * across, box.right * across, size.width)
    top, bottom = _stretch(box.top * down, box.bottom * down, size.height)
    return Box.from_edges(left, top, right, bottom)


def white_boxes(mask: Image.Image) -> tuple[Box, ...]:
    """Return boxes that hold all that is white in a mask, one for each separate part.

    Args:
        mask: `L`. Parts that are nearer to each other than a few pixels may share a box.
    """
    whole = Box.of(Size(*mask.size))
    step = max(1, -(-max(mask.size) // LOOKED_AT))
    small = np.asarray(mask.reduce(step)) > 0
    count, _, stats, _ = cv2.connectedComponentsWithStats(small.astype(np.uint8))
    boxes = [
        Box(left * step, top * step, width * step, height * step).within(whole)
        for left, top, width, height, _ in stats[1:count].tolist()
    ]
    return tuple(_joined(boxes))


def _joined(boxes: list[Box]) -> list[Box]:
    """Join boxes that overlap, until none do."""
    done: list[Box] = []
    waiting = list(boxes)
    while waiting:
        box = waiting.pop()
        met = [other for other in done if not other.within(box).is_empty]
        if not met:
            done.append(box)
            continue
        for other in met:
            done.remove(other)
            box = box.around(other)
        waiting.append(box)
    return done


def _stretch(start: float, stop: float, limit: int) -> tuple[int, int]:
    """Round a stretch so that at least a pixel of it is left within the limit."""
    first = min(round(start), limit - 1)
    return first, max(first + 1, min(round(stop), limit))
