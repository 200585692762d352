"""What a painter delivers, and where it goes: values between painting and the finished picture."""

from dataclasses import dataclass
from math import ceil
from typing import Protocol

import numpy as np
from PIL import Image

from pipeline.geometry import Box, Size

LANCZOS = 3  # pixels: how far the filter looks


@dataclass(frozen=True, slots=True)
class Painted:
    """What a painter delivers: it shows a part of the canvas, at the scale that it was painted at.

    Attributes:
        picture: RGB; shows the painter's idea of what it may not change, too.
        box: Which part of the canvas it shows, canvas pixels; its sides may differ from the
            picture's.
    """

    picture: Image.Image
    box: Box

    @property
    def enlargement(self) -> float:
        """How many canvas pixels across one of its pixels has."""
        return max(self.box.width / self.picture.width, self.box.height / self.picture.height, 1.0)

    def edges_of(self, part: Box) -> tuple[float, float, float, float]:
        """Return where a part of the canvas lies in the picture: left, top, right, bottom."""
        width, height = self.picture.size
        across, down = width / self.box.width, height / self.box.height
        inner = part.moved(-self.box.left, -self.box.top)
        right, bottom = min(inner.right * across, width), min(inner.bottom * down, height)
        return inner.left * across, inner.top * down, right, bottom

    def seen(self, part: Box) -> Image.Image:
        """Enlarge a part of it to the canvas's own scale, as if all were enlarged at once.

        Args:
            part: Within `box`, canvas pixels.

        Returns:
            RGB, of the part's size.
        """
        if part.is_empty or not self.box.holds(part):
            raise ValueError(f"a picture of {self.box} does not show {part}")
        width, height = self.picture.size
        left, top, right, bottom = self.edges_of(part)
        margin = ceil(LANCZOS * max(1.0, height / self.box.height))
        first, last = max(0, int(top) - margin), min(height, ceil(bottom) + margin)
        rows = self.picture.crop((0, first, width, last))
        # Across first and down then, always: Pillow takes the order that costs less for the part,
        # and rounds in between.
        edges = (left, 0, right, last - first)
        wide = rows.resize((part.width, last - first), Image.Resampling.LANCZOS, box=edges)
        edges = (0, top - first, part.width, bottom - first)
        return wide.resize((part.width, part.height), Image.Resampling.LANCZOS, box=edges)


class Area(Protocol):
    """Where pixels are to be new.

    Attributes:
        frame: The canvas's size.
        box: Holds every new pixel, canvas pixels.
    """

    @property
    def frame(self) -> Size: ...

    @property
    def box(self) -> Box: ...

    def new(self, part: Box, size: Size | None = None) -> Image.Image:
        """Return how new the pixels of a part of the canvas are.

        Args:
            part: Canvas pixels.
            size: Of what is returned; the part's own without it. In small, whatever is partly new
                is not 0.

        Returns:
            `L`: 0 where nothing may change, 255 where the painter's pixel is taken.
        """
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """All of a frame but one box."""

    frame: Size
    kept: Box

    @property
    def box(self) -> Box:
        whole, kept = Box.of(self.frame), self.kept
        if kept.width < whole.width and kept.height < whole.height:
            return whole
        if kept.width < whole.width:
            beside = (kept.left > 0, kept.right < whole.right)
            return whole if all(beside) else _rest(whole, kept, across=True)
        beside = (kept.top > 0, kept.bottom < whole.bottom)
        return whole if all(beside) else _rest(whole, kept, across=False)

    def new(self, part: Box, size: Size | None = None) -> Image.Image:
        """See `Area.new`."""
        target = size or part.size
        mask = Image.new("L", (target.width, target.height), 255)
        inner = self.kept.within(part).moved(-part.left, -part.top)
        across, down = target.width / part.width, target.height / part.height
        known = Box.from_edges(
            int(np.ceil(inner.left * across)),
            int(np.ceil(inner.top * down)),
            int(inner.right * across),
            int(inner.bottom * down),
        )
        if not known.is_empty:
            mask.paste(0, known.edges)
        return mask


def _rest(whole: Box, kept: Box, *, across: bool) -> Box:
    """Return what is left of a frame on the one side where something is."""
    if across:
        left, right = (0, kept.left) if kept.left > 0 else (kept.right, whole.right)
        return Box.from_edges(left, 0, right, whole.bottom)
    top, bottom = (0, kept.top) if kept.top > 0 else (kept.bottom, whole.bottom)
    return Box.from_edges(0, top, whole.right, bottom)


@dataclass(frozen=True, slots=True)
class Within:
    """Where a mask, `L`, is not 0; at least one pixel."""

    mask: Image.Image

    @property
    def frame(self) -> Size:
        return Size(*self.mask.size)

    @property
    def box(self) -> Box:
        edges = self.mask.getbbox()
        if edges is None:
            raise ValueError("nothing is white in the mask")
        return Box.from_edges(*edges)

    def new(self, part: Box, size: Size | None = None) -> Image.Image:
        """See `Area.new`."""
        if size is None:
            return self.mask.crop(part.edges)
        # BOX keeps a trace of every pixel.
        small = self.mask.resize((size.width, size.height), Image.Resampling.BOX, box=part.edges)
        return small.point([0, *[255] * 255])
