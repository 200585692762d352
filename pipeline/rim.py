"""Carry what lies along a box's edges outwards, blurred over ever more of the edge with distance.

The photo's colours are carried so to fill its frame.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box, Size

Values = NDArray[np.float32]

SPREAD = 0.4  # of the distance from the edge: the blur's standard deviation
WIDEST = 0.5  # of the edge's length: the largest standard deviation


@dataclass(frozen=True, slots=True)
class Edges:
    """One value per pixel along each edge of a box: (height, 3) at the sides, (width, 3) else."""

    left: Values
    top: Values
    right: Values
    bottom: Values

    @classmethod
    def of(cls, pixels: NDArray[np.generic], depth: int) -> "Edges":
        """Average the outermost `depth` pixels of each edge of a picture, (H, W, 3)."""
        return cls(
            pixels[:, :depth].mean(axis=1, dtype=np.float32),
            pixels[:depth].mean(axis=0, dtype=np.float32),
            pixels[:, -depth:].mean(axis=1, dtype=np.float32),
            pixels[-depth:].mean(axis=0, dtype=np.float32),
        )


@dataclass(frozen=True, slots=True)
class Carried:
    """A field over a frame, known along a box's edges and continued outwards from them.

    Attributes:
        size: The frame's.
        box: Where the edges lie. Inside it the field is 0.
        left: The left edge ever more blurred, (levels, box height, 3); `right` is alike.
        top: The frame's row through the box's upper edge, (levels, frame width, 3): with what the
            sides carried outwards, so that corners continue both. `bottom` is alike.
    """

    size: Size
    box: Box
    left: Values
    right: Values
    top: Values
    bottom: Values

    def rows(self, start: int, stop: int) -> Values:
        """Compute some of the frame's rows, (stop - start, frame width, 3)."""
        box = self.box
        ys = np.arange(start, stop)
        above, below = ys < box.top, ys >= box.bottom
        beside = ~(above | below)
        field = np.zeros((stop - start, self.size.width, 3), np.float32)
        field[above] = _at(self.top, box.top - ys[above])
        field[below] = _at(self.bottom, ys[below] - box.bottom + 1)
        inner = slice(*np.clip((start - box.top, stop - box.top), 0, box.height).tolist())
        field[beside, : box.left] = _leftwards(self.left[:, inner], box.left)
        field[beside, box.right :] = _rightwards(self.right[:, inner], self.size.width - box.right)
        return field


def carry(near: Edges, deep: Edges, box: Box, size: Size) -> Carried:
    """Prepare a field that continues edges over a frame.

    Args:
        near: What the field is at the box's very edges.
        deep: What it soon becomes: the same without noise. Both have the box's lengths.
        box: Within the frame.
        size: The frame's.
    """
    left, right = _ever_softer(near.left, deep.left), _ever_softer(near.right, deep.right)

    def across(edge: Values, row: int) -> Values:
        """Continue an upper or lower edge over the frame's width."""
        beside = slice(row, row + 1)
        parts = (
            _leftwards(left[:, beside], box.left)[0],
            edge,
            _rightwards(right[:, beside], size.width - box.right)[0],
        )
        return np.concatenate(parts)

    top = _ever_softer(across(near.top, 0), across(deep.top, 0))
    last = box.height - 1
    bottom = _ever_softer(across(near.bottom, last), across(deep.bottom, last))
    return Carried(size, box, left, right, top, bottom)


def _ever_softer(near: Values, deep: Values) -> Values:
    """Stack an edge, (length, 3), under its blurs by 1, 2, 4, … pixels: (levels, length, 3)."""
    levels, sigma = [near], 1.0
    while sigma <= max(1.0, WIDEST * len(deep)):
        taps = 2 * round(3 * sigma) + 1
        blurred = cv2.GaussianBlur(
            deep[None], (taps, 1), sigma, borderType=cv2.BORDER_REFLECT
        ).reshape(deep.shape)
        levels.append(blurred.astype(np.float32))
        sigma *= 2
    return np.stack(levels)


def _at(stack: Values, distances: NDArray[np.int_]) -> Values:
    """Look an edge up at some distances from it, (distances, length, 3); at 1 it is the edge."""
    sigma = SPREAD * (distances - 1)
    level = np.where(sigma < 1, sigma, 1 + np.log2(np.maximum(sigma, 1)))
    level = np.minimum(level, len(stack) - 1)
    lower = np.minimum(level.astype(np.intp), len(stack) - 2)
    share = (level - lower).astype(np.float32)[:, None, None]
    return np.asarray(stack[lower] * (1 - share) + stack[lower + 1] * share, np.float32)


def _leftwards(stack: Values, new: int) -> Values:
    return _at(stack, np.arange(new, 0, -1)).transpose(1, 0, 2)


def _rightwards(stack: Values, new: int) -> Values:
    return _at(stack, np.arange(1, new + 1)).transpose(1, 0, 2)
