"""Clothes, shoes and hair as shapes: grown on a rest body, or hung from the posed one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.bundle.bodies import FIELDS, Body, BodyPlan, Floats
from pipeline.bundle.labels import Label
from pipeline.bundle.outfits import Cut, Outfit
from pipeline.bundle.wrapping import tube_faces
from pipeline.skeleton import Joint

ROUND = 24  # points around a skirt or a lock of hair


@dataclass(frozen=True, slots=True)
class Piece:
    """A mesh to be drawn with the body.

    Attributes:
        vertices: (V, 3), world metres.
        faces: (F, 3).
        label: What it is.
        colour: RGB in 0..1.
        grain: Two coordinates per vertex for folds and strands, (V, 2).
    """

    vertices: Floats
    faces: NDArray[np.int32]
    label: Label
    colour: Floats
    grain: Floats


def smoothstep(values: Any, low: float, high: float) -> Any:
    """Rise from 0 at `low` to 1 at `high`."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def hair_cover(plan: BodyPlan, cut: Cut, x: Any, y: Any, z: Any) -> Any:
    """How far inside the hair a point of the template's head is, metres; negative on the face."""
    eyes, ears = landmark(plan, Joint.LEFT_EYE), landmark(plan, Joint.LEFT_EAR)
    front, back = eyes[1], ears[1] + 0.09
    places = [front, front + 0.035, ears[1] - 0.03, ears[1] - 0.005, ears[1] + 0.025, back]
    line = np.interp(y, places, [0.062, 0.055, 0.03, 0.012, -0.045, -0.075])
    ear = (np.abs(x) > ears[0] - 0.01) & (np.abs(y - ears[1] - 0.01) < 0.035)
    line = np.where(ear, np.maximum(line, 0.034), line)
    temple = 0.02 * smoothstep(np.abs(x), 0.03, 0.06) * (y < ears[1] - 0.03)
    return z - eyes[2] - line + temple * 0.5 - cut.hairline


def landmark(plan: BodyPlan, joint: Joint) -> Floats:
    rows, columns, weights = plan.regressor
    mine = rows == joint
    return (plan.fields[columns[mine], :3] * weights[mine, None]).sum(axis=0)


def dressed(body: Body, plan: BodyPlan, outfit: Outfit) -> Body:
    """Return the rest body in its clothes: cloth, shoes and hair lie off the skin."""
    cut = outfit.cut
    down, arm = plan.field("down"), plan.field("arm")
    trunk = arm < -0.5
    leather = np.zeros(len(down))
    leather[-plan.shoe_points :] = 1
    legs = smoothstep(down, cut.waist - 0.1, cut.waist + 0.1) * smoothstep(
        -down, -cut.hem - 0.1, -cut.hem
    )
    legs = legs * trunk * (1 - leather) * (not outfit.words.skirted)
    upper = smoothstep(-down, -cut.top_hem - 0.1, -cut.top_hem) * smoothstep(
        down, cut.collar - 0.02, cut.collar + 0.15
    )
    upper = np.where(trunk, upper, 1.0) * smoothstep(-arm, -cut.sleeve - 0.15, -cut.sleeve)
    shaft = smoothstep(down, cut.shoe_top - 0.02, cut.shoe_top + 0.02) * trunk
    shoes = np.maximum(leather, shaft * smoothstep(-down, -2.1, -2.04))  # feet stay inside
    wide = cut.ease + cut.flare * smoothstep(down, 0.4, 2.0)
    inseam = np.where(
        np.abs(plan.field("x")) < 0.05, 0.4, 1.0
    )  # cloth cannot grow into the other leg
    grown = np.maximum(
        legs * wide * inseam, np.maximum(upper * cut.top_ease, shoes * cut.shoe_ease)
    )
    inside = smoothstep(down, 2.02, 2.06) * trunk * (1 - leather)
    grown -= 0.004 * inside * (outfit.words.shoe_colour is not None)
    wrapped = np.clip(0.85 * np.maximum(upper, legs * np.minimum(1, cut.ease / 0.01)), 0, 1)
    between = np.hypot(plan.field("x") / 0.09, (down - 0.2) / 0.3)
    wrapped *= 1 - 0.8 * smoothstep(-between, -1.0, -0.4) * trunk * (down > -0.05)
    cover = hair_cover(plan, cut, *plan.fields[:, :3].T)
    strands = smoothstep(cover, 0.0, 0.045) * (plan.field("head") > 0.6) * cut.hair
    vertices = body.vertices + plan.drape * wrapped[:, None]
    vertices += plan.normals * (grown + strands)[:, None]
    height = np.maximum(vertices[-plan.shoe_points :, 2], 0)  # flat underneath
    vertices[-plan.shoe_points :, 2] = height - cut.sole * smoothstep(-height, -0.022, -0.008)
    return Body(vertices.astype(np.float32), body.pivots, body.female)


