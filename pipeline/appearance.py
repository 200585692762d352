"""How well what was painted fits: the seam, the clothes' colour, and whether legs stand out.

All are measured on the delivered picture alone, without knowing how it should look.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.canvas import Canvas
from pipeline.ciede import Lab, difference, lab_of
from pipeline.draw import limb_mask
from pipeline.geometry import Box, Size
from pipeline.planar import at
from pipeline.skeleton import LEGS, Keypoint, Leg, Skeleton

Pixels = NDArray[np.float32]
Mask = NDArray[np.bool_]

SHARP = 512  # pixels of a photo's shorter side; larger ones are measured as if they were shrunk
SCALES = (1, 2, 4)  # lines on each side of the seam: a copied line hides a step from the first only
AROUND = 6  # lines of the photo beside the seam that say how much lines differ anyway
LEAST_STEP = 1.0  # of 255; in a photo that is flatter than this any noise would make a seam

BESIDE = 0.1  # of the torso: how far from the seam, along the leg, its colour is looked at
PATCH = 0.06  # of the torso: the half side of the square whose median colour counts
SHOD = 0.25  # of the torso: nearer to the ankle a leg may end and a shoe begin

LARGEST = 640  # pixels of the longer side; limbs of larger pictures are looked at in a smaller copy
CORE = 0.05  # of the torso: the half width of what is a limb for certain
GROUND = 0.4  # of the torso: how far from a limb's middle what is beside it goes
ENOUGH = 8  # pixels; fewer show no colour


def seam_step(picture: Image.Image, canvas: Canvas) -> float | None:
    """Divide the step over the photo's edge by the usual step between the photo's lines near it.

    Steps are taken between one, two and four lines on each side, so that neither a line nor a
    change of tone passes; the worst ratio counts, on the worst side.

    Args:
        picture: RGB, canvas size.
        canvas: Where the photo lies in it.

    Returns:
        About 1 where the seam cannot be seen; None when nothing was added.
    """
    ratios = [_ratio(inside, outside) for inside, outside in _sides(picture, canvas)]
    return max(ratios, default=None)


def _sides(picture: Image.Image, canvas: Canvas) -> Iterator[tuple[Pixels, Pixels]]:
    """Give for each new side the photo's lines up to the seam, and those from it on."""
    photo, whole = canvas.photo, Box.of(canvas.size)
    line = max(1, round(min(photo.width, photo.height) / SHARP))
    wide = line * max(SCALES)
    deep = line * AROUND + 2 * wide
    left, top, right, bottom = photo.edges
    for turns, inside, outside in (
        (0, (left, bottom - deep, right, bottom), (left, bottom, right, bottom + wide)),
        (-1, (right - deep, top, right, bottom), (right, top, right + wide, bottom)),
        (2, (left, top, right, top + deep), (left, top - wide, right, top)),
        (1, (left, top, left + deep, bottom), (left - wide, top, left, bottom)),
    ):
        new, old = Box.from_edges(*outside).within(whole), Box.from_edges(*inside).within(photo)
        if not new.is_empty:
            yield _lines(picture, old, line, turns), _lines(picture, new, line, turns)


def _lines(picture: Image.Image, box: Box, line: int, turns: int) -> Pixels:
    """Crop a side, turned so that the photo is above, in lines of `line` pixels: (lines, n, 3)."""
    shrunk = picture.crop(box.edges).reduce(line)
    return np.rot90(np.asarray(shrunk, np.float32), turns)


def _ratio(inside: Pixels, outside: Pixels) -> float:
    ratios = [
        _step(inside[-lines:], outside[:lines]) / max(LEAST_STEP, _usual_step(inside, lines))
        for lines in SCALES
        if len(inside) >= 2 * lines and len(outside) >= lines
    ]
    return max(ratios, default=1.0)


def _usual_step(inside: Pixels, lines: int) -> float:
    edges = range(max(lines, len(inside) - lines - AROUND), len(inside) - lines + 1)
    steps = [_step(inside[edge - lines : edge], inside[edge : edge + lines]) for edge in edges]
    return float(np.mean(steps))


def _step(before: Pixels, after: Pixels) -> float:
    return float(np.abs(after.mean(axis=0) - before.mean(axis=0)).mean())


def colour_step(picture: Image.Image, canvas: Canvas, people: Sequence[Skeleton]) -> float | None:
    """Compare the legs' colour just inside the photo's edge with that just outside, in CIEDE2000.

    Args:
        picture: RGB, canvas size.
        canvas: Where the photo lies in it.
        people: Where everybody's legs are, canvas pixels.

    Returns:
        The mean over the legs that leave the photo between hip and ankle; None when none does.
    """
    steps = [
        difference(*colours)
        for person in people
        for leg in LEGS
        if (colours := _colours(picture, canvas, person, leg)) is not None
    ]
    return float(np.mean(steps)) if steps else None


