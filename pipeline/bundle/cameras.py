"""Photographs as phones take them: held near, tilted, from above or below, of a part of one."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pipeline.bundle.backdrop import Camera
from pipeline.bundle.bodies import Floats
from pipeline.bundle.staging import Staged
from pipeline.skeleton import LEGS

Dice = np.random.Generator
Matrix = Any

LEVEL = np.eye(3)
AIMED = 0.75  # of the cameras are pointed at the person; the others are level
NEAR, LOW = 0.4, 0.15  # shares of the cameras that are held close by, and near the floor
WIDEST = 2.0  # how much larger than its picture a tilted camera's level one may be, each way
# Shares of the pictures: of small people, of legs, of one foot. The rest show a whole person.
SMALL, LEGS_ONLY, FOOT_ONLY = 0.1, 0.2, 0.15


@dataclass(frozen=True, slots=True)
class View:
    """Where a camera stands and how it is held.

    A ray of the level camera (focal 1, centre 0) is turned by `tilt`, and then drawn with the
    camera's own focal length and centre.

    Attributes:
        camera: As if it were level.
        tilt: Rotation, (3, 3); the identity for level cameras.
    """

    camera: Camera
    tilt: Matrix

    @property
    def homography(self) -> Matrix:
        """From the level camera's rays, as (x, y, 1), to pixels."""
        focal, (x, y) = self.camera.focal, self.camera.centre
        return np.array([[focal, 0, x], [0, focal, y], [0, 0, 1.0]]) @ self.tilt

    def project(self, points: Floats) -> Floats:
        """Return x and y in pixels and the depth straight ahead in metres of (N, 3) points."""
        if np.array_equal(self.tilt, LEVEL):
            return self.camera.project(points)
        rays = replace(self.camera, focal=1.0, centre=(0.0, 0.0)).project(points)
        return np.concatenate([_through(self.homography, rays[:, :2]), rays[:, 2:]], axis=1)


def _through(homography: Matrix, points: Floats) -> Floats:
    ends = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ homography.T
    return (ends[:, :2] / ends[:, 2:]).astype(np.float32)


def level_window(view: View, size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Return the corner of the least and of the greatest ray, (2) each, that a picture shows."""
    width, height = size
    frame = np.array([(0, 0), (width, 0), (0, height), (width, height)], np.float32)
    rays = _through(np.linalg.inv(view.homography), frame)
    return rays.min(axis=0), rays.max(axis=0)


def draw_any_view(dice: Dice, staged: Staged, size: tuple[int, int]) -> View:
    """Choose where to stand, point the camera, and frame the person, the legs or one foot."""
    near, low = dice.random() < NEAR, dice.random() < LOW
    plain = Camera(
        distance=float(dice.uniform(1.6, 2.8) if near else dice.uniform(2.8, 5.5)),
        height=float(dice.uniform(0.15, 0.5) if low else dice.uniform(0.7, 2.0)),
        focal=1.0,
        centre=(0.0, 0.0),
    )
    points = np.concatenate([staged.body, *(piece.vertices for piece in staged.pieces)])
    tilts = [LEVEL]
    if dice.random() < AIMED:
        rays = plain.project(points)[:, :2]
        middle = (rays.min(axis=0) + rays.max(axis=0)) / 2
        roll = float(dice.normal(0, 0.03))
        tilts = [_aimed(share * middle, share * roll) for share in (1.0, 0.5)] + tilts
    framing = np.random.default_rng(dice.integers(2**32))
    views = (View(_framed(framing, View(plain, t), points, staged, size), t) for t in tilts)
    return next((view for view in views if _is_wide_enough(view, size)), View(plain, LEVEL))


def _aimed(middle: Floats, roll: float) -> Matrix:
    """Rotation that takes the ray through `middle` straight ahead, and then rolls the camera."""
    pan, pitch = np.arctan(middle[0]), np.arctan2(middle[1], np.hypot(1, middle[0]))
    c, s = np.cos(-pan), np.sin(-pan)
    panned = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    c, s = np.cos(pitch), np.sin(pitch)
    pitched = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    c, s = np.cos(roll), np.sin(roll)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ pitched @ panned


def _is_wide_enough(view: View, size: tuple[int, int]) -> bool:
    low, high = level_window(view, size)
    needed = (high - low) * view.camera.focal
    return bool((needed > 0).all() and (needed < WIDEST * np.array(size)).all())


def _framed(
    dice: Dice, view: View, points: Floats, staged: Staged, size: tuple[int, int]
) -> Camera:
    """Set focal length and centre so that what is wanted fills the picture."""
    seen = view.project(points)[:, :2]
    low, high = seen.min(axis=0), seen.max(axis=0)
    width, height = size
    kind = float(dice.random())
    if kind < LEGS_ONLY + FOOT_ONLY:
        return _near(dice, view, staged, size, foot=kind < FOOT_ONLY)
    small = kind > 1 - SMALL
    tall = dice.uniform(0.28, 0.5) if small else 0.55 + 0.4 * dice.beta(1.8, 1.2)
    focal = min(tall * height / (high[1] - low[1]), 0.94 * width / (high[0] - low[0]))
    room = np.array(size) - focal * (high - low)
    left, above = room * (dice.beta(3, 3), dice.beta(3, 2.2))
    below = max(room[1] - above, 0.02 * height)
    centre = (float(left - focal * low[0]), float(height - below - focal * high[1]))
    return replace(view.camera, focal=float(focal), centre=centre)


def _near(dice: Dice, view: View, staged: Staged, size: tuple[int, int], *, foot: bool) -> Camera:
    """Frame both legs below the thighs, or one shin and foot."""
    width, height = size
    legs = LEGS if not foot else (LEGS[int(dice.integers(2))],)
    chains = np.array([list(leg.joints[1:3]) + list(leg.foot) for leg in legs]).ravel()
    seen = view.project(staged.joints)[chains][:, :2]
    low, high = seen.min(axis=0), seen.max(axis=0)
    reach = max(float(np.linalg.norm(high - low)), 1e-3)
    focal = min(
        dice.uniform(0.5, 0.8) * height / max(float(high[1] - low[1]), 0.45 * reach),
        dice.uniform(0.5, 0.75) * width / max(float(high[0] - low[0]), 0.3 * reach),
    )
    middle = (low + high) / 2
    shift = np.array(size) * (dice.normal(0.5, 0.05), dice.uniform(0.5, 0.62))
    centre = shift - focal * middle
    return replace(view.camera, focal=float(focal), centre=(float(centre[0]), float(centre[1])))
