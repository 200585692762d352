"""What lies around a body, worked out when bodies are baked: cloth's drape and a pair of shoes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import ConvexHull, cKDTree

from pipeline.bundle.raster import vertex_normals

AROUND, CAP, ALONG = 28, 7, 14  # a shoe's points around it, over each of its ends, and along it
NEIGHBOURS = 12  # foot vertices that a shoe's vertex moves with


@dataclass(frozen=True, slots=True)
class Shoes:
    """Both shoes as one smooth closed surface each.

    Attributes:
        points: (N, 3), metres, on the mean body at rest.
        faces: (F, 3) among `points`, counter-clockwise seen from outside.
        normals: Outward, (N, 3).
        followed: The body's vertices that each point moves with, (N, NEIGHBOURS).
        shares: How much it follows each, (N, NEIGHBOURS), summing to 1.
    """

    points: np.ndarray
    faces: np.ndarray
    normals: np.ndarray
    followed: np.ndarray
    shares: np.ndarray

    def follow(self, values: np.ndarray) -> np.ndarray:
        """Carry values of the body's vertices, (V, ...), over to the shoes, (N, ...)."""
        return np.einsum("nk,nk...->n...", self.shares, values[self.followed])


def make_shoes(template: np.ndarray, *, ankle: float) -> Shoes:
    """Wrap each foot in its convex hull, so that toes and hollows vanish under leather."""
    parts: list[tuple[Any, Any]] = []
    for side in (1, -1):
        foot = template[(template[:, 2] < ankle * 0.85) & (template[:, 0] * side > 0)]
        parts.append(_hull_tube(foot))
    points = np.concatenate([points for points, _ in parts])
    faces = np.concatenate([parts[0][1], parts[1][1] + len(parts[0][0])]).astype(np.int32)
    near = np.flatnonzero(template[:, 2] < ankle * 1.2)
    distance, found = cKDTree(template[near]).query(points, NEIGHBOURS)
    shares = 1 / (distance + 0.01) ** 2
    return Shoes(
        points=points,
        faces=faces,
        normals=vertex_normals(points.astype(np.float32), faces),
        followed=near[found],
        shares=shares / shares.sum(axis=1, keepdims=True),
    )


def _hull_tube(foot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cast rays from the foot's middle line, heel first, to its hull: points and faces."""
    planes = ConvexHull(foot).equations  # normal, offset: normal . p + offset <= 0 inside
    front, back = foot[:, 1].min() + 0.05, foot[:, 1].max() - 0.04
    ends = [_middle(foot, y) for y in (back, front)]
    swing = np.linspace(0.02, np.pi / 2, CAP, endpoint=False)
    lean = np.concatenate([swing, np.full(ALONG, np.pi / 2), np.pi - swing[::-1]])
    place = np.concatenate([np.zeros(CAP), np.linspace(0, 1, ALONG), np.ones(CAP)])
    angle = np.linspace(-np.pi, np.pi, AROUND, endpoint=False)
    # From z towards x is counter-clockwise seen from the heel, where the rows begin.
    way = np.stack(
        np.broadcast_arrays(
            np.sin(lean)[:, None] * np.sin(angle),
            np.cos(lean)[:, None],
            np.sin(lean)[:, None] * np.cos(angle),
        ),
        axis=2,
    )
    start = ends[0] + place[:, None, None] * (ends[1] - ends[0])
    toward = way @ planes[:, :3].T
    room = -(start @ planes[:, :3].T + planes[:, 3])
    reach = np.where(toward > 1e-9, room / np.maximum(toward, 1e-9), np.inf).min(axis=2)
    points = start + way * reach[:, :, None]
    return points.reshape(-1, 3), tube_faces(len(lean), AROUND)


def _middle(foot: np.ndarray, y: float) -> np.ndarray:
    near = foot[np.abs(foot[:, 1] - y) < 0.02, 0]
    return np.array([(near.min() + near.max()) / 2, y, 0.03])


def tube_faces(rows: int, columns: int) -> np.ndarray:
    """Triangles of rings along an axis, each counter-clockwise seen from where they begin."""
    row, column = np.meshgrid(np.arange(rows - 1), np.arange(columns), indexing="ij")
    a, b = row * columns + column, row * columns + (column + 1) % columns
    c, d = a + columns, b + columns
    return np.stack([a, c, b, b, c, d], axis=-1).reshape(-1, 3).astype(np.int32)


def drape(template: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Way to cloth over the body: it bridges hollows and hardly presses what sticks out.

    Along the normals only: sliding over the skin would tear straight hems.
    """
    way = _smoothed(template, faces) - template
    normals = vertex_normals(template.astype(np.float32), faces.astype(np.int32))
    return np.maximum((way * normals).sum(axis=1), -0.006)[:, None] * normals


def _smoothed(points: np.ndarray, faces: np.ndarray, *, rounds: int = 80) -> np.ndarray:
    """Average every vertex with its neighbours again and again, as cloth would wrap a body."""
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    degree = np.bincount(ends[:, 0], minlength=len(points)).clip(1)[:, None]
    for _ in range(rounds):
        around = np.stack(
            [np.bincount(ends[:, 0], points[ends[:, 1], axis], len(points)) for axis in range(3)],
            axis=1,
        )
        points = points + 0.6 * (around / degree - points)
    return points