def hair_pieces(joints: Floats, outfit: Outfit) -> list[Piece]:
    """Locks that leave the head: long hair, or a tail or bun."""
    cut, colour = outfit.cut, outfit.paints.hair
    if cut.hair_length < 0:
        return []
    left, right, nose = joints[Joint.LEFT_EAR], joints[Joint.RIGHT_EAR], joints[Joint.NOSE]
    middle, aside = (left + right) / 2, _unit(left - right)
    front = nose - middle
    front = _unit(front - (front @ aside) * aside)
    up = np.cross(front, aside)
    up = up if up[2] > 0 else -up
    axes = np.stack([aside, -front, up], axis=1)
    if cut.hair_length == 0:
        tied = axes @ np.array([0, 0.115, 0.02 + 2 * cut.hairline])
        bun = _ellipsoid(middle + tied, axes, np.array([0.04, 0.038, 0.04]), Label.HAIR, colour)
        tail = _ellipsoid(
            middle + tied + [0, 0, -0.09], axes, np.array([0.028, 0.025, 0.12]), Label.HAIR, colour
        )
        return [bun, tail] if cut.top_ease > 0.012 else [bun]
    length = cut.hair_length
    behind = middle + axes @ np.array([0, 0.042, 0.02])
    upright = np.stack([aside, _unit(-front * (1, 1, 0)), np.array([0, 0, 1])], axis=1)
    fall = _ellipsoid(
        behind - [0, 0, length * 0.42],
        upright,
        np.array([0.1, 0.062, length * 0.62 + 0.07]),
        Label.HAIR,
        colour,
    )
    locks = [
        _ellipsoid(
            middle + axes @ np.array([way * 0.082, 0.012, -length * 0.25]),
            upright,
            np.array([0.022, 0.045, length * 0.4 + 0.05]),
            Label.HAIR,
            colour,
        )
        for way in (-1, 1)
    ]
    return [fall, *locks]


def hung_pieces(posed: Floats, plan: BodyPlan, outfit: Outfit) -> list[Piece]:
    """What hangs round the legs: a skirt, a coat's lower half."""
    cut, paints = outfit.cut, outfit.paints
    pieces: list[Piece] = []
    if outfit.words.skirted:
        pieces += _tube(posed, plan, outfit, cut.hem, (Label.SKIRT, paints.bottom))
    if cut.tail > 0:
        pieces += _tube(posed, plan, outfit, cut.tail, (Label.TOP, paints.top))
    return pieces


