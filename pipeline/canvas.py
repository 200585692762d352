"""Where the photo lies in the frame; masks; and the exact composition of what is delivered.

A frame may be three times the largest photo: it is worked on in bands of rows, so that no second
copy of it is held.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.geometry import Box, Size
from pipeline.rim import Carried, Edges, Values, carry

Pixels = NDArray[np.uint8]

ROWS = 256  # how many rows are worked on at a time
NOISE_DEPTH = 8  # pixels over which the photo's rim is averaged before it is continued
RIM_SHARE = 0.02  # of the photo's shorter side: over so many pixels the step is averaged
RIM_DEPTH = 16  # and over so many at most
REACH = 1.0  # of the photo's shorter side: how far the step is carried into the new pixels


@dataclass(frozen=True, slots=True)
class Canvas:
    """The frame to fill, and where the photo lies in it.

    Attributes:
        size: Of the whole frame.
        photo: The photo's box; the frame holds it, and the photo is never resampled.
    """

    size: Size
    photo: Box

    def __post_init__(self) -> None:
        if self.photo.is_empty or not Box.of(self.size).holds(self.photo):
            raise ValueError(f"a canvas of {self.size} cannot hold a photo at {self.photo}")


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

    def seen(self, part: Box) -> Image.Image:
        """Enlarge a part of it to the canvas's own scale, as if all were enlarged at once.

        Args:
            part: Within `box`, canvas pixels.

        Returns:
            RGB, of the part's size.
        """
        if part.is_empty or not self.box.holds(part):
            raise ValueError(f"a picture of {self.box} does not show {part}")
        across = self.picture.width / self.box.width
        down = self.picture.height / self.box.height
        inner = part.moved(-self.box.left, -self.box.top)
        source = (
            inner.left * across,
            inner.top * down,
            min(inner.right * across, self.picture.width),
            min(inner.bottom * down, self.picture.height),
        )
        return self.picture.resize((part.width, part.height), Image.Resampling.LANCZOS, box=source)


def unknown_mask(canvas: Canvas) -> Image.Image:
    """`L`, white where pixels are new, black over the photo."""
    mask = Image.new("L", (canvas.size.width, canvas.size.height), 255)
    mask.paste(0, canvas.photo.edges)
    return mask


def place(photo: Image.Image, canvas: Canvas) -> Image.Image:
    """Put the photo into its frame and continue its edges outwards, softer with distance.

    Args:
        photo: RGB, of the canvas's photo box's size.
        canvas: The frame.

    Returns:
        RGB, canvas size. New pixels are never black nor mirrored: they are the nearest edge's
        colours, blurred over ever more of the edge.
    """
    _check(photo, canvas)
    pixels = np.asarray(photo)
    near, deep = Edges.of(pixels, 1), Edges.of(pixels, NOISE_DEPTH)
    fill = carry(near, deep, canvas.photo, canvas.size)
    frame = Image.new("RGB", (canvas.size.width, canvas.size.height))
    for start, stop in _bands(canvas.size.height):
        frame.paste(Image.fromarray(_bytes(fill.rows(start, stop))), (0, start))
    frame.paste(photo, canvas.photo.edges)
    return frame


def _bands(height: int) -> Iterator[tuple[int, int]]:
    for start in range(0, height, ROWS):
        yield start, min(start + ROWS, height)


def _bytes(values: NDArray[np.floating]) -> Pixels:
    return values.round().clip(0, 255).astype(np.uint8)


def kept_box(canvas: Canvas, *, band: int = 0) -> Box:
    """Return the part of the photo that stays as it is, in canvas pixels.

    Args:
        canvas: The frame.
        band: How many pixels inside the photo, along the sides that were extended, may be blended.
            However wide, it leaves the photo's middle.
    """
    photo, size = canvas.photo, canvas.size
    across, down = min(band, (photo.width - 1) // 2), min(band, (photo.height - 1) // 2)
    return Box.from_edges(
        photo.left + across * (photo.left > 0),
        photo.top + down * (photo.top > 0),
        photo.right - across * (photo.right < size.width),
        photo.bottom - down * (photo.bottom < size.height),
    )


def carried_step(painted: Painted, photo: Image.Image, canvas: Canvas, kept: Box) -> Carried:
    """Measure the step of colour over the photo's edge and fade it into the new pixels.

    At the edge the whole step is taken away, column by column, so that every line of the photo
    runs on; with distance only its ever wider averages are, as of a membrane that is held at the
    photo's edge.

    Args:
        painted: As the painter left it.
        photo: RGB, of the photo box's size.
        canvas: The frame.
        kept: The part of the photo that stays.

    Returns:
        What to add to the painted frame outside `kept`.
    """
    shorter = min(canvas.photo.width, canvas.photo.height)
    depth = min(RIM_DEPTH, max(2, round(RIM_SHARE * shorter)))
    near, deep = (_steps(painted, photo, canvas, kept, lines) for lines in (1, depth))
    return carry(near, deep, kept, canvas.size, reach=max(8, round(REACH * shorter)))


def _steps(painted: Painted, photo: Image.Image, canvas: Canvas, kept: Box, lines: int) -> Edges:
    """Subtract the painter's first lines outside the kept part from the photo's last inside."""

    def mean(pixels: Image.Image, axis: int) -> Values:
        return np.asarray(pixels, np.float32).mean(axis=axis, dtype=np.float32)

    def step(inner: Box, outer: Box, axis: int) -> Values:
        """Return 0 wherever nothing new was painted."""
        difference = np.zeros((inner.height if axis else inner.width, 3), np.float32)
        shown = outer.within(painted.box)
        if not shown.is_empty:
            first = shown.top - outer.top if axis else shown.left - outer.left
            length = shown.height if axis else shown.width
            inside = inner.moved(-canvas.photo.left, -canvas.photo.top)
            ours = mean(photo.crop(inside.edges), axis)[first : first + length]
            difference[first : first + length] = ours - mean(painted.seen(shown), axis)
        return difference

    wide, high = min(lines, kept.width), min(lines, kept.height)
    left = Box(kept.left, kept.top, wide, kept.height)
    top = Box(kept.left, kept.top, kept.width, high)
    right = left.moved(kept.width - wide, 0)
    bottom = top.moved(0, kept.height - high)
    return Edges(
        left=step(left, left.moved(-wide, 0), 1),
        top=step(top, top.moved(0, -high), 0),
        right=step(right, right.moved(wide, 0), 1),
        bottom=step(bottom, bottom.moved(0, high), 0),
    )


# How a seam is hidden: from the painted frame, the photo, the canvas and the photo's kept part to
# what is added outside that part.
Seam = Callable[[Painted, Image.Image, Canvas, Box], Carried]


def compose(
    painted: Painted,
    photo: Image.Image,
    canvas: Canvas,
    *,
    band: int = 0,
    seam: Seam = carried_step,
) -> Image.Image:
    """Deliver the painted frame with the photo in it, byte for byte.

    Args:
        painted: Shows all new pixels, and the painter's idea of the photo's area beside them.
        photo: RGB, of the photo box's size.
        canvas: The frame.
        band: How many pixels inside the photo, along the sides that were extended, may be blended.
        seam: Finds the correction of light for the new pixels.

    Returns:
        RGB, canvas size. Outside the band every pixel of the photo is the photo's.
    """
    _check(photo, canvas)
    kept = kept_box(canvas, band=band)
    if kept.size == canvas.size:
        return photo.copy()
    correction = seam(painted, photo, canvas, kept)
    frame = Image.new("RGB", (canvas.size.width, canvas.size.height))
    for box in _outside(kept, canvas.size):
        for start, stop in _bands(box.height):
            part = Box(box.left, box.top + start, box.width, stop - start)
            field = correction.rows(part.top, part.bottom)[:, part.left : part.right]
            corrected = Image.fromarray(_bytes(field + np.asarray(painted.seen(part))))
            frame.paste(corrected, (part.left, part.top))
    if kept != canvas.photo:
        _blend(frame, photo, canvas, kept)
    inner = kept.moved(-canvas.photo.left, -canvas.photo.top)
    frame.paste(photo.crop(inner.edges), kept.edges)
    return frame


def _outside(kept: Box, size: Size) -> list[Box]:
    """Cut all of a frame but one box into boxes: above, left, right, below."""
    around = (
        Box.from_edges(0, 0, size.width, kept.top),
        Box.from_edges(0, kept.top, kept.left, kept.bottom),
        Box.from_edges(kept.right, kept.top, size.width, kept.bottom),
        Box.from_edges(0, kept.bottom, size.width, size.height),
    )
    return [box for box in around if not box.is_empty]


def _blend(frame: Image.Image, photo: Image.Image, canvas: Canvas, kept: Box) -> None:
    """Mix the photo into the frame all over its box, in place: all of it at the kept part's rim."""
    box = canvas.photo
    across = np.maximum(
        _share(np.arange(box.left, box.right), kept.left, box.left),
        _share(-np.arange(box.left, box.right), 1 - kept.right, 1 - box.right),
    )
    for start, stop in _bands(box.height):
        ys = np.arange(box.top + start, box.top + stop)
        down = np.maximum(
            _share(ys, kept.top, box.top), _share(-ys, 1 - kept.bottom, 1 - box.bottom)
        )
        theirs = np.maximum(across[None, :], down[:, None])
        rows = (box.left, box.top + start, box.right, box.top + stop)
        new = np.asarray(frame.crop(rows), np.float32)
        old = np.asarray(photo.crop((0, start, box.width, stop)), np.float32)
        mixed = old + theirs[..., None] * (new - old)
        frame.paste(Image.fromarray(_bytes(mixed)), rows)


