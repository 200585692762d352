"""Held-out people, cropped as people crop: what the judge is shown."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.bundle.judge import classes_of
from pipeline.bundle.scenes import NATIVE, Cut, Scene, crop_of, draw_scene, skeleton_of
from pipeline.canvas import Canvas
from pipeline.geometry import Box, Size
from pipeline.skeleton import Joint, Skeleton

CUTS = (Cut.HIP, Cut.THIGH, Cut.KNEE, Cut.SHIN, Cut.ANKLE)
LEAST_LEG = 40  # pixels of leg below the cut; a scene with fewer shows nothing to judge
TALLER = 4  # the plan is judged on the same scenes, drawn as large as photos for the detector are
HEAD = (Joint.NOSE, Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER)  # without these no person is found


@dataclass(frozen=True, slots=True)
class Case:
    """One held-out person, cropped.

    Attributes:
        scene: The truth.
        canvas: Where the crop lies in the frame.
        skeleton: The true joints, canvas pixels.
        seed: Of the scenes.
        index: The scene's number.
        broad: Whether it is of the scenes that show whatever people send.
    """

    scene: Scene
    canvas: Canvas
    skeleton: Skeleton
    seed: int
    index: int
    broad: bool = False

    @property
    def others(self) -> tuple[Skeleton, ...]:
        """Everybody else in the picture, as they are."""
        return tuple(map(skeleton_of, self.scene.others))

    @property
    def photo(self) -> Image.Image:
        return Image.fromarray(self.scene.picture).crop(self.canvas.photo.edges)

    def drawn_larger(self, times: int) -> "Case":
        """Draw the same person so many times as large, in a canvas so many times as large."""
        width, height = times * NATIVE[0], times * NATIVE[1]
        scene = draw_scene(
            self.seed, self.index, size=(width, height), held_out=True, broad=self.broad
        )
        canvas = Canvas(Size(width, height), Box(0, 0, width, times * self.canvas.photo.bottom))
        skeleton = self.skeleton.mapped(scale=times)
        return Case(scene, canvas, skeleton, self.seed, self.index, self.broad)

    @property
    def truth(self) -> NDArray[np.int64]:
        return classes_of(self.scene.labels)


@dataclass(frozen=True, slots=True)
class PlanCase:
    """The same person in a photo of usual size that ends anywhere from the hips to the shins.

    Attributes:
        scene: The truth, drawn large.
        bottom: The row at which the photo ends.
    """

    scene: Scene
    bottom: int

    @property
    def photo(self) -> Image.Image:
        return Image.fromarray(self.scene.picture[: self.bottom])

    @property
    def joints(self) -> NDArray[np.float32]:
        """The true joints, also beyond the photo: x and y, (24, 2)."""
        return self.scene.joints[:, :2]


def cases(seed: int, count: int, *, broad: bool = False) -> Iterator[Case]:
    """Draw held-out people cut between hip and ankle, whose head shows and whose legs would."""
    index = found = 0
    while found < count:
        case = _case(seed, index, broad=broad)
        index += 1
        if case is not None:
            found += 1
            yield case


def _case(seed: int, index: int, *, broad: bool) -> Case | None:
    scene = draw_scene(seed, index, held_out=True, broad=broad)
    cut = crop_of(scene, CUTS[index % len(CUTS)])
    width, height = NATIVE
    skeleton = skeleton_of(scene.joints)
    if not 24 <= cut <= height - 8 or any(joint not in skeleton for joint in HEAD):
        return None
    if (classes_of(scene.labels)[cut:] > 0).sum() < LEAST_LEG:
        return None
    canvas = Canvas(Size(width, height), Box(0, 0, width, cut))
    return Case(scene, canvas, skeleton, seed, index, broad)


def plan_case(case: Case) -> PlanCase:
    """Draw a case large, and cut it anywhere from the hips to the shins."""
    width, height = NATIVE
    size = (TALLER * width, TALLER * height)
    scene = draw_scene(case.seed, case.index, size=size, held_out=True, broad=case.broad)
    dice = np.random.default_rng((case.seed, case.index, 5))
    low = crop_of(scene, Cut.HIP)
    return PlanCase(scene, int(dice.integers(low, max(low, crop_of(scene, Cut.SHIN)) + 1)))
