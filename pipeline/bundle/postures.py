"""How people stand, walk and sit: random postures, and a rest body brought into one.

The feet are placed first and the legs reach them by two-bone inverse kinematics, so soles stand on
the floor.
Vectors are in the person's own axes (x left, -y forward, z up), angles in radians, lengths in
metres.
"""

from dataclasses import dataclass, field
from typing import Any

import numba
import numpy as np

from pipeline.bundle.bodies import BONES, Body, BodyPlan, Floats, parent_of

Matrix = Any
_X, _Z = np.array([1.0, 0, 0]), np.array([0, 0, 1.0])


def turn(axis: str, angle: float) -> Matrix:
    """Rotation by the right-hand rule about x, y or z."""
    c, s = np.cos(angle), np.sin(angle)
    rows = {
        "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
        "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
        "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
    }
    return np.array(rows[axis], dtype=float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where one foot is.

    Attributes:
        x: Outward from the hip's own side, relative to the middle of the pelvis.
        y: Negative is forward.
        z: Height of the sole.
        yaw: Toes outward.
        heel: How far the heel is lifted about the ball (or, negative, the toes about the heel).
        knee: How far the knee points outward of the foot.
        bears: Whether it carries weight: the pelvis comes down until it reaches.
    """

    x: float
    y: float
    z: float = 0.0
    yaw: float = 0.15
    heel: float = 0.0
    knee: float = 0.05
    bears: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Directions of one upper arm and forearm in the chest's axes, x outward."""

    upper: tuple[float, float, float]
    lower: tuple[float, float, float]
    curl: float = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Posture:
    """A whole body's attitude; pairs are (left, right).

    Attributes:
        steps: The feet.
        arms: The arms.
        pelvis: Pitch, roll, yaw of the pelvis.
        spine: The same of the trunk on the pelvis, shared by two bones.
        head: The same of the head on the chest.
        extension: How straight the longest weight-bearing leg is; 1 is straight.
        seat: Height of the seat's top, or None for people on their feet.
        grounded: Whether all of them is let down until something touches the floor: for people
            who lie, kneel or sit on it.
        words: What the caption calls it.
    """

    steps: tuple[Step, Step]
    arms: tuple[Reach, Reach]
    pelvis: tuple[float, float, float] = (0.0, 0.0, 0.0)
    spine: tuple[float, float, float] = (0.0, 0.0, 0.0)
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)
    extension: float = 0.99
    seat: float | None = None
    grounded: bool = False
    words: str = "standing"


@dataclass(slots=True)
class _Frames:
    """Rotation and place of each bone while a posture is being worked out."""

    body: Body
    rotation: dict[str, Matrix] = field(default_factory=dict[str, Any])
    place: dict[str, Matrix] = field(default_factory=dict[str, Any])

    def attach(self, bone: str, rotation: Matrix) -> None:
        """Set a bone's world rotation; its pivot follows its parent."""
        parent = parent_of(bone)
        pivot = self.body.pivot(bone).astype(float)
        if parent is not None:
            offset = pivot - self.body.pivot(parent)
            pivot = self.place[parent] + self.rotation[parent] @ offset
        self.rotation[bone], self.place[bone] = rotation, pivot


