"""Rendered people: a picture, its label map, its joints and its caption, by (seed, index)."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pipeline.bundle.backdrop import Camera, Light, cast_shadow, paint_backdrop
from pipeline.bundle.bodies import Body, BodyPlan, Floats, bodies
from pipeline.bundle.captions import Attributes, caption
from pipeline.bundle.clothes import Piece, box, dressed, hair_pieces, skirt_piece
from pipeline.bundle.colours import PALETTE, jittered
from pipeline.bundle.labels import Label
from pipeline.bundle.materials import body_colours, body_labels
from pipeline.bundle.outfits import Outfit, draw_outfit
from pipeline.bundle.places import Place, draw_place
from pipeline.bundle.postures import Posture, pose, turn
from pipeline.bundle.raster import Hits, rasterise, vertex_normals
from pipeline.bundle.stances import draw_posture
from pipeline.skeleton import LEGS, Joint

Dice = np.random.Generator
Bytes = NDArray[np.uint8]

NATIVE = (96, 144)  # width, height that the models are trained at
FINER = 2  # supersampling in each direction
ZOOMED = 0.12  # of the scenes come nearer to the legs


@dataclass(frozen=True, slots=True)
class Scene:
    """One rendered person.

    Attributes:
        picture: RGB, (H, W, 3) uint8.
        labels: `Label` of each pixel, (H, W) uint8.
        joints: x and y in pixels, and whether it shows (0 outside the frame, 1 covered, 2 seen),
            (24, 3) float32 in `Joint` order.
        attributes: What the caption is made from.
        caption: Everything there is to say.
    """

    picture: Bytes
    labels: Bytes
    joints: Floats
    attributes: Attributes
    caption: str


class Cut(StrEnum):
    """Where people crop: the row is between or at these joints."""

    WAIST = "waist"
    HIP = "hip"
    THIGH = "thigh"
    KNEE = "knee"
    SHIN = "shin"
    ANKLE = "ankle"


@dataclass(frozen=True, slots=True)
class _Staged:
    """A posed, dressed person and everything solid around, in world metres."""

    body: Floats
    bare_joints: Floats
    pieces: list[Piece]
    plan: BodyPlan
    rest_height: Floats


def draw_scene(
    seed: int, index: int, *, size: tuple[int, int] = NATIVE, held_out: bool = False
) -> Scene:
    """Render scene `index` of the series `seed`; the same numbers always give the same scene.

    Args:
        seed: The series.
        index: The scene in it.
        size: Width and height in pixels; any.
        held_out: Take bodies and backgrounds that no other scene has.
    """
    dice = np.random.default_rng((seed, index))
    person = bodies().draw(dice, held_out=held_out)
    posture = draw_posture(dice)
    outfit = draw_outfit(
        dice,
        female=person.female,
        seated=posture.seat is not None or posture.words == "standing with one leg bent",
    )
    place = draw_place(dice, held_out=held_out)
    yaw, view = _view(dice)
    seat, sitting = _seat(dice, posture)
    staged = _stage(person, posture, outfit, seat, yaw)
    light = _light(dice)
    camera = _frame(dice, staged, size)
    picture, labels, hits = _render(staged, outfit, place, camera, light, size)
    attributes = Attributes(
        words=outfit.words,
        posture=sitting or posture.words,
        view=view,
        place=place.words[0],
        floor=place.words[1],
    )
    joints = _see_joints(staged.bare_joints, camera, hits, size)
    return Scene(_develop(dice, picture, light), labels, joints, attributes, caption(attributes))


def crop_of(scene: Scene, where: Cut) -> int:
    """Return the row at which a photo cut there ends; at least a fifth is kept."""
    y = {joint: float(scene.joints[joint, 1]) for joint in Joint}
    hip, knee, ankle = ((y[LEGS[0].joints[n]] + y[LEGS[1].joints[n]]) / 2 for n in range(3))
    rows = {
        Cut.WAIST: hip + 0.3 * (y[Joint.NECK] - hip),
        Cut.HIP: hip + 0.12 * (knee - hip),
        Cut.THIGH: (hip + knee) / 2,
        Cut.KNEE: knee,
        Cut.SHIN: (knee + ankle) / 2,
        Cut.ANKLE: ankle,
    }
    height = len(scene.labels)
    return int(np.clip(round(rows[where]), height // 5, height))


def _view(dice: Dice) -> tuple[float, str | None]:
    """How far the person is turned from the camera, and the words for it."""
    kind = dice.random()
    side = float(dice.choice([-1, 1]))
    if kind < 0.45:
        return side * dice.uniform(0, 0.45), None
    if kind < 0.68:
        return side * dice.uniform(0.45, 1.1), None
    if kind < 0.82:
        return side * dice.uniform(1.2, 1.9), "from the side"
    return side * dice.uniform(2.4, np.pi), "from behind"


def _seat(dice: Dice, posture: Posture) -> tuple[list[Piece], str | None]:
    if posture.seat is None:
        return [], None
    names = tuple(PALETTE)
    colour = jittered(dice, PALETTE[names[int(dice.integers(len(names)))]])
    kind = ("box", "stool", "chair")[int(dice.integers(3))]
    wide, top = float(dice.uniform(0.2, 0.3)), posture.seat
    front, back = -0.16, 0.26
    if kind == "box":
        return [box((-wide, front, 0), (wide, back, top), colour)], "sitting on a box"
    pieces = [box((-wide, front, top - 0.06), (wide, back, top), colour)]
    ends = [(x, y) for x in (-wide, wide - 0.04) for y in (front, back - 0.04)]
    pieces += [box((x, y, 0), (x + 0.04, y + 0.04, top - 0.06), colour * 0.8) for x, y in ends]
    if kind == "chair":
        pieces.append(box((-wide, back - 0.04, top), (wide, back, top + 0.45), colour * 0.95))
    return pieces, f"sitting on a {kind}"


def _stage(
    person: Body, posture: Posture, outfit: Outfit, seat: list[Piece], yaw: float
) -> _Staged:
    plan = bodies().plan
    around = turn("z", yaw).astype(np.float32)
    bare = pose(person, plan, posture, lift=outfit.cut.sole)
    worn = dressed(person, plan, outfit)
    clothed = pose(worn, plan, posture, lift=outfit.cut.sole)
    joints = plan.joints(bare)
    pieces = [*hair_pieces(joints, outfit), *skirt_piece(clothed, plan, outfit), *seat]
    turned = [replace(piece, vertices=piece.vertices @ around.T) for piece in pieces]
    heights = worn.vertices[:, 2] + outfit.cut.sole
    return _Staged(clothed @ around.T, joints @ around.T, turned, plan, heights)


def _light(dice: Dice) -> Light:
    aside, up = dice.uniform(-1.1, 1.1), dice.uniform(0.5, 1.2)
    toward = np.array(
        [np.sin(aside) * np.cos(up), -np.cos(aside) * np.cos(up), np.sin(up)], np.float32
    )
    lamp = float(dice.uniform(0.3, 0.6))
    warm = dice.normal(0, 0.025)
    gains = np.array([1 + warm, 1.0, 1 - warm], np.float32) * np.float32(dice.uniform(0.92, 1.06))
    return Light(toward=toward, lamp=lamp, everywhere=1.02 - 0.75 * lamp, warmth=gains)


def _frame(dice: Dice, staged: _Staged, size: tuple[int, int]) -> Camera:
    """Stand back so that the person fills the frame as photos do, or come nearer to the legs."""
    width, height = size
    plain = Camera(
        distance=float(dice.uniform(2.8, 5.5)),
        height=float(dice.uniform(0.7, 1.6)),
        focal=1.0,
        centre=(0.0, 0.0),
    )
    seen = plain.project(
        np.concatenate([staged.body, *(piece.vertices for piece in staged.pieces)])
    )
    low, high = seen[:, :2].min(axis=0), seen[:, :2].max(axis=0)
    tall = 0.55 + 0.4 * dice.beta(1.8, 1.2)
    focal = min(tall * height / (high[1] - low[1]), 0.94 * width / (high[0] - low[0]))
    room_x, room_y = width - focal * (high[0] - low[0]), height - focal * (high[1] - low[1])
    left = room_x * dice.beta(3, 3)
    above = room_y * dice.beta(3, 2.2)
    below = max(room_y - above, 0.02 * height)
    if dice.random() < ZOOMED:
        legs = seen[: len(staged.body)][staged.plan.field("down") > 0.3]
        across = legs[:, 0].max() - legs[:, 0].min()
        focal = min(focal * dice.uniform(1.2, 2.0), 0.9 * width / across)
        middle = (legs[:, 0].max() + legs[:, 0].min()) / 2
        left = width / 2 + focal * (low[0] - middle)
        below = height * dice.uniform(0.02, 0.08)
    return replace(
        plain,
        focal=float(focal),
        centre=(float(left - focal * low[0]), float(height - below - focal * high[1])),
    )


def _render(
    staged: _Staged,
    outfit: Outfit,
    place: Place,
    camera: Camera,
    light: Light,
    size: tuple[int, int],
) -> tuple[Floats, Bytes, Hits]:
    width, height = size[0] * FINER, size[1] * FINER
    fine = replace(
        camera,
        focal=camera.focal * FINER,
        centre=(camera.centre[0] * FINER, camera.centre[1] * FINER),
    )
    parts = [
        (staged.body, staged.plan.faces),
        *((piece.vertices, piece.faces) for piece in staged.pieces),
    ]
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in parts)])
    vertices = np.concatenate([vertices for vertices, _ in parts]).astype(np.float32)
    faces = np.concatenate(
        [faces + start for (_, faces), start in zip(parts, starts, strict=False)]
    ).astype(np.int32)
    hits = rasterise(fine.project(vertices), faces, width=width, height=height)
    shadow = cast_shadow(vertices, light)
    picture = paint_backdrop(place, fine, light, shadow, width=width, height=height)
    labels = np.zeros((height, width), np.uint8)
    covered = hits.face >= 0
    normals = np.concatenate([vertex_normals(v.astype(np.float32), f) for v, f in parts])
    normal = hits.blend(normals, faces, covered)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-6
    colours, names = _surfaces(staged, outfit, hits, faces, covered, starts)
    picture[covered] = light.shade(colours, normal)
    labels[covered] = names
    small = (picture[::2, ::2] + picture[1::2, ::2] + picture[::2, 1::2] + picture[1::2, 1::2]) / 4
    return small, _commonest(labels), hits


def _surfaces(
    staged: _Staged,
    outfit: Outfit,
    hits: Hits,
    faces: NDArray[np.int32],
    covered: NDArray[np.bool_],
    starts: NDArray[np.int64],
) -> tuple[Floats, Bytes]:
    """Colour and label of every covered pixel, before lighting."""
    plan = staged.plan
    face = hits.face[covered]
    count = len(staged.body)
    extra = sum(len(piece.vertices) for piece in staged.pieces)
    values = np.zeros((count + extra, 7), np.float32)
    values[:count, :6], values[:count, 6] = plan.fields, staged.rest_height
    for piece, start in zip(staged.pieces, starts[1:], strict=False):
        values[start : start + len(piece.vertices), :2] = piece.grain
    blended = hits.blend(values, faces, covered)
    names = np.zeros(len(face), np.uint8)
    colours = np.zeros((len(face), 3), np.float32)
    mine = face < len(plan.faces)
    names[mine] = body_labels(blended[mine, :6], blended[mine, 6], outfit, plan)
    colours[mine] = body_colours(
        blended[mine, :6], names[mine], plan.eyes[face[mine]], outfit, plan
    )
    start = len(plan.faces)
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


NEAR_SURFACE = 0.15  # metres from a joint to the skin in front of it, at most: the hip's depth


def _see_joints(joints: Floats, camera: Camera, hits: Hits, size: tuple[int, int]) -> Floats:
    points = camera.project(joints)
    x, y, depth = points.T
    inside = (x >= 0) & (y >= 0) & (x < size[0]) & (y < size[1])
    column = np.clip((x * FINER).astype(int), 0, size[0] * FINER - 1)
    row = np.clip((y * FINER).astype(int), 0, size[1] * FINER - 1)
    nearest = 1 / np.maximum(hits.nearness[row, column], 1e-3)
    seen = 1 + (nearest > depth - NEAR_SURFACE)
    return np.stack([x, y, np.where(inside, seen, 0)], axis=1).astype(np.float32)


def _develop(dice: Dice, picture: Floats, light: Light) -> Bytes:
    """White balance, contrast and a little sensor noise."""
    contrast = dice.uniform(0.94, 1.08)
    exposed = (picture * light.warmth - 0.5) * contrast + 0.5
    grain = dice.normal(0, dice.uniform(0.0, 0.012), picture.shape)
    return np.clip(exposed * 255 + grain * 255 + 0.5, 0, 255).astype(np.uint8)