def _colours(
    picture: Image.Image, canvas: Canvas, person: Skeleton, leg: Leg
) -> tuple[Lab, Lab] | None:
    """Return a leg's colours on both sides of the photo's edge, where it leaves the photo."""
    torso, points = person.torso, person.visible(leg.joints)
    ankle = at(points, leg.ankle)
    for start, end in ((leg.hip, leg.knee), (leg.knee, leg.ankle)):
        a, b = at(points, start), at(points, end)
        if torso is None or a is None or b is None:
            continue
        seam = _leaving(a, b, canvas.photo)
        if seam is None or (ankle is not None and abs(ankle - seam) < SHOD * torso):
            continue
        along = (b - a) / abs(b - a) * BESIDE * torso
        whole, half = Box.of(canvas.size), max(1, round(PATCH * torso))
        inner = _square(seam - along, half).within(canvas.photo)
        outer = _square(seam + along, half).within(whole)
        if not inner.is_empty and not outer.is_empty:
            return _median(picture, inner), _median(picture, outer)
    return None


def _leaving(a: complex, b: complex, photo: Box) -> complex | None:
    """Find where a line from inside a photo leaves it; None where it does not."""
    if not _is_inside(a, photo) or _is_inside(b, photo):
        return None
    near, far = a, b
    while abs(far - near) > 0.5:
        middle = (near + far) / 2
        near, far = (middle, far) if _is_inside(middle, photo) else (near, middle)
    return near


def _is_inside(point: complex, box: Box) -> bool:
    return box.left <= point.real < box.right and box.top <= point.imag < box.bottom


def _square(middle: complex, half: int) -> Box:
    x, y = round(middle.real), round(middle.imag)
    return Box.from_edges(x - half, y - half, x + half, y + half)


def _median(picture: Image.Image, box: Box) -> Lab:
    pixels = np.asarray(picture.crop(box.edges)).reshape(-1, 3)
    return lab_of(np.median(pixels, axis=0))


def contrast(picture: Image.Image, canvas: Canvas, people: Sequence[Skeleton]) -> float | None:
    """Tell how far the new limbs stand out from what is beside them.

    A limb that was not painted where it shall be looks like the ground there, and so does one half
    of which lies elsewhere.

    Args:
        picture: RGB, canvas size.
        canvas: Where the photo lies in it.
        people: Where everybody's legs shall be, canvas pixels.

    Returns:
        The difference of the median colours in CIEDE2000, the mean over thighs, shins and feet
        outside the photo; None when there are none.
    """
    scale = min(1.0, LARGEST / max(picture.size))
    size = canvas.size.scaled(scale)
    pixels = np.asarray(picture.resize((size.width, size.height), Image.Resampling.BOX))
    small = [person.mapped(scale=scale) for person in people]
    new = np.ones((size.height, size.width), np.bool_)
    left, top, right, bottom = (round(edge * scale) for edge in canvas.photo.edges)
    new[top:bottom, left:right] = False
    beside = new & (np.asarray(limb_mask(small, size)) == 0)
    apart = [
        difference(_colour(pixels, core), _colour(pixels, ground))
        for core, ground in _limbs(small, size, new, beside)
        if core.sum() >= ENOUGH and ground.sum() >= ENOUGH
    ]
    return float(np.mean(apart)) if apart else None


def _limbs(
    people: Sequence[Skeleton], size: Size, new: Mask, beside: Mask
) -> Iterator[tuple[Mask, Mask]]:
    """Give for each limb what is it for certain, and what lies beside it, as far as it is new."""
    for person in people:
        for leg in LEGS:
            points = person.visible(leg.joints)
            for ends in ((leg.hip, leg.knee), (leg.knee, leg.ankle), (leg.ankle, leg.big_toe)):
                if person.torso and all(joint in points for joint in ends):
                    line = points[ends[0]], points[ends[1]]
                    core = _capsule(line, size, CORE * person.torso)
                    yield core & new, _capsule(line, size, GROUND * person.torso) & beside


def _capsule(line: tuple[Keypoint, Keypoint], size: Size, radius: float) -> Mask:
    mask = np.zeros((size.height, size.width), np.uint8)
    start, end = ((round(point.x - 0.5), round(point.y - 0.5)) for point in line)
    cv2.line(mask, start, end, 1, max(1, round(2 * radius)))
    return mask.astype(np.bool_)


def _colour(pixels: NDArray[np.uint8], where: Mask) -> Lab:
    return lab_of(np.median(pixels[where], axis=0))