def _tube(
    posed: Floats, plan: BodyPlan, outfit: Outfit, hem: float, cloth: tuple[Label, Floats]
) -> list[Piece]:
    """Cloth around the posed legs: the widest outline at each height, never narrowing."""
    down, arm = plan.field("down"), plan.field("arm")
    legs = (arm < -0.9) & (down > outfit.cut.waist - 0.12) & (down < 2.1)
    points, along = posed[legs], down[legs]
    waist = along < outfit.cut.waist + 0.12
    middle = points[waist].mean(axis=0)
    # Heights come from the body: the belt's and the hem's, as the legs stand.
    near_hem = np.abs(along - hem) < 0.08
    top, bottom = (
        points[np.abs(along - outfit.cut.waist) < 0.06][:, 2].mean(),
        points[near_hem][:, 2].min(),
    )
    levels = np.linspace(top, bottom, 10)
    angle = np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0])
    sector = ((angle + np.pi) / (2 * np.pi) * ROUND).astype(int) % ROUND
    away = np.hypot(points[:, 0] - middle[0], points[:, 1] - middle[1])
    radii = np.zeros((len(levels), ROUND))
    half = (top - bottom) / (len(levels) - 1)
    for row, level in enumerate(levels):
        near = np.abs(points[:, 2] - level) < max(half, 0.03)
        np.maximum.at(radii[row], sector[near], away[near])
    for row in range(len(levels)):
        hull = np.maximum(
            radii[row], np.maximum(np.roll(radii[row], 1), np.roll(radii[row], -1)) * 0.97
        )
        for _ in range(3):
            hull = np.maximum(
                hull * 0.5 + 0.25 * (np.roll(hull, 1) + np.roll(hull, -1)), radii[row]
            )
        radii[row] = hull if row == 0 else np.maximum(hull, radii[row - 1] * 0.995)
    flare = np.linspace(0, 1, len(levels))[:, None] * (outfit.cut.top_ease + outfit.cut.ease) * 3
    around = np.linspace(-np.pi, np.pi, ROUND, endpoint=False) + np.pi / ROUND
    waves = (
        0.008 * np.linspace(0, 1, len(levels))[:, None] * np.sin(around * 7 + outfit.paints.seed)
    )
    radii += 0.014 + flare + waves
    rings = np.stack(
        [
            middle[0] + radii * np.cos(around),
            middle[1] + radii * np.sin(around),
            np.repeat(levels[:, None], ROUND, axis=1),
        ],
        axis=2,
    ).astype(np.float32)
    faces = tube_faces(len(levels), ROUND)
    grain = np.stack(np.broadcast_arrays(around * 0.15, levels[:, None]), axis=2).reshape(-1, 2)
    label, colour = cloth
    outside = Piece(rings.reshape(-1, 3), faces, label, colour, grain.astype(np.float32))
    inside = Piece(outside.vertices, faces[:, ::-1], label, colour * 0.45, outside.grain)
    return [outside, inside]


def _unit(vector: Floats) -> Floats:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def _ellipsoid(middle: Any, axes: Any, radii: Any, label: Label, colour: Floats) -> Piece:
    rows = 12
    polar = np.linspace(0.001, np.pi - 0.001, rows)[:, None]
    around = np.linspace(-np.pi, np.pi, ROUND, endpoint=False)[None]
    unit = np.stack(
        np.broadcast_arrays(
            np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), np.cos(polar)
        ),
        axis=2,
    )
    vertices = (unit * radii).reshape(-1, 3) @ np.asarray(axes).T + middle
    grain = np.stack(np.broadcast_arrays(around * 0.1, np.cos(polar) * radii[2]), axis=2).reshape(
        -1, 2
    )
    return Piece(
        vertices.astype(np.float32),
        tube_faces(rows, ROUND),
        label,
        colour,
        grain.astype(np.float32),
    )


def box(low: tuple[float, float, float], high: tuple[float, float, float], colour: Floats) -> Piece:
    """A box with hard edges (its corners are not shared), as a seat or a leg of a chair."""
    sides: list[Any] = []
    corners = np.array([low, high], np.float32)
    for axis in range(3):
        one, two = [(1, 2), (2, 0), (0, 1)][axis]
        for end in (0, 1):
            square = np.zeros((4, 3), np.float32)
            square[:, axis] = corners[end, axis]
            square[:, one] = corners[[0, 1, 1, 0], one]
            square[:, two] = corners[[0, 0, 1, 1], two]
            sides.append(square if end else square[::-1])
    vertices = np.concatenate(sides)
    faces = (np.arange(6)[:, None, None] * 4 + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3)
    grain = vertices[:, [0, 2]]
    return Piece(vertices, faces.astype(np.int32), Label.PROP, colour, grain)


if FIELDS[:3] != ("x", "y", "z"):
    raise ImportError("the body's fields must begin with its place")