def pose(body: Body, plan: BodyPlan, posture: Posture, *, lift: float = 0.0) -> Floats:
    """Return the posed vertices, (V, 3); `lift` is the soles' thickness under the bare foot."""
    frames = _Frames(body)
    hips = (
        turn("z", posture.pelvis[2]) @ turn("y", posture.pelvis[1]) @ turn("x", posture.pelvis[0])
    )
    ankles = [
        _ankle(body, step, side, lift) for step, side in zip(posture.steps, "LR", strict=True)
    ]
    frames.attach("pelvis", hips)
    frames.place["pelvis"] = _pelvis(body, posture, hips, ankles)
    for step, side, ankle in zip(posture.steps, "LR", ankles, strict=True):
        _attach_leg(frames, step, side, ankle)
    _attach_trunk(frames, posture)
    for arm, side in zip(posture.arms, "LR", strict=True):
        _attach_arm(frames, arm, side)
    rotations = np.stack([frames.rotation[bone] for bone in BONES]).astype(np.float32)
    places = np.stack([frames.place[bone] for bone in BONES]).astype(np.float32)
    pivots = body.pivots[: len(BONES)]
    shifts = places - np.einsum("bij,bj->bi", rotations, pivots)
    posed: Floats = _skin(body.vertices, plan.bone_indices, plan.bone_weights, rotations, shifts)
    if posture.grounded:
        posed[:, 2] -= posed[:, 2].min()
    return posed


def _outward(side: str) -> float:
    return 1.0 if side == "L" else -1.0


def _foot_rotation(step: Step, side: str) -> Matrix:
    return turn("z", step.yaw * _outward(side)) @ turn("x", step.heel)


def _ankle(body: Body, step: Step, side: str, lift: float) -> Matrix:
    """Where the ankle is when the foot stands (or hangs) as `step` says."""
    ankle = body.pivot(f"foot.{side}").astype(float)
    touching = body.pivot(f"toes.{side}").astype(float)
    if step.heel < 0:
        touching = ankle * (1, 1, 0) + np.array([0, 0.04, 0])
    touching[2] = 0
    turned = turn("z", step.yaw * _outward(side)) @ (touching - ankle)
    ground = np.array([step.x * _outward(side), step.y, step.z + lift + ankle[2]]) + turned
    return ground + _foot_rotation(step, side) @ (ankle - touching)


def _pelvis(body: Body, posture: Posture, hips: Matrix, ankles: list[Matrix]) -> Matrix:
    """Put the pelvis over the middle of the plan's origin, as high as seat or legs allow."""
    pivot = body.pivot("pelvis").astype(float)
    height = np.inf
    for step, side, ankle in zip(posture.steps, "LR", ankles, strict=True):
        if not step.bears:
            continue
        offset = hips @ (body.pivot(f"thigh.{side}") - pivot)
        flat = (ankle - offset)[:2]
        reach = posture.extension * sum(_leg_lengths(body, side))
        height = min(height, ankle[2] - offset[2] + np.sqrt(max(reach**2 - flat @ flat, 0.01)))
    if posture.seat is not None:
        thigh = body.pivot("thigh.L") - pivot
        height = posture.seat + 0.085 - thigh[2]
    return np.array([0.0, 0.0, height])


def _leg_lengths(body: Body, side: str) -> tuple[float, float]:
    hip, knee, ankle = (body.pivot(f"{name}.{side}") for name in ("thigh", "shin", "foot"))
    return float(np.linalg.norm(knee - hip)), float(np.linalg.norm(ankle - knee))


def _unit(vector: Matrix) -> Matrix:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def _cross(a: Matrix, b: Matrix) -> Matrix:
    # numpy's own takes twenty times as long for one pair
    return np.array(
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    )


def _frame(along: Matrix, aside: Matrix) -> Matrix:
    """Axes (columns) with z along a bone and x as near to `aside` as can be."""
    z = _unit(along)
    x = _unit(aside - (aside @ z) * z)
    return np.stack([x, _cross(z, x), z], axis=1)


