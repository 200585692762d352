"""Windows of larger scenes: what the painter refines when a picture has more than one window.

A window shows a part of somebody at twice the size. It is painted over what was composed small and
then enlarged, so beside the true picture there is a coarse one, blurred as such a composition is.
"""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.bundle.scenes import NATIVE
from pipeline.bundle.shards import Shard
from pipeline.skeleton import LEGS, Joint

Bytes = NDArray[np.uint8]
Dice = np.random.Generator

ON_A_LEG = 0.8  # of the windows: the others lie anywhere
ASTRAY = 0.3  # of a window's side: how far from a joint its middle may lie
COARSER = (1.6, 3.2)  # times that a composition may be enlarged
SOFTER = (0.0, 1.2)  # pixels: what else of its sharpness a composition lacks
_AIMS = tuple(joint for leg in LEGS for joint in (leg.knee, leg.ankle, leg.big_toe))


def is_larger(shard: Shard) -> bool:
    """Tell whether a shard's scenes are larger than a window."""
    height, width = shard.labels.shape[1:]
    return (width, height) != NATIVE


def windows_of(shard: Shard, dice: Dice) -> tuple[Shard, Bytes]:
    """Cut one window out of each scene.

    Returns:
        The windows as a shard, joints in their pixels, and their coarse pictures, (N, 144, 96, 3).
    """
    width, height = NATIVE
    count = len(shard.labels)
    pictures = np.empty((count, height, width, 3), np.uint8)
    labels = np.empty((count, height, width), np.uint8)
    corners = np.zeros((count, 2), np.float32)
    for row in range(count):
        left, top = _corner(shard, row, dice)
        part = np.s_[top : top + height, left : left + width]
        pictures[row], labels[row] = shard.pictures[row][part], shard.labels[row][part]
        corners[row] = left, top
    windows = replace(
        shard,
        pictures=pictures,
        labels=labels,
        joints=_moved(shard.joints, corners),
        others=None if shard.others is None else _moved(shard.others, corners),
    )
    return windows, np.stack([coarse(picture, dice) for picture in pictures])


def _corner(shard: Shard, row: int, dice: Dice) -> tuple[int, int]:
    """Draw where a window lies, mostly on a leg."""
    width, height = NATIVE
    high, wide = shard.labels.shape[1:]
    if dice.random() < ON_A_LEG:
        x, y = shard.joints[row, _AIMS[int(dice.integers(len(_AIMS)))], :2]
        x, y = x + dice.uniform(-ASTRAY, ASTRAY) * width, y + dice.uniform(-ASTRAY, ASTRAY) * height
    else:
        x, y = dice.uniform(0, wide), dice.uniform(0, high)
    left = int(np.clip(x - width / 2, 0, wide - width))
    return left, int(np.clip(y - height / 2, 0, high - height))


def _moved(joints: NDArray[np.float32], corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring joints, (N, J, 3), into their windows' pixels; absent ones stay absent."""
    moved = joints.copy()
    moved[..., :2] -= corners[:, None]
    return np.where(joints[..., 2:] > 0, moved, joints)


def coarse(picture: Bytes, dice: Dice) -> Bytes:
    """Blur a picture as one that was painted smaller, enlarged."""
    height, width = picture.shape[:2]
    factor = dice.uniform(*COARSER)
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    large = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return cv2.GaussianBlur(large, (0, 0), dice.uniform(*SOFTER) + 0.01).astype(np.uint8)


def shows_somebody(joints: NDArray[np.float32]) -> bool:
    """Tell whether any joint of a person, (J, 3), lies in a window."""
    width, height = NATIVE
    x, y, seen = joints[[int(joint) for joint in Joint]].T
    return bool(((x >= 0) & (x < width) & (y >= 0) & (y < height) & (seen > 0)).any())
