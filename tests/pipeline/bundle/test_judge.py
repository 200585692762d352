from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.bundle.judge import (
    FILE,
    Judge,
    classes_of,
    load_judge,
    save_judge,
    segment,
    train_judge,
)
from pipeline.bundle.labels import Label
from pipeline.bundle.shards import read_shards
from pipeline.errors import ModelError


def test_labels_become_background_legs_and_shoes():
    labels = np.array([[Label.BACKGROUND, Label.TOP, Label.TROUSERS], [9, 8, Label.SOLE]], np.uint8)
    assert classes_of(labels).tolist() == [[0, 0, 1], [0, 1, 2]]


def test_training_teaches_it_to_tell_legs_from_the_rest(scenes: Path):
    shard = next(read_shards(scenes))
    pictures, labels = shard.pictures[:, ::2, ::2], shard.labels[:, ::2, ::2]
    steps = list(train_judge(pictures, labels, steps=40))
    first, last = (np.mean([loss for _, loss, _ in part]) for part in (steps[:5], steps[-5:]))
    assert last < 0.7 * first
    assert steps[-1][0] == 40


def test_training_it_twice_gives_the_same_judge(scenes: Path):
    shard = next(read_shards(scenes))
    ends = [list(train_judge(shard.pictures, shard.labels, steps=2))[-1] for _ in range(2)]
    assert ends[0][1] == ends[1][1]


def test_a_stored_judge_says_the_same(tmp_path: Path):
    torch.manual_seed(0)
    judge = Judge()
    pictures = np.random.default_rng(0).integers(0, 256, (2, 24, 16, 3), dtype=np.uint8)
    save_judge(judge, tmp_path / "judge")
    again = segment(load_judge(tmp_path / "judge"), pictures)
    assert again.shape == (2, 24, 16)
    assert (again == segment(judge, pictures)).mean() > 0.99  # stored in half precision


@pytest.mark.parametrize("content", [None, b"", b"no weights"])
def test_a_missing_or_damaged_judge_is_told_with_the_way_out(tmp_path: Path, content: bytes | None):
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    with pytest.raises(ModelError, match=r"python -m pipeline\.bundle judge"):
        load_judge(tmp_path)
