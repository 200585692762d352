"""Rendered people: a picture, its label map, its joints and its caption, by (seed, index)."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pipeline.bundle.backdrop import Light
from pipeline.bundle.bodies import Floats, bodies
from pipeline.bundle.captions import Attributes, caption
from pipeline.bundle.outfits import draw_outfit
from pipeline.bundle.places import draw_place
from pipeline.bundle.render import render
from pipeline.bundle.staging import draw_light, draw_seat, draw_view, frame, stage
from pipeline.bundle.stances import draw_posture
from pipeline.skeleton import LEGS, Joint, Keypoint, Skeleton

Dice = np.random.Generator
Bytes = NDArray[np.uint8]

NATIVE = (96, 144)  # width, height that the models are trained at


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
    yaw, view = draw_view(dice)
    seat, sitting = draw_seat(dice, posture)
    staged = stage(person, posture, outfit, seat=seat, yaw=yaw)
    light = draw_light(dice)
    camera = frame(dice, staged, size)
    rendered = render(staged, place, camera, light, size=size)
    attributes = Attributes(
        words=outfit.words,
        posture=sitting or posture.words,
        view=view,
        place=place.words[0],
        floor=place.words[1],
    )
    picture = _develop(dice, rendered.picture, light)
    return Scene(picture, rendered.labels, rendered.joints, attributes, caption(attributes))


def skeleton_of(joints: Floats) -> Skeleton:
    """Turn a scene's joints, (24, 3), into a skeleton of those that lie in the frame."""
    return Skeleton(
        {
            joint: Keypoint(float(x), float(y))
            for joint, (x, y, seen) in zip(Joint, joints, strict=True)
            if seen > 0
        }
    )


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


def _develop(dice: Dice, picture: Floats, light: Light) -> Bytes:
    """White balance, contrast and a little sensor noise."""
    contrast = dice.uniform(0.94, 1.08)
    exposed = (picture * light.warmth - 0.5) * contrast + 0.5
    grain = dice.normal(0, dice.uniform(0.0, 0.012), picture.shape)
    return np.clip(exposed * 255 + grain * 255 + 0.5, 0, 255).astype(np.uint8)
