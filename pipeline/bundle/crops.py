"""What the captioner learns from: crops as people make them, what they show, and where it shows."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.bundle.captions import Attributes, Clause, caption, shown_clauses
from pipeline.bundle.cases import cases
from pipeline.bundle.labels import Label
from pipeline.bundle.shards import Shard
from pipeline.skeleton import Joint

Dice = np.random.Generator
Bytes = NDArray[np.uint8]

SIDE, PATCH = 96, 8  # pixels; the photo is squeezed into a square, as BLIP does
LEAST = 28  # rows and columns that a crop keeps
LITTLE_WORDS = frozenset({"a", "an", "and", "in", "of", "on", "front", "with", ",", "-"})
WORN = (Clause.TOP, Clause.BOTTOM, Clause.SHOES)
# Which clauses a pixel gives reason for. Walls and floors have one label.
TOLD_BY: Mapping[Label, tuple[Clause, ...]] = {
    Label.BACKGROUND: (Clause.PLACE, Clause.FLOOR),
    Label.TOP: (Clause.TOP,),
    Label.TROUSERS: (Clause.BOTTOM,),
    Label.SKIRT: (Clause.BOTTOM,),
    Label.SHOE: (Clause.SHOES,),
    Label.SOLE: (Clause.SHOES,),
}
_TOKEN = re.compile(r"[a-z]+|[,-]")


def tokens_of(line: str) -> list[str]:
    """Split a caption as the captioner's tokenizer does: words, commas and hyphens."""
    return _TOKEN.findall(line)


def telling(line: str) -> frozenset[str]:
    """Return the words of a caption that tell something."""
    return frozenset(tokens_of(line)) - LITTLE_WORDS


def told_by(attributes: Attributes, clauses: Iterable[Clause]) -> frozenset[str]:
    """Return the telling words of these clauses, without those for the person."""
    return telling(caption(attributes, clauses)) - telling(caption(attributes, ()))


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a scene, as somebody might send it.

    Attributes:
        picture: RGB, (h, w, 3).
        labels: `Label` of each pixel, (h, w).
        attributes: Of the whole scene.
        shown: The clauses that the crop gives reason for; hair, which paints no legs, is left out.
    """

    picture: Bytes
    labels: Bytes
    attributes: Attributes
    shown: frozenset[Clause]

    @property
    def line(self) -> str:
        """The caption of what is left."""
        return caption(self.attributes, self.shown)


def crop(shard: Shard, row: int, dice: Dice) -> Crop:
    """Cut a scene as people cut photos: mostly between hips and knees, sometimes at the sides."""
    joints, labels = shard.joints[row], shard.labels[row]
    height, width = labels.shape
    hip = (joints[Joint.RIGHT_HIP, 1] + joints[Joint.LEFT_HIP, 1]) / 2
    sole = max(joints[Joint.RIGHT_ANKLE, 1], joints[Joint.LEFT_ANKLE, 1])
    share = dice.uniform(-0.05, 0.6) if dice.random() < 0.7 else dice.uniform(-0.3, 1.1)
    bottom = int(np.clip(hip + share * max(sole - hip, 20), LEAST, height))
    left, right = _sides(joints[joints[:, 2] > 0, 0], width, dice)
    part = np.s_[:bottom, left:right]
    shown = shown_clauses(labels[part], bottom=bottom) - {Clause.HAIR}
    return Crop(shard.pictures[row][part], labels[part], shard.attributes[row], shown)


def held_out_crops(seed: int, count: int) -> list[Crop]:
    """Draw people that no training knows, cut between hip and knee."""
    found: list[Crop] = []
    for case in cases(seed, count):
        part = np.s_[: case.canvas.photo.bottom]
        scene = case.scene
        shown = shown_clauses(scene.labels, bottom=case.canvas.photo.bottom) - {Clause.HAIR}
        found.append(Crop(scene.picture[part], scene.labels[part], scene.attributes, shown))
    return found


def _sides(across: NDArray[np.float32], width: int, dice: Dice) -> tuple[int, int]:
    if dice.random() < 0.6 or not len(across):
        return 0, width
    left = max(0, int(across.min() - dice.uniform(4, 30)))
    right = min(width, int(across.max() + dice.uniform(4, 30)))
    return (left, right) if right - left >= LEAST else (0, width)


def squeezed(picture: Bytes, dice: Dice) -> NDArray[np.float32]:
    """Make the square that the network sees, (96, 96, 3) in about [-1, 1], in another light."""
    image = Image.fromarray(picture)
    if dice.random() < 0.25:  # a soft photo
        soft = float(dice.uniform(1.2, 2.2))
        image = image.resize((round(image.width / soft), round(image.height / soft)))
    square = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32) / 255
    light = square * dice.uniform(0.9, 1.1) + dice.normal(0, 0.02)
    grain = dice.normal(0, dice.uniform(0, 0.02), square.shape)
    return ((light + grain - 0.5) / 0.5).astype(np.float32)


def labels_by_patch(one: Crop) -> NDArray[np.float32]:
    """Say which share of each patch of the squeezed crop has which `Label`, (144, labels)."""
    square = Image.fromarray(one.labels).resize((SIDE, SIDE), Image.Resampling.NEAREST)
    rows = SIDE // PATCH
    patches = np.asarray(square).reshape(rows, PATCH, rows, PATCH).swapaxes(1, 2)
    flat = patches.reshape(rows * rows, PATCH * PATCH)
    return np.stack([(flat == label).mean(1, dtype=np.float32) for label in Label], 1)


def words_by_patch(
    one: Crop, shares: NDArray[np.float32], number: Mapping[str, int], size: int
) -> NDArray[np.float32]:
    """Say which words each patch gives reason for, and how much of it: (144, size) in 0..1.

    Args:
        one: The crop.
        shares: What `labels_by_patch` gave for it.
        number: Token number of each word.
        size: Of the vocabulary.
    """
    table = np.zeros((len(TOLD_BY), size), np.float32)
    for place, clauses in enumerate(TOLD_BY.values()):
        words = told_by(one.attributes, one.shown.intersection(clauses))
        table[place, [number[word] for word in words]] = 1
    return shares[:, list(TOLD_BY)] @ table