def _share(places: NDArray[np.int_], kept: int, rim: int) -> Values:
    """Rise smoothly from 0 at the first kept place to 1 at the photo's rim before it."""
    gone = np.clip((kept - places - 0.5) / max(1, kept - rim), 0, 1)
    return (gone**2 * (3 - 2 * gone)).astype(np.float32)


def count_changed(result: Image.Image, photo: Image.Image, canvas: Canvas, *, band: int = 0) -> int:
    """Count the photo's pixels outside the band that differ in the result."""
    _check(photo, canvas)
    kept, changed = kept_box(canvas, band=band), 0
    inner = kept.moved(-canvas.photo.left, -canvas.photo.top)
    for start, stop in _bands(kept.height):
        shown = result.crop((kept.left, kept.top + start, kept.right, kept.top + stop))
        original = photo.crop((inner.left, inner.top + start, inner.right, inner.top + stop))
        differs = (np.asarray(shown) != np.asarray(original)).any(axis=2)
        changed += int(np.count_nonzero(differs))
    return changed


def paste_masked(base: Image.Image, painted: Painted, mask: Image.Image) -> Image.Image:
    """Blend a painted picture over another by a mask; where the mask is 0, not a byte changes.

    Args:
        base: RGB.
        painted: Shows a part of it that holds all of the mask that is not 0.
        mask: `L`, the base's size; 255 takes the painted pixel, values between blend.
    """
    result = base.copy()
    edges = mask.getbbox()
    if edges is None:
        return result
    box = Box.from_edges(*edges)
    for start, stop in _bands(box.height):
        part = Box(box.left, box.top + start, box.width, stop - start)
        result.paste(painted.seen(part), part.edges, mask.crop(part.edges))
    return result


def _check(photo: Image.Image, canvas: Canvas) -> None:
    if photo.size != (canvas.photo.width, canvas.photo.height):
        raise ValueError(f"a photo of {photo.size} does not fit its box {canvas.photo}")
