"""Steepen the soft edges of enlarged paint, without halos and no further than the photo's own."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]

AMOUNTS = (0.0, 0.5, 1.0, 2.0, 3.0)
BLURRED = 0.5  # of the enlargement: the deviation of the blur that is taken away
SMALLEST = 1.25  # enlargements below this leave nothing to steepen
STRONG = 0.98  # quantile of the slopes: an edge's
FAINT = 3.0  # of 255: fainter detail is a decoder's ripples and no edge
REACH = 3  # deviations of the blur: what lies farther does not count


def reach_of(enlargement: float) -> int:
    """Return how many pixels around a pixel its sharpening depends on."""
    return int(np.ceil(REACH * BLURRED * enlargement))


def sharpened(pixels: Values, amount: float, enlargement: float) -> Values:
    """Add what a blur takes away, some times over, within what is near: no halo appears.

    Args:
        pixels: (H, W, 3) of 255.
        amount: How many times.
        enlargement: Pixels across one that was painted.
    """
    if amount == 0:
        return pixels
    sigma = BLURRED * enlargement
    taps = 2 * reach_of(enlargement) + 1
    soft = cv2.GaussianBlur(pixels, (taps, taps), sigma, borderType=cv2.BORDER_REFLECT)
    near = np.ones((2 * int(np.ceil(sigma)) + 1,) * 2, np.uint8)
    low, high = cv2.erode(pixels, near), cv2.dilate(pixels, near)
    detail = pixels - soft
    edges = detail - np.clip(detail, -FAINT, FAINT)
    return np.asarray(np.clip(pixels + amount * edges, low, high), np.float32)


def amount_for(painted: Sequence[Values], known: Sequence[Values], enlargement: float) -> float:
    """Return how much the painting may be sharpened before its edges get steeper than the photo's.

    Args:
        painted: Some places of the painting, enlarged, (H, W, 3) each.
        known: The same places of the photo.
        enlargement: Pixels across one that was painted.
    """
    if enlargement < SMALLEST or not known:
        return 0.0
    limit = _steepness(known)
    fitting = [
        amount
        for amount in AMOUNTS
        if _steepness([sharpened(place, amount, enlargement) for place in painted]) <= limit
    ]
    return max(fitting, default=0.0)


def _steepness(places: Sequence[Values]) -> float:
    slopes = [_slopes(place.mean(axis=2)) for place in places]
    return float(np.quantile(np.concatenate(slopes), STRONG))


def _slopes(light: Values) -> Values:
    down, across = np.diff(light, axis=0)[:, :-1], np.diff(light, axis=1)[:-1]
    return np.hypot(down, across).ravel()