def _attach_leg(frames: _Frames, step: Step, side: str, ankle: Matrix) -> None:
    body, out = frames.body, _outward(side)
    rest = [body.pivot(f"{name}.{side}").astype(float) for name in ("thigh", "shin", "foot")]
    frames.attach(f"thigh.{side}", np.eye(3))
    hip = frames.place[f"thigh.{side}"]
    upper, lower = _leg_lengths(body, side)
    span = float(
        np.clip(np.linalg.norm(ankle - hip), abs(upper - lower) + 0.02, (upper + lower) * 0.9995)
    )
    straight = _unit(ankle - hip)
    forward = turn("z", (step.yaw + step.knee) * out) @ np.array([0, -1.0, 0.02])
    forward = _unit(forward - (forward @ straight) * straight)
    along = (upper**2 + span**2 - lower**2) / (2 * span)
    knee = hip + along * straight + np.sqrt(max(upper**2 - along**2, 0)) * forward
    end = hip + span * straight
    aside = _cross(straight, forward)
    aside = aside if aside @ (turn("z", step.yaw * out) @ _X) > 0 else -aside
    thigh = _frame(knee - hip, aside) @ _frame(rest[1] - rest[0], _X).T
    shin = _frame(end - knee, aside) @ _frame(rest[2] - rest[1], _X).T
    frames.attach(f"thigh.{side}", thigh)
    frames.attach(f"shin.{side}", shin)
    foot = _foot_rotation(step, side)
    frames.attach(f"foot.{side}", foot)
    bend = min(max(step.heel, 0.0), 0.7) if step.z < 0.02 else 0.0
    frames.attach(f"toes.{side}", foot @ turn("x", -bend))


def _attach_trunk(frames: _Frames, posture: Posture) -> None:
    half = [angle / 2 for angle in posture.spine]
    bend = turn("z", half[2]) @ turn("y", half[1]) @ turn("x", half[0])
    frames.attach("spine", frames.rotation["pelvis"] @ bend)
    frames.attach("chest", frames.rotation["spine"] @ bend)
    half = [angle / 2 for angle in posture.head]
    nod = turn("z", half[2]) @ turn("y", half[1]) @ turn("x", half[0])
    frames.attach("neck", frames.rotation["chest"] @ nod)
    frames.attach("head", frames.rotation["neck"] @ nod)


def _attach_arm(frames: _Frames, arm: Reach, side: str) -> None:
    body, out = frames.body, np.array([_outward(side), 1, 1])
    names = [f"{name}.{side}" for name in ("upper_arm", "forearm", "hand")]
    rest = [body.pivot(name).astype(float) for name in names]
    chest = frames.rotation["chest"]
    shrug = 0.12 * max(arm.upper[2], 0.0) * _outward(side)
    frames.attach(f"clavicle.{side}", chest @ turn("y", -shrug))
    upper, lower = chest @ (np.array(arm.upper) * out), chest @ (np.array(arm.lower) * out)
    hinge, rest_hinge = _cross(upper, lower), _cross(rest[1] - rest[0], rest[2] - rest[1])
    frames.attach(names[0], _frame(upper, hinge) @ _frame(rest[1] - rest[0], rest_hinge).T)
    forearm = _frame(lower, hinge) @ _frame(rest[2] - rest[1], rest_hinge).T
    frames.attach(names[1], forearm)
    frames.attach(names[2], forearm)
    knuckles = body.pivot(f"finger5-1.{side}") - body.pivot(f"finger2-1.{side}")
    frames.attach(
        f"fingers.{side}", forearm @ _about(_unit(knuckles.astype(float)), -arm.curl * out[0])
    )


def _about(axis: Matrix, angle: float) -> Matrix:
    """Rodrigues' formula."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


@numba.njit(cache=True)
def _skin(vertices, bone_indices, bone_weights, rotations, shifts):  # noqa: ANN001, ANN202  # pragma: no cover
    """Linear blend skinning; float32 in and out."""
    posed = np.zeros_like(vertices)
    for v in range(len(vertices)):
        x, y, z = vertices[v, 0], vertices[v, 1], vertices[v, 2]
        for k in range(bone_indices.shape[1]):
            w = bone_weights[v, k]
            if w > 0:
                b = bone_indices[v, k]
                for i in range(3):
                    r = rotations[b, i]
                    posed[v, i] += w * (r[0] * x + r[1] * y + r[2] * z + shifts[b, i])
    return posed
