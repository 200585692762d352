"""Puts a staged person into pixels: z-buffer, materials, light, and labels."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.bundle.backdrop import Camera, Light, cast_shadow, paint_backdrop
from pipeline.bundle.bodies import Floats
from pipeline.bundle.labels import Label
from pipeline.bundle.materials import body_colours, body_labels
from pipeline.bundle.places import Place
from pipeline.bundle.raster import Hits, rasterise, vertex_normals
from pipeline.bundle.staging import Staged

Bytes = NDArray[np.uint8]

FINER = 2  # supersampling in each direction
NEAR_SURFACE = 0.15  # metres from a joint to the skin in front of it, at most: the hip's depth


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the camera gets.

    Attributes:
        picture: RGB in 0..1, (H, W, 3).
        labels: `Label` of each pixel, (H, W).
        joints: x, y and 0 outside the frame, 1 covered, 2 seen, (24, 3).
    """

    picture: Floats
    labels: Bytes
    joints: Floats


def render(
    staged: Staged, place: Place, camera: Camera, light: Light, *, size: tuple[int, int]
) -> Rendered:
    """Draw everything at `FINER` times the size and shrink it."""
    width, height = size[0] * FINER, size[1] * FINER
    fine = replace(
        camera,
        focal=camera.focal * FINER,
        centre=(camera.centre[0] * FINER, camera.centre[1] * FINER),
    )
    parts = [
        (staged.body, staged.faces),
        *((piece.vertices, piece.faces) for piece in staged.pieces),
    ]
    vertices = np.concatenate([vertices for vertices, _ in parts]).astype(np.float32)
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in parts)])
    faces = np.concatenate(
        [faces + start for (_, faces), start in zip(parts, starts, strict=False)]
    ).astype(np.int32)
    hits = rasterise(fine.project(vertices), faces, width=width, height=height)
    shadow = cast_shadow(vertices, light)
    picture = paint_backdrop(place, fine, light, shadow, width=width, height=height)
    labels = np.full((height, width), Label.BACKGROUND, np.uint8)
    covered = hits.face >= 0
    normals = hits.blend(
        np.concatenate([vertex_normals(v.astype(np.float32), f) for v, f in parts]), faces, covered
    )
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-6
    colours, labels[covered] = _surfaces(staged, hits, faces, covered)
    picture[covered] = light.shade(colours, normals)
    small = (picture[::2, ::2] + picture[1::2, ::2] + picture[::2, 1::2] + picture[1::2, 1::2]) / 4
    joints = _see_joints(staged.joints, camera, hits, size)
    return Rendered(small.astype(np.float32), _commonest(labels), joints)


def _surfaces(
    staged: Staged, hits: Hits, faces: NDArray[np.int32], covered: NDArray[np.bool_]
) -> tuple[Floats, Bytes]:
    """Colour and label of every covered pixel, before lighting."""
    outfit, plan = staged.outfit, staged.plan
    face = hits.face[covered]
    blank = [np.zeros((len(piece.vertices), 5), np.float32) for piece in staged.pieces]
    body = np.concatenate([plan.fields, staged.rest_height[:, None]], axis=1)
    grains = [
        np.hstack([piece.grain, zeros]) for piece, zeros in zip(staged.pieces, blank, strict=True)
    ]
    blended = hits.blend(np.concatenate([body, *grains]).astype(np.float32), faces, covered)
    names = np.zeros(len(face), np.uint8)
    colours = np.zeros((len(face), 3), np.float32)
    mine = face < len(staged.faces)
    leather = face[mine] >= len(plan.faces) - plan.shoe_faces
    names[mine] = body_labels(blended[mine, :6], blended[mine, 6], leather, outfit, plan)
    colours[mine] = body_colours(blended[mine, :6], names[mine], outfit, plan)
    start = len(staged.faces)
    for piece in staged.pieces:
        here = (face >= start) & (face < start + len(piece.faces))
        start += len(piece.faces)
        across, along = blended[here, 0], blended[here, 1]
        crease = {
            Label.HAIR: 0.12 * np.sin(across * 260 + 4 * along),
            Label.SKIRT: 0.06 * np.sin(across * 60),
        }
        colours[here] = piece.colour * (1 + np.asarray(crease.get(piece.label, 0.0)))[..., None]
        names[here] = piece.label
    return colours, names


def _commonest(labels: Bytes) -> Bytes:
    """Shrink a label map: of each block of four the label that most of it has."""
    quads = np.stack([labels[::2, ::2], labels[::2, 1::2], labels[1::2, ::2], labels[1::2, 1::2]])
    votes = (quads[:, None] == quads[None]).sum(axis=1)
    return np.take_along_axis(quads, votes.argmax(axis=0)[None], axis=0)[0]


def _see_joints(joints: Floats, camera: Camera, hits: Hits, size: tuple[int, int]) -> Floats:
    points = camera.project(joints)
    x, y, depth = points.T
    inside = (x >= 0) & (y >= 0) & (x < size[0]) & (y < size[1])
    column = np.clip((x * FINER).astype(int), 0, size[0] * FINER - 1)
    row = np.clip((y * FINER).astype(int), 0, size[1] * FINER - 1)
    nearest = 1 / np.maximum(hits.nearness[row, column], 1e-3)
    seen = 1 + (nearest > depth - NEAR_SURFACE)
    return np.stack([x, y, np.where(inside, seen, 0)], axis=1).astype(np.float32)
