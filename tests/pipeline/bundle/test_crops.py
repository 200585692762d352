from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.bundle.captions import Attributes, Clause
from pipeline.bundle.crops import (
    LEAST,
    PATCH,
    SIDE,
    Crop,
    crop,
    held_out_crops,
    labels_by_patch,
    squeezed,
    telling,
    tokens_of,
    words_by_patch,
)
from pipeline.bundle.labels import Label
from pipeline.bundle.outfits import Words
from pipeline.bundle.shards import Shard, read_shards
from pipeline.skeleton import Joint

ROWS = SIDE // PATCH
WORDS = Words(
    sex="man",
    hair="short",
    hair_colour="black",
    top="t-shirt",
    top_colour="red",
    sleeves="short",
    striped=False,
    bottom="shorts",
    bottom_colour="blue",
    shoes="sneakers",
    shoe_colour="white",
)
ATTRIBUTES = Attributes(
    words=WORDS, posture="standing", view=None, place="a wall", floor="a street"
)
NUMBER = {word: n for n, word in enumerate(("red", "t", "shirt", "blue", "shorts", "wall"))}


@pytest.fixture
def shard(scenes: Path) -> Shard:
    return next(read_shards(scenes))


def halved() -> Crop:
    """A red shirt above blue shorts, and nothing else."""
    labels = np.full((SIDE, SIDE), Label.TOP, np.uint8)
    labels[SIDE // 2 :] = Label.TROUSERS
    shown = frozenset({Clause.TOP, Clause.BOTTOM})
    return Crop(np.zeros((SIDE, SIDE, 3), np.uint8), labels, ATTRIBUTES, shown)


def told_by_patch(one: Crop) -> NDArray[np.float32]:
    return words_by_patch(one, labels_by_patch(one), NUMBER, len(NUMBER))


def test_a_crop_is_captioned_with_what_it_shows_only(shard: Shard):
    dice = np.random.default_rng(0)
    for row in range(len(shard.captions)):
        for _ in range(10):
            one = crop(shard, row, dice)
            worn = one.attributes.words.shoes
            if not np.isin(one.labels, (Label.SHOE, Label.SOLE)).any() and worn != "barefoot":
                assert worn not in tokens_of(one.line)
            assert "hair" not in one.line


def test_crops_end_anywhere_from_above_the_hips_to_below_the_ankles(shard: Shard):
    dice = np.random.default_rng(1)
    sizes = [crop(shard, 0, dice).labels.shape for _ in range(400)]
    heights, widths = (np.array(side) for side in zip(*sizes, strict=True))
    places = shard.joints[0][:, 1]
    assert LEAST <= heights.min() < places[[Joint.RIGHT_HIP, Joint.LEFT_HIP]].min()
    assert heights.max() > places[[Joint.RIGHT_ANKLE, Joint.LEFT_ANKLE]].max()
    assert widths.min() >= LEAST
    assert 0.5 < (widths == 96).mean() < 1


def test_a_crop_keeps_labels_and_picture_together(shard: Shard):
    one = crop(shard, 3, np.random.default_rng(2))
    assert one.picture.shape == (*one.labels.shape, 3)


def test_telling_words_are_those_that_paint():
    line = "a man in a red t-shirt and blue jeans, in front of a wall"
    assert telling(line) == {"man", "red", "t", "shirt", "blue", "jeans", "wall"}


def test_each_patch_is_asked_for_the_words_of_what_it_shows():
    told = told_by_patch(halved()).reshape(ROWS, ROWS, -1)
    upper, lower = told[: ROWS // 2], told[ROWS // 2 :]
    assert {tuple(row) for row in upper.reshape(-1, 6)} == {(1, 1, 1, 0, 0, 0)}
    assert {tuple(row) for row in lower.reshape(-1, 6)} == {(0, 0, 0, 1, 1, 0)}


def test_each_patch_is_asked_for_the_labels_of_its_pixels():
    shares = labels_by_patch(halved())
    assert shares.shape == (ROWS * ROWS, len(Label))
    assert shares[0].tolist() == [float(label == Label.TOP) for label in Label]
    assert shares[-1].tolist() == [float(label == Label.TROUSERS) for label in Label]


def test_a_patch_on_a_border_is_asked_for_both_by_their_share():
    one = halved()
    one.labels[:, :2] = Label.BACKGROUND
    shown = Crop(one.picture, one.labels, ATTRIBUTES, one.shown | {Clause.PLACE})
    told = told_by_patch(shown)
    assert told[0].tolist() == [0.75, 0.75, 0.75, 0, 0, 0.25]


def test_the_square_is_in_the_networks_range_whatever_the_crop(shard: Shard):
    square = squeezed(shard.pictures[0][:40, 10:70], np.random.default_rng(0))
    assert square.shape == (SIDE, SIDE, 3)
    assert square.dtype == np.float32
    assert abs(square).max() < 1.6


def test_held_out_crops_are_the_same_every_time():
    first, again = held_out_crops(5, 2), held_out_crops(5, 2)
    assert [one.line for one in first] == [one.line for one in again]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(first, again, strict=True))
