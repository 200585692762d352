"""A z-buffer for triangle meshes, on the CPU, in numba."""

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hits:
    """What is nearest at each pixel of a frame.

    Attributes:
        face: The triangle, -1 where there is none, (H, W).
        shares: Weights of the triangle's second and third corner, (H, W, 2), right in perspective.
        nearness: One over the depth, 0 where there is nothing, (H, W).
    """

    face: NDArray[np.int32]
    shares: Floats
    nearness: Floats

    def blend(self, values: Floats, faces: NDArray[np.int32], covered: Any) -> Floats:
        """Interpolate (V, C) corner values at the `covered` pixels (a boolean mask), (N, C)."""
        corners = faces[self.face[covered]]
        second, third = self.shares[covered].T[:, :, None]
        first = 1 - second - third
        return (
            first * values[corners[:, 0]]
            + second * values[corners[:, 1]]
            + third * values[corners[:, 2]]
        )


def rasterise(points: Floats, faces: NDArray[np.int32], *, width: int, height: int) -> Hits:
    """Find the nearest front face at every pixel.

    Args:
        points: (V, 3): x and y in pixels (y down, pixel centres at .5), depth (> 0).
        faces: (F, 3), counter-clockwise seen from their front. Backs are not drawn.
        width: Pixels.
        height: Pixels.
    """
    face = np.full((height, width), -1, np.int32)
    shares = np.zeros((height, width, 2), np.float32)
    nearness = np.zeros((height, width), np.float32)
    _fill(points.astype(np.float32), faces, face, shares, nearness)
    return Hits(face, shares, nearness)


@numba.njit(cache=True)
def _fill(points, faces, face, shares, nearness):  # noqa: ANN001, ANN202  # pragma: no cover
    height, width = face.shape
    for f in range(len(faces)):
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay, bx, by = points[i, 0], points[i, 1], points[j, 0], points[j, 1]
        cx, cy = points[k, 0], points[k, 1]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        # y points down, so a front that is counter-clockwise to the eye has a negative area.
        if area >= 0 or points[i, 2] <= 0.05 or points[j, 2] <= 0.05 or points[k, 2] <= 0.05:
            continue
        left = max(int(np.ceil(min(ax, bx, cx) - 0.5)), 0)
        right = min(int(np.floor(max(ax, bx, cx) - 0.5)), width - 1)
        top = max(int(np.ceil(min(ay, by, cy) - 0.5)), 0)
        bottom = min(int(np.floor(max(ay, by, cy) - 0.5)), height - 1)
        na, nb, nc = 1 / points[i, 2], 1 / points[j, 2], 1 / points[k, 2]
        for y in range(top, bottom + 1):
            py = y + 0.5
            for x in range(left, right + 1):
                px = x + 0.5
                second = ((px - ax) * (cy - ay) - (cx - ax) * (py - ay)) / area
                third = ((bx - ax) * (py - ay) - (px - ax) * (by - ay)) / area
                first = 1 - second - third
                if first < 0 or second < 0 or third < 0:
                    continue
                near = first * na + second * nb + third * nc
                if near > nearness[y, x]:
                    nearness[y, x] = near
                    face[y, x] = f
                    shares[y, x, 0] = second * nb / near
                    shares[y, x, 1] = third * nc / near


def vertex_normals(vertices: Floats, faces: NDArray[np.int32]) -> Floats:
    """Outward unit normals of (V, 3) vertices, weighted by the area of the faces around."""
    normals: Floats = _vertex_normals(vertices, faces)
    return normals


@numba.njit(cache=True)
def _vertex_normals(vertices, faces):  # noqa: ANN001, ANN202  # pragma: no cover
    normals = np.zeros_like(vertices)
    for f in range(len(faces)):
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        x, y, z = vertices[i, 0], vertices[i, 1], vertices[i, 2]
        ax, ay, az = vertices[j, 0] - x, vertices[j, 1] - y, vertices[j, 2] - z
        bx, by, bz = vertices[k, 0] - x, vertices[k, 1] - y, vertices[k, 2] - z
        nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        for v in (i, j, k):
            normals[v, 0] += nx
            normals[v, 1] += ny
            normals[v, 2] += nz
    for v in range(len(normals)):
        x, y, z = normals[v, 0], normals[v, 1], normals[v, 2]
        length = np.sqrt(x * x + y * y + z * z) + 1e-12
        normals[v, 0], normals[v, 1], normals[v, 2] = x / length, y / length, z / length
    return normals
