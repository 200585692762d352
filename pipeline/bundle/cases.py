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
from pipeline.skeleton import Skeleton

CUTS = (Cut.HIP, Cut.THIGH, Cut.KNEE)
LEAST_LEG = 60  # pixels of leg below the cut; a scene with fewer shows nothing to judge


@dataclass(frozen=True, slots=True)
class Case:
    """One held-out person, cropped.

    Attributes:
        scene: The truth.
        canvas: Where the crop lies in the frame.
        skeleton: The true joints, canvas pixels.
    """

    scene: Scene
    canvas: Canvas
    skeleton: Skeleton

    @property
    def photo(self) -> Image.Image:
        return Image.fromarray(self.scene.picture).crop(self.canvas.photo.edges)

    @property
    def truth(self) -> NDArray[np.int64]:
        return classes_of(self.scene.labels)


def cases(seed: int, count: int) -> Iterator[Case]:
    """Draw held-out people who are cut between hip and knee, with legs to judge below the cut."""
    index = found = 0
    while found < count:
        scene = draw_scene(seed, index, held_out=True)
        cut = crop_of(scene, CUTS[index % len(CUTS)])
        index += 1
        if not 24 <= cut <= NATIVE[1] - 16:
            continue
        if (classes_of(scene.labels)[cut:] > 0).sum() < LEAST_LEG:
            continue
        found += 1
        width, height = NATIVE
        yield Case(
            scene, Canvas(Size(width, height), Box(0, 0, width, cut)), skeleton_of(scene.joints)
        )
