"""Pictures of skeletons for people: numbered joints over the photo, the plan before painting."""

from collections.abc import Sequence
from math import hypot

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

from pipeline.figure import bare_marks_of, marks_of
from pipeline.geometry import Box, Size
from pipeline.skeleton import Joint, Skeleton
from pipeline.strokes import WHITE, Pixels, paint

JPEG_QUALITY = 85  # of what a chat is sent: coloured lines keep their colour, and it stays small

_PALE = 0.5  # how much of the lines of people who are not edited is seen
_VEIL = 0.55  # how much of what fills the new area still shines through


def draw_skeletons(
    image: Image.Image, skeletons: Sequence[Skeleton], *, chosen: Joint | None = None
) -> Image.Image:
    """Draw people over a picture, for a person to look at and to nudge.

    Filled joints were seen or placed by hand; hollow ones, with dashed limbs, are guesses. The
    person's right is orange, the left blue. Beside the leg joints of the first person stand their
    numbers, as `naming.NUMBERED` lists them. Where a limb leaves the picture, an arrow at the
    border points to its end. Other people are drawn pale, without numbers.

    Args:
        image: RGB.
        skeletons: In its pixels; the first is the one to be edited.
        chosen: The first person's joint to highlight.

    Returns:
        A new RGB picture.
    """
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    return Image.fromarray(draw_over(np.asarray(rgb), skeletons, chosen=chosen))


def draw_over(
    picture: Pixels, skeletons: Sequence[Skeleton], *, chosen: Joint | None = None
) -> Pixels:
    """Draw people over the pixels of a picture, RGB, (H, W, 3): see `draw_skeletons`."""
    pixels = picture.copy()
    if skeletons:
        paint_others(pixels, skeletons[1:])
        size = Size(pixels.shape[1], pixels.shape[0])
        paint(pixels, marks_of(skeletons[0], size, chosen=chosen))
    return pixels


def paint_others(pixels: Pixels, people: Sequence[Skeleton]) -> None:
    """Draw those who are not edited so that the picture shines through."""
    if not people:
        return
    bare, size = pixels.copy(), Size(pixels.shape[1], pixels.shape[0])
    for person in reversed(people):
        paint(pixels, bare_marks_of(person, size))
    cv2.addWeighted(pixels, _PALE, bare, 1 - _PALE, 0, dst=pixels)


def draw_plan(placed: Image.Image, photo: Box, skeletons: Sequence[Skeleton]) -> Image.Image:
    """Draw what will be painted: the new area striped, the photo framed, the planned people.

    Args:
        placed: RGB, the photo on its canvas.
        photo: Where it lies.
        skeletons: The plan, canvas pixels; guessed joints are hollow.
    """
    pixels = np.array(placed.convert("RGB"))
    known = pixels[photo.top : photo.bottom, photo.left : photo.right].copy()
    stripes = _stripes(pixels, period=max(6, round(hypot(*placed.size) / 60)))
    cv2.addWeighted(pixels, _VEIL, stripes, 1.0, 30.0, dst=pixels)
    pixels[photo.top : photo.bottom, photo.left : photo.right] = known
    width = max(1, round(hypot(*placed.size) / 500))
    corner = (photo.right - 1, photo.bottom - 1)
    cv2.rectangle(pixels, (photo.left, photo.top), corner, WHITE, width)
    return draw_skeletons(Image.fromarray(pixels), skeletons)


def _stripes(like: Pixels, *, period: int) -> Pixels:
    """Return faint diagonal stripes in the shape of a picture."""
    height, width, _ = like.shape
    line = np.array([at // period % 2 * 14 for at in range(height + width)], np.uint8)
    rows = sliding_window_view(line, width)[:height]
    return np.ascontiguousarray(np.broadcast_to(rows[:, :, None], (height, width, 3)))
