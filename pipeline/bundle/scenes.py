"""Rendered people: a picture, its label map, its joints and its caption, by (seed, index)."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pipeline.bundle.backdrop import Light
from pipeline.bundle.bodies import Floats, bodies
from pipeline.bundle.cameras import LEVEL, View, draw_any_view
from pipeline.bundle.captions import Attributes, caption
from pipeline.bundle.lower import draw_any_posture
from pipeline.bundle.outfits import draw_any_outfit, draw_outfit
from pipeline.bundle.phones import as_phones_save
from pipeline.bundle.places import draw_place
from pipeline.bundle.postures import Posture
from pipeline.bundle.render import render
from pipeline.bundle.staging import (
    Staged,
    draw_furniture,
    draw_light,
    draw_seat,
    draw_view,
    frame,
    stage,
)
from pipeline.bundle.stances import draw_posture
from pipeline.skeleton import LEGS, Joint, Keypoint, Skeleton

Dice = np.random.Generator
Bytes = NDArray[np.uint8]

ACCOMPANIED = 0.15  # of the broad scenes show somebody else as well
_FOLDING = ("standing with one leg bent", "squatting")
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
        others: The joints of everybody else in the picture, (P, 24, 3).
    """

    picture: Bytes
    labels: Bytes
    joints: Floats
    attributes: Attributes
    caption: str
    others: Floats = field(default_factory=lambda: np.zeros((0, len(Joint), 3), np.float32))


class Cut(StrEnum):
    """Where people crop: the row is between or at these joints."""

    WAIST = "waist"
    HIP = "hip"
    THIGH = "thigh"
    KNEE = "knee"
    SHIN = "shin"
    ANKLE = "ankle"


def draw_scene(
    seed: int,
    index: int,
    *,
    size: tuple[int, int] = NATIVE,
    held_out: bool = False,
    broad: bool = False,
) -> Scene:
    """Render scene `index` of the series `seed`; the same numbers always give the same scene.

    Args:
        seed: The series.
        index: The scene in it.
        size: Width and height in pixels; any.
        held_out: Take bodies and backgrounds that no other scene has.
        broad: Everything that people send: see `broad_scene`.
    """
    if broad:
        return broad_scene(seed, index, size=size, held_out=held_out)
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
    camera = View(frame(dice, staged, size), LEVEL)
    rendered = render([staged], place, camera, light, size=size)
    attributes = Attributes(
        words=outfit.words,
        posture=sitting or posture.words,
        view=view,
        place=place.words[0],
        floor=place.words[1],
    )
    picture = _develop(dice, rendered.picture, light)
    return Scene(picture, rendered.labels, rendered.joints[0], attributes, caption(attributes))


def broad_scene(
    seed: int, index: int, *, size: tuple[int, int] = NATIVE, held_out: bool = False
) -> Scene:
    """Render what people really send.

    People lie, kneel and sit on the floor too, wear dresses, coats and patterns, stand beside
    somebody, among furniture, and are photographed by phones, from near and far, down to one foot.
    """
    dice = np.random.default_rng((seed, index, 1))
    cast = _Cast(dice, held_out)
    staged, attributes = cast.leading()
    people = [staged]
    if dice.random() < ACCOMPANIED:
        companion, words = cast.beside(staged)
        people.append(companion)
        attributes = replace(attributes, companion=words)
    staged.pieces.extend(draw_furniture(dice, cast.place.distance))
    light = replace(draw_light(dice), softness=float(dice.uniform(1.0, 4.5)))
    view = draw_any_view(dice, staged, size)
    rendered = render(people, cast.place, view, light, size=size)
    picture = as_phones_save(dice, _develop(dice, rendered.picture, light))
    first, others = rendered.joints[0], rendered.joints[1:]
    return Scene(picture, rendered.labels, first, attributes, caption(attributes), others)


class _Cast:
    """Who is in a broad scene, and where."""

    def __init__(self, dice: Dice, held_out: bool) -> None:
        self._dice = dice
        self._held_out = held_out
        self.place = draw_place(dice, held_out=held_out)

    def leading(self) -> tuple[Staged, Attributes]:
        """Stage the person the picture is of."""
        dice = self._dice
        person = bodies().draw(dice, held_out=self._held_out)
        posture = draw_any_posture(dice)
        outfit = draw_any_outfit(dice, female=person.female, seated=_folds(posture))
        yaw, view = draw_view(dice)
        if posture.words == "lying":  # mostly across the picture
            yaw = float(dice.choice([-1, 1])) * float(dice.uniform(0.9, 2.2))
            view = None
        seat, sitting = draw_seat(dice, posture)
        staged = stage(person, posture, outfit, seat=seat, yaw=yaw)
        attributes = Attributes(
            words=outfit.words,
            posture=sitting or posture.words,
            view=view,
            place=self.place.words[0],
            floor=self.place.words[1],
        )
        return staged, attributes

    def beside(self, other: Staged) -> tuple[Staged, str]:
        """Stage somebody on their feet, beside or half behind the leading person."""
        dice = self._dice
        person = bodies().draw(dice, held_out=self._held_out)
        posture = draw_posture(dice)
        while posture.seat is not None:
            posture = draw_posture(dice)
        outfit = draw_any_outfit(dice, female=person.female, seated=_folds(posture))
        yaw, _ = draw_view(dice)
        staged = stage(person, posture, outfit, seat=[], yaw=yaw)
        side = float(dice.choice([-1, 1]))
        edge = other.body[:, 0].max() if side > 0 else -other.body[:, 0].min()
        aside = side * (float(edge) + float(dice.uniform(0.15, 0.5)))
        shift = np.array([aside, dice.uniform(-0.1, 0.5), 0], np.float32)
        words = outfit.words
        said = f"a {words.sex} in {words.bottom_colour} {words.bottom}"
        if words.skirted:
            said = f"a {words.sex} in a {words.bottom_colour} {words.bottom}"
        return staged.moved(shift), said


def _folds(posture: Posture) -> bool:
    """Whether a skirt would have to fold."""
    return posture.seat is not None or posture.words in _FOLDING


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
