"""Puts a staged person into pixels: z-buffer, materials, light, and labels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.bundle.backdrop import Camera, Light, cast_shadow, paint_backdrop
from pipeline.bundle.bodies import Floats
from pipeline.bundle.cameras import LEVEL, View, level_window
from pipeline.bundle.labels import Label
from pipeline.bundle.materials import body_colours, body_labels, pattern_at
from pipeline.bundle.places import Place
from pipeline.bundle.raster import Hits, rasterise, vertex_normals
from pipeline.bundle.staging import Staged

Bytes = NDArray[np.uint8]

FINER = 2  # supersampling in each direction
_EDGE = cv2.BORDER_REPLICATE
NEAR_SURFACE = 0.15  # metres from a joint to the skin in front of it, at most: the hip's depth


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the camera gets.

    Attributes:
        picture: RGB in 0..1, (H, W, 3).
        labels: `Label` of each pixel, (H, W).
        joints: x, y and 0 outside the frame, 1 covered, 2 seen, of everybody, (P, 24, 3).
    """

    picture: Floats
    labels: Bytes
    joints: Floats


def render(
    people: Sequence[Staged], place: Place, view: View, light: Light, *, size: tuple[int, int]
) -> Rendered:
    """Draw everything at `FINER` times the size and shrink it.

    A tilted camera sees a picture of the level one through a homography.
    """
    tilted = not np.array_equal(view.tilt, LEVEL)
    camera, (width, height) = _level(view, size) if tilted else _upright(view, size)
    layers = [_drawn(staged, camera, light, width, height) for staged in people]
    shadow = cast_shadow(np.concatenate([layer.vertices for layer in layers]), light)
    picture = paint_backdrop(place, camera, light, shadow, width=width, height=height)
    labels = np.full((height, width), Label.BACKGROUND, np.uint8)
    nearness = np.zeros((height, width), np.float32)
    for layer in layers:
        nearer = layer.hits.nearness > nearness
        picture[nearer], labels[nearer] = layer.colours[nearer], layer.labels[nearer]
        nearness[nearer] = layer.hits.nearness[nearer]
    joints = np.stack([_see_joints(each.joints, view, camera, nearness, size) for each in people])
    if tilted:
        warp = _warp(view, camera)
        picture, labels = (
            cv2.warpPerspective(
                image, warp, (size[0] * FINER, size[1] * FINER), flags=how, borderMode=_EDGE
            )
            for image, how in ((picture, cv2.INTER_LINEAR), (labels, cv2.INTER_NEAREST))
        )
    small = (picture[::2, ::2] + picture[1::2, ::2] + picture[::2, 1::2] + picture[1::2, 1::2]) / 4
    return Rendered(small.astype(np.float32), _commonest(labels), joints)


def _upright(view: View, size: tuple[int, int]) -> tuple[Camera, tuple[int, int]]:
    """The level camera's finer picture."""
    camera, (x, y) = view.camera, view.camera.centre
    fine = replace(camera, focal=camera.focal * FINER, centre=(x * FINER, y * FINER))
    return fine, (size[0] * FINER, size[1] * FINER)


def _level(view: View, size: tuple[int, int]) -> tuple[Camera, tuple[int, int]]:
    """The finer picture of a level camera that shows all that the tilted one sees."""
    low, high = level_window(view, size)
    focal = view.camera.focal * FINER
    wide, tall = np.ceil((high - low) * focal).astype(int) + 2
    centre = (float(1 - low[0] * focal), float(1 - low[1] * focal))
    return replace(view.camera, focal=focal, centre=centre), (int(wide), int(tall))


def _warp(view: View, camera: Camera) -> Any:
    """From the level camera's pixels to the tilted one's finer pixels, centres at integers."""
    x, y = camera.centre
    rays = np.array([[camera.focal, 0, x - 0.5], [0, camera.focal, y - 0.5], [0, 0, 1.0]])
    finer = np.array([[FINER, 0, -0.5], [0, FINER, -0.5], [0, 0, 1.0]])
    return finer @ view.homography @ np.linalg.inv(rays)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One person with what belongs to them, drawn alone."""

    vertices: Floats
    hits: Hits
    colours: Floats
    labels: Bytes


def _drawn(staged: Staged, camera: Camera, light: Light, width: int, height: int) -> _Layer:
    parts = [
        (staged.body, staged.faces),
        *((piece.vertices, piece.faces) for piece in staged.pieces),
    ]
    vertices = np.concatenate([vertices for vertices, _ in parts]).astype(np.float32)
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in parts)])
    faces = np.concatenate(
        [faces + start for (_, faces), start in zip(parts, starts, strict=False)]
    ).astype(np.int32)
    hits = rasterise(camera.project(vertices), faces, width=width, height=height)
    covered = hits.face >= 0
    normals = hits.blend(
        np.concatenate([vertex_normals(v.astype(np.float32), f) for v, f in parts]), faces, covered
    )
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-6
    picture = np.zeros((height, width, 3), np.float32)
    labels = np.full((height, width), Label.BACKGROUND, np.uint8)
    colours, labels[covered] = _surfaces(staged, hits, faces, covered)
    picture[covered] = light.shade(colours, normals)
    return _Layer(vertices, hits, picture, labels)


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
            Label.TOP: 0.05 * np.sin(across * 60),
        }
        colours[here] = piece.colour * (1 + np.asarray(crease.get(piece.label, 0.0)))[..., None]
        if piece.label in (Label.SKIRT, Label.TOP):
            dress = piece.label == Label.TOP or outfit.words.bottom == "dress"
            name = outfit.words.pattern if dress else outfit.words.bottom_pattern
            second = pattern_at(name, across, along, outfit.paints.checks)[:, None] * 0.8
            colours[here] += second * (outfit.paints.stripe - colours[here])
        names[here] = piece.label
    return colours, names


def _commonest(labels: Bytes) -> Bytes:
    """Shrink a label map: of each block of four the label that most of it has."""
    quads = np.stack([labels[::2, ::2], labels[::2, 1::2], labels[1::2, ::2], labels[1::2, 1::2]])
    votes = (quads[:, None] == quads[None]).sum(axis=1)
    return np.take_along_axis(quads, votes.argmax(axis=0)[None], axis=0)[0]


def _see_joints(
    joints: Floats, view: View, camera: Camera, nearness: Floats, size: tuple[int, int]
) -> Floats:
    """Project joints, (24, 3), and look whether something is in front of them.

    Args:
        joints: World metres.
        view: Gives their pixels.
        camera: Of the finer level picture.
        nearness: One over its depth at each pixel; 0 where there is nobody.
        size: Of the picture.
    """
    x, y, _ = view.project(joints).T
    inside = (x >= 0) & (y >= 0) & (x < size[0]) & (y < size[1])
    u, v, depth = camera.project(joints).T
    column = np.clip(u.astype(int), 0, nearness.shape[1] - 1)
    row = np.clip(v.astype(int), 0, nearness.shape[0] - 1)
    nearest = 1 / np.maximum(nearness[row, column], 1e-3)
    seen = 1 + (nearest > depth - NEAR_SURFACE)
    return np.stack([x, y, np.where(inside, seen, 0)], axis=1).astype(np.float32)
