"""Where the photo lies in the frame; masks; and the exact composition of what is delivered.

A frame may be three times the largest photo: it is worked on in bands of rows, so that no second
copy of it is held.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.fill import Fill, filled
from pipeline.geometry import Box, Size
from pipeline.painted import Outside, Painted, Within
from pipeline.seam import bands, blend

Pixels = NDArray[np.uint8]
Values = NDArray[np.float32]

REACH = 0.4  # of the photo's shorter side: an even step of colour fades to 1 / e over so much
MASK_REACH = 0.25  # of a mask's shorter side, alike
# Of 255: what is painted inside a mask may end at its rim as it likes, such as a leg that moved. So
# large a step is no difference of light, and a soft mask hides it where it is.
LARGEST_STEP = 24.0


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


def unknown_mask(canvas: Canvas) -> Image.Image:
    """`L`, white where pixels are new, black over the photo."""
    mask = Image.new("L", (canvas.size.width, canvas.size.height), 255)
    mask.paste(0, canvas.photo.edges)
    return mask


def place(photo: Image.Image, canvas: Canvas, *, fill: Fill = Fill.INPAINT) -> Image.Image:
    """Put the photo into its frame and continue it there; no new pixel is black or mirrored.

    Args:
        photo: RGB, of the canvas's photo box's size.
        canvas: The frame.
        fill: How it is continued.

    Returns:
        RGB, canvas size.
    """
    _check(photo, canvas)
    return filled(photo, canvas.photo, canvas.size, fill)


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


def compose(
    painted: Painted, photo: Image.Image, canvas: Canvas, *, band: int = 0, seed: int = 0
) -> Image.Image:
    """Deliver the painted frame with the photo in it, byte for byte.

    Args:
        painted: Shows all new pixels, and the painter's idea of the photo's area beside them.
        photo: RGB, of the photo box's size.
        canvas: The frame.
        band: How many pixels inside the photo, along the sides that were extended, may be blended.
        seed: Of the grain on the new pixels.

    Returns:
        RGB, canvas size. Outside the band every pixel of the photo is the photo's.
    """
    _check(photo, canvas)
    kept = kept_box(canvas, band=band)
    if kept.size == canvas.size:
        return photo.copy()
    frame = Image.new("RGB", (canvas.size.width, canvas.size.height))
    frame.paste(photo, canvas.photo.edges)
    reach = REACH * min(canvas.photo.width, canvas.photo.height)
    blend(frame, painted, Outside(canvas.size, kept), reach=reach, seed=seed)
    if kept != canvas.photo:
        _mix(frame, photo, canvas, kept)
    return frame


def _mix(frame: Image.Image, photo: Image.Image, canvas: Canvas, kept: Box) -> None:
    """Mix the photo into the frame all over its box, in place: all of it at the kept part's rim."""
    box = canvas.photo
    across = np.maximum(
        _share(np.arange(box.left, box.right), kept.left, box.left),
        _share(-np.arange(box.left, box.right), 1 - kept.right, 1 - box.right),
    )
    for rows in bands(box):
        ys = np.arange(rows.top, rows.bottom)
        down = np.maximum(
            _share(ys, kept.top, box.top), _share(-ys, 1 - kept.bottom, 1 - box.bottom)
        )
        theirs = np.maximum(across[None, :], down[:, None])
        new = np.asarray(frame.crop(rows.edges), np.float32)
        old = np.asarray(photo.crop(rows.moved(-box.left, -box.top).edges), np.float32)
        mixed = old + theirs[..., None] * (new - old)
        frame.paste(Image.fromarray(_bytes(mixed)), rows.edges)


def _share(places: NDArray[np.int_], kept: int, rim: int) -> Values:
    """Rise smoothly from 0 at the first kept place to 1 at the photo's rim before it."""
    gone = np.clip((kept - places - 0.5) / max(1, kept - rim), 0, 1)
    return (gone**2 * (3 - 2 * gone)).astype(np.float32)


def count_changed(result: Image.Image, photo: Image.Image, canvas: Canvas, *, band: int = 0) -> int:
    """Count the photo's pixels outside the band that differ in the result."""
    _check(photo, canvas)
    changed = 0
    for rows in bands(kept_box(canvas, band=band)):
        shown = result.crop(rows.edges)
        original = photo.crop(rows.moved(-canvas.photo.left, -canvas.photo.top).edges)
        differs = (np.asarray(shown) != np.asarray(original)).any(axis=2)
        changed += int(np.count_nonzero(differs))
    return changed


def paste_masked(
    base: Image.Image, painted: Painted, mask: Image.Image, *, seed: int = 0
) -> Image.Image:
    """Blend a painted picture over another by a mask; where the mask is 0, not a byte changes.

    Args:
        base: RGB.
        painted: Shows a part of it that holds all of the mask that is not 0.
        mask: `L`, the base's size; 255 takes the painted pixel, values between blend.
        seed: Of the grain on the new pixels.
    """
    result = base.copy()
    if mask.getbbox() is not None:
        area = Within(mask)
        reach = MASK_REACH * min(area.box.width, area.box.height)
        blend(result, painted, area, reach=reach, largest=LARGEST_STEP, seed=seed)
    return result


def _check(photo: Image.Image, canvas: Canvas) -> None:
    if photo.size != (canvas.photo.width, canvas.photo.height):
        raise ValueError(f"a photo of {photo.size} does not fit its box {canvas.photo}")
