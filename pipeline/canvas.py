"""Where the photo lies in the frame; masks; and the exact composition of what is delivered."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.geometry import Box, Size

Pixels = NDArray[np.uint8]

FILL_SIDE = 1024  # the fill is smooth: computed at most this large, then enlarged
RIM = 0.01  # of the photo's side: how deep the colour step is measured
REACH = 0.12  # of the photo's side: how far it is carried into the new pixels
LARGEST_STEP = 64  # of 255: a larger one is not a tint but another thing in the picture


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
        if not Box.of(self.size).holds(self.photo):
            raise ValueError(f"a canvas of {self.size} cannot hold a photo at {self.photo}")


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
    scale = min(1.0, FILL_SIDE / max(canvas.size.width, canvas.size.height))
    small, box = canvas.size.scaled(scale), _scaled(canvas.photo, scale)
    pixels = np.asarray(photo.resize((box.width, box.height), Image.Resampling.BOX, reducing_gap=2))
    fill = cv2.copyMakeBorder(
        pixels,
        box.top,
        max(0, small.height - box.bottom),
        box.left,
        max(0, small.width - box.right),
        cv2.BORDER_REPLICATE,
    )
    filled = Image.fromarray(_softened(fill, box)).resize(
        (canvas.size.width, canvas.size.height), Image.Resampling.BILINEAR
    )
    filled.paste(photo, canvas.photo.edges)
    return filled


def _scaled(box: Box, scale: float) -> Box:
    left, top = round(box.left * scale), round(box.top * scale)
    right, bottom = round(box.right * scale), round(box.bottom * scale)
    return Box.from_edges(left, top, max(left + 1, right), max(top + 1, bottom))


def _softened(fill: Pixels, box: Box) -> Pixels:
    """Blur what lies outside the box, each time twice as far out twice as much."""
    height, width = fill.shape[:2]
    distance = np.hypot(
        _outside(np.arange(width), box.left, box.right)[None, :],
        _outside(np.arange(height), box.top, box.bottom)[:, None],
    ).astype(np.float32)
    result = fill.astype(np.float32)
    reach = 2.0
    while reach < distance.max():
        blurred = cv2.GaussianBlur(result, (0, 0), reach)
        share = np.clip(distance / reach - 1, 0, 1)[..., None]
        result += share * (blurred - result)
        reach *= 2
    return result.round().clip(0, 255).astype(np.uint8)


def _outside(places: NDArray[np.int_], start: int, stop: int) -> NDArray[np.float32]:
    return np.maximum(np.maximum(start - places, places - stop + 1), 0).astype(np.float32)


def compose(
    painted: Image.Image, photo: Image.Image, canvas: Canvas, *, band: int = 0
) -> Image.Image:
    """Deliver the painted frame with the photo in it, byte for byte.

    The step of colour that the painter leaves at the seam is measured on the photo's rim, where
    both the photo and the painter's idea of it are known, and is faded into the new side.

    Args:
        painted: RGB, canvas size; shows the painter's idea of the photo's area too.
        photo: RGB, of the photo box's size.
        canvas: The frame.
        band: How many pixels inside the photo, along the sides that were extended, may be blended.

    Returns:
        RGB, canvas size. Outside the band every pixel of the photo is the photo's.
    """
    _check(photo, canvas)
    original = np.asarray(photo)
    result = np.array(painted)
    box = canvas.photo
    inside = result[box.top : box.bottom, box.left : box.right]
    _carry_seam(result, original, canvas)
    inside[:] = _blended(original, inside, canvas, band) if band > 0 else original
    return Image.fromarray(result)


def _carry_seam(result: Pixels, original: Pixels, canvas: Canvas) -> None:
    """Fade the colour step at each extended side into the new pixels, in place."""
    whole = Box.of(canvas.size)
    turns = ((0, canvas.photo.top), (1, canvas.photo.left))
    back = ((2, whole.bottom - canvas.photo.bottom), (3, whole.right - canvas.photo.right))
    for turn, new in (*turns, *back):
        if new > 0:
            # Turned so that the new side always lies above the photo.
            _carry_down(np.rot90(result, -turn), np.rot90(original, -turn), _turned(canvas, turn))


def _turned(canvas: Canvas, turn: int) -> Box:
    """Return the photo's box after the frame was turned clockwise by so many quarters."""
    box, size = canvas.photo, canvas.size
    for _ in range(turn):
        box = Box(size.height - box.bottom, box.left, box.height, box.width)
        size = Size(size.height, size.width)
    return box


def _carry_down(result: Pixels, original: Pixels, box: Box) -> None:
    """Carry the step at the photo's upper rim upwards; `result` is a view that is changed."""
    rim = max(2, round(RIM * box.height))
    reach = min(box.top, max(8, round(REACH * box.height)))
    painter = result[box.top : box.top + rim, box.left : box.right].astype(np.float32)
    step = (original[:rim].astype(np.float32) - painter).mean(axis=0, keepdims=True)
    step = cv2.blur(np.ascontiguousarray(step), (2 * rim + 1, 1), borderType=cv2.BORDER_REPLICATE)
    step = step.reshape(1, box.width, 3).clip(-LARGEST_STEP, LARGEST_STEP)
    fade = (np.arange(reach, dtype=np.float32) + 1) / (reach + 1)
    strip = result[box.top - reach : box.top, box.left : box.right]
    moved = strip + fade[:, None, None] ** 2 * step
    strip[:] = moved.round().clip(0, 255).astype(np.uint8)


def _blended(original: Pixels, painter: Pixels, canvas: Canvas, band: int) -> Pixels:
    depth = _depth(canvas)
    share = np.clip(1 - (depth + 0.5) / band, 0, 1)[..., None].astype(np.float32)
    mixed = original + share * (painter.astype(np.float32) - original)
    return np.where(share > 0, mixed.round().clip(0, 255), original).astype(np.uint8)


def _depth(canvas: Canvas) -> NDArray[np.int_]:
    """How many pixels each pixel of the photo lies inside of the nearest extended side, (H, W)."""
    box, far = canvas.photo, 1 << 30
    across, down = np.arange(box.width), np.arange(box.height)
    left = across if box.left else across + far
    right = across[::-1] if box.right < canvas.size.width else across + far
    top = down if box.top else down + far
    bottom = down[::-1] if box.bottom < canvas.size.height else down + far
    return np.minimum(np.minimum(left, right)[None, :], np.minimum(top, bottom)[:, None])


def count_changed(result: Image.Image, photo: Image.Image, canvas: Canvas, *, band: int = 0) -> int:
    """Count the photo's pixels outside the band that differ in the result."""
    _check(photo, canvas)
    shown = np.asarray(result.crop(canvas.photo.edges))
    differs = (shown != np.asarray(photo)).any(axis=2)
    if band > 0:
        differs &= _depth(canvas) >= band
    return int(differs.sum())


def paste_masked(base: Image.Image, painted: Image.Image, mask: Image.Image) -> Image.Image:
    """Blend a painted picture over another by a mask; where the mask is 0, not a byte changes.

    Args:
        base: RGB.
        painted: RGB, same size.
        mask: `L`, same size; 255 takes the painted pixel, values between blend.
    """
    return Image.composite(painted, base, mask)


def _check(photo: Image.Image, canvas: Canvas) -> None:
    if photo.size != (canvas.photo.width, canvas.photo.height):
        raise ValueError(f"a photo of {photo.size} does not fit its box {canvas.photo}")
