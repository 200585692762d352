"""A person on the set: dressed, posed, seated, lit, and in front of a camera."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.bundle.backdrop import Camera, Light
from pipeline.bundle.bodies import Body, BodyPlan, Floats, bodies
from pipeline.bundle.clothes import Piece, box, dressed, hair_pieces, hung_pieces
from pipeline.bundle.colours import PALETTE, jittered
from pipeline.bundle.outfits import Outfit
from pipeline.bundle.postures import Posture, pose, turn

Dice = np.random.Generator

ZOOMED = 0.12  # of the scenes come nearer to the legs


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A posed, dressed person and everything solid around, in world metres.

    Attributes:
        body: Vertices of the clothed body, (V, 3).
        faces: Its triangles; without the shoes when barefoot.
        joints: The joints of the bare body, (24, 3).
        pieces: Hair, skirt and seat.
        plan: What all bodies share.
        outfit: What is worn.
        rest_height: Height of each vertex over the floor before posing, (V).
    """

    body: Floats
    faces: NDArray[np.int32]
    joints: Floats
    pieces: list[Piece]
    plan: BodyPlan
    outfit: Outfit
    rest_height: Floats

    def moved(self, shift: Floats) -> "Staged":
        """Put them elsewhere, `shift` metres away."""
        return replace(
            self,
            body=self.body + shift,
            joints=self.joints + shift,
            pieces=[replace(piece, vertices=piece.vertices + shift) for piece in self.pieces],
        )


def draw_view(dice: Dice) -> tuple[float, str | None]:
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


def draw_seat(dice: Dice, posture: Posture) -> tuple[list[Piece], str | None]:
    """Something to sit on and the words for it; nothing for people on their feet or the floor."""
    if posture.seat is None or posture.grounded:
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


def draw_furniture(dice: Dice, distance: float) -> list[Piece]:
    """Up to three things of boxes between the person and what is `distance` metres behind."""
    if distance < 0.8:
        return []
    pieces: list[Piece] = []
    names = tuple(PALETTE)
    for _ in range(int(dice.integers(0, 4))):
        colour = jittered(dice, PALETTE[names[int(dice.integers(len(names)))]])
        wide, deep = float(dice.uniform(0.1, 0.5)), float(dice.uniform(0.1, 0.3))
        tall = float(dice.choice([dice.uniform(0.2, 0.6), dice.uniform(0.7, 1.9)]))
        x = float(dice.choice([-1, 1]) * dice.uniform(0.5, 1.6))
        y = float(dice.uniform(0.45, min(distance, 2.0) - deep))
        low, high = (x - wide, y - deep), (x + wide, y + deep)
        if dice.random() < 0.5:
            pieces.append(box((*low, 0), (*high, tall), colour))
            continue
        pieces.append(box((*low, tall - 0.05), (*high, tall), colour))  # a table
        ends = [(a, b) for a in (low[0], high[0] - 0.04) for b in (low[1], high[1] - 0.04)]
        pieces += [box((a, b, 0), (a + 0.04, b + 0.04, tall - 0.05), colour * 0.8) for a, b in ends]
    return pieces


def stage(
    person: Body, posture: Posture, outfit: Outfit, *, seat: list[Piece], yaw: float
) -> Staged:
    """Dress and pose a person, and turn them with their seat by `yaw` radians."""
    plan = bodies().plan
    around = turn("z", yaw).astype(np.float32)
    bare = pose(person, plan, posture, lift=outfit.cut.sole)
    worn = dressed(person, plan, outfit)
    clothed = pose(worn, plan, posture, lift=outfit.cut.sole)
    joints = plan.joints(bare)
    pieces = [*hair_pieces(joints, outfit), *hung_pieces(clothed, plan, outfit), *seat]
    shod = outfit.words.shoe_colour is not None
    return Staged(
        body=clothed @ around.T,
        faces=plan.faces if shod else plan.faces[: -plan.shoe_faces],
        joints=joints @ around.T,
        pieces=[replace(piece, vertices=piece.vertices @ around.T) for piece in pieces],
        plan=plan,
        outfit=outfit,
        rest_height=worn.vertices[:, 2] + outfit.cut.sole,
    )


def draw_light(dice: Dice) -> Light:
    """A lamp somewhere in front and above, and a slightly wrong white balance."""
    aside, up = dice.uniform(-1.1, 1.1), dice.uniform(0.5, 1.2)
    toward = np.array(
        [np.sin(aside) * np.cos(up), -np.cos(aside) * np.cos(up), np.sin(up)], np.float32
    )
    lamp = float(dice.uniform(0.3, 0.6))
    warm = dice.normal(0, 0.025)
    gains = np.array([1 + warm, 1.0, 1 - warm], np.float32) * np.float32(dice.uniform(0.92, 1.06))
    return Light(toward=toward, lamp=lamp, everywhere=1.02 - 0.75 * lamp, warmth=gains)


def frame(dice: Dice, staged: Staged, size: tuple[int, int]) -> Camera:
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
