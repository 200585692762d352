"""The camera, and what it sees behind the person: wall, floor and the person's soft shadow."""

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from scipy import ndimage

from pipeline.bundle.bodies import Floats
from pipeline.bundle.places import TILE, Place, Surface, coarse_tile

_SHADOW_SIDE, _SHADOW_METRES = 128, 4.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A level pinhole camera on -y that looks along +y.

    Attributes:
        distance: Metres from the person's middle.
        height: Metres above the floor.
        focal: Pixels.
        centre: Pixel on the horizon straight ahead.
    """

    distance: float
    height: float
    focal: float
    centre: tuple[float, float]

    def project(self, points: Floats) -> Floats:
        """Return x and y in pixels and the depth in metres of (N, 3) world points."""
        depth = points[:, 1] + self.distance
        x = self.centre[0] + self.focal * points[:, 0] / depth
        y = self.centre[1] - self.focal * (points[:, 2] - self.height) / depth
        return np.stack([x, y, depth], axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """One lamp and what comes from everywhere.

    Attributes:
        toward: Unit vector from the scene to the lamp.
        lamp: The lamp's share.
        everywhere: The ambient share.
        warmth: RGB gains of the camera's white balance.
        softness: How blurred the lamp's shadow is: about 3 cm per unit.
    """

    toward: Floats
    lamp: float
    everywhere: float
    warmth: Floats
    softness: float = 2.2

    def shade(self, colours: Floats, normals: Floats) -> Floats:
        """Light (N, 3) colours with unit normals."""
        facing = np.clip(normals @ self.toward, 0, 1)
        wrapped = 0.25 * np.clip(normals @ self.toward * 0.5 + 0.5, 0, 1)
        sky = 0.06 * normals[:, 2]
        return colours * (self.everywhere + self.lamp * (0.75 * facing + wrapped) + sky)[:, None]


def paint_backdrop(
    place: Place, camera: Camera, light: Light, shadow: Floats, *, width: int, height: int
) -> Floats:
    """Paint everything but the person, (height, width, 3) in 0..1."""
    rows = (np.arange(height, dtype=np.float32) + 0.5 - camera.centre[1]) / camera.focal
    columns = (np.arange(width, dtype=np.float32) + 0.5 - camera.centre[0]) / camera.focal
    picture = _behind(place, camera, light, rows, columns)
    if place.floor is None:
        return picture
    with np.errstate(divide="ignore"):
        reach = np.where(rows > 1e-4, camera.height / np.maximum(rows, 1e-4), np.inf)
    first = (
        int(np.argmax(reach < camera.distance + place.distance))
        if (reach < camera.distance + place.distance).any()
        else height
    )
    if first < height:
        depth = reach[first:, None]
        x, y = (
            columns[None] * depth,
            np.broadcast_to(depth - camera.distance, (height - first, width)),
        )
        floor = _sample(place.floor, x, y, camera.distance / camera.focal * 1.6)
        dark = _shadow_at(shadow, x, y)
        gain = (light.everywhere + 0.85 * light.lamp * light.toward[2]) * (1 - dark)
        picture[first:] = floor * gain[:, :, None]
    return picture


def _behind(place: Place, camera: Camera, light: Light, rows: Floats, columns: Floats) -> Floats:
    depth = camera.distance + place.distance
    z = np.broadcast_to((camera.height - rows * depth)[:, None], (len(rows), len(columns)))
    if place.wall is None:
        return _photograph(place, camera, rows, columns)
    x = np.broadcast_to(columns[None] * depth, z.shape)
    wall = _sample(place.wall, x, z, depth / camera.focal)
    wall[(z > 0) & (z < place.skirting)] = 0.85 if place.wall.colour.mean() < 0.6 else 0.4
    slope = light.toward[0] * 0.12 * columns[None] * camera.distance + 0.03 * (z - 1.2)
    gain = light.everywhere + light.lamp * (0.3 - 0.75 * min(light.toward[1], 0)) * (1 + slope)
    return wall * gain[:, :, None]


def _photograph(place: Place, camera: Camera, rows: Floats, columns: Floats) -> Floats:
    """Stretch the photo over the frame above the floor."""
    photo = place.photo
    if photo is None:
        raise ValueError("a place has a wall or a photo")
    horizon = (
        rows[-1] if place.floor is None else camera.height / (camera.distance + place.distance)
    )
    top = rows[0]
    v = np.clip((rows - top) / max(horizon - top, 1e-6), 0, 1) * (photo.shape[0] - 1)
    u = (columns - columns[0]) / max(columns[-1] - columns[0], 1e-6) * (photo.shape[1] - 1)
    rows_of, columns_of = (
        np.ascontiguousarray(np.broadcast_to(place, (len(v), len(u))), np.float32)
        for place in (v[:, None], u[None])
    )
    return _bilinear(photo, rows_of, columns_of)


def _sample(surface: Surface, x: Any, y: Any, metres_per_pixel: float) -> Floats:
    """Colour of a textured plane at metres (x, y), averaged over about a pixel."""
    coarse = 1
    while coarse < 32 and metres_per_pixel * TILE / surface.span > 1.5 * coarse:
        coarse *= 2
    tile, side = coarse_tile(surface.texture, surface.held_out, coarse), TILE // coarse
    u = np.ascontiguousarray((x / surface.span + surface.shift[0]) % 1 * side, np.float32)
    v = np.ascontiguousarray((-y / surface.span + surface.shift[1]) % 1 * side, np.float32)
    bright = _bilinear(tile, v, u)[:, :, 0]
    return surface.colour * np.clip(1 + surface.contrast * bright, 0.2, 1.8)[:, :, None]


@numba.njit(cache=True)
def _bilinear(picture, v, u):  # noqa: ANN001, ANN202  # pragma: no cover
    """Read (h, w, C) at float rows `v` and columns `u`, both (H, W); wraps around."""
    rows, columns, channels = picture.shape
    out = np.empty((v.shape[0], v.shape[1], channels), np.float32)
    for i in range(v.shape[0]):
        for j in range(v.shape[1]):
            y, x = int(v[i, j]), int(u[i, j])
            fy, fx = v[i, j] - y, u[i, j] - x
            y0, x0 = y % rows, x % columns
            y1, x1 = (y + 1) % rows, (x + 1) % columns
            for c in range(channels):
                upper = picture[y0, x0, c] * (1 - fx) + picture[y0, x1, c] * fx
                lower = picture[y1, x0, c] * (1 - fx) + picture[y1, x1, c] * fx
                out[i, j, c] = upper * (1 - fy) + lower * fy
    return out


def cast_shadow(points: Floats, light: Light) -> Floats:
    """How dark the floor is around the person, (128, 128) in 0..1 over a 4.4 m square."""
    slant = points[:, :2] - points[:, 2:] * light.toward[:2] / max(float(light.toward[2]), 0.25)
    far = _splat(slant)
    near = _splat(points[points[:, 2] < 0.05, :2])
    soft = ndimage.gaussian_filter(np.minimum(far, 1), light.softness)
    contact = ndimage.gaussian_filter(np.minimum(near, 1), 1.0)
    return np.clip(0.42 * light.lamp / 0.5 * soft + 0.5 * contact, 0, 0.75).astype(np.float32)


def _splat(points: Floats) -> Floats:
    cells = ((points / _SHADOW_METRES + 0.5) * _SHADOW_SIDE).astype(int)
    cells = cells[((cells >= 0) & (cells < _SHADOW_SIDE)).all(axis=1)]
    flat = np.bincount(cells[:, 1] * _SHADOW_SIDE + cells[:, 0], minlength=_SHADOW_SIDE**2)
    return flat.reshape(_SHADOW_SIDE, _SHADOW_SIDE).astype(np.float32)


def _shadow_at(shadow: Floats, x: Any, y: Any) -> Floats:
    u = (x / _SHADOW_METRES + 0.5) * _SHADOW_SIDE - 0.5
    v = (y / _SHADOW_METRES + 0.5) * _SHADOW_SIDE - 0.5
    inside = (u > 0) & (u < _SHADOW_SIDE - 2) & (v > 0) & (v < _SHADOW_SIDE - 2)
    u, v = np.where(inside, u, 0).astype(np.float32), np.where(inside, v, 0).astype(np.float32)
    return np.where(inside, _bilinear(shadow[:, :, None], v, u)[:, :, 0], 0)
