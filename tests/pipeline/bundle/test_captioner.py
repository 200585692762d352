from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import BlipForConditionalGeneration, BlipProcessor

from pipeline.bundle import teaching
from pipeline.bundle.captioner import (
    VOCABULARY,
    build_captioner,
    build_processor,
    new_captioner,
    say,
    words_of,
)
from pipeline.bundle.checkpoints import load_checkpoint
from pipeline.bundle.crops import held_out_crops, tokens_of
from pipeline.bundle.shards import Shard, read_shards
from pipeline.bundle.teaching import CHECKPOINT, examine, train_captioner
from pipeline.errors import ModelError


@pytest.fixture
def shards(scenes: Path, monkeypatch: pytest.MonkeyPatch) -> list[Shard]:
    """A dozen scenes, and a batch that suits them."""
    monkeypatch.setattr(teaching, "BATCH", 2)
    return list(read_shards(scenes))


def train(shards: list[Shard], work: Path, *, steps: int) -> list[float]:
    return [loss for _, loss, _ in train_captioner(shards, work, steps=steps)]


def weights(work: Path) -> dict[str, torch.Tensor]:
    stored = load_checkpoint(work / CHECKPOINT, part="captioner")
    states = {**stored["modules"], "average": stored["average"]}
    return {f"{name}.{key}": w for name, state in states.items() for key, w in state.items()}


def test_an_interrupted_training_ends_as_an_uninterrupted_one(shards: list[Shard], tmp_path: Path):
    train(shards, tmp_path / "whole", steps=3)
    with closing(train_captioner(shards, tmp_path / "parts", steps=3)) as training:
        list(islice(training, 1))
    train(shards, tmp_path / "parts", steps=3)

    whole, parts = weights(tmp_path / "whole"), weights(tmp_path / "parts")

    assert whole.keys() == parts.keys()
    assert [key for key in whole if not torch.equal(whole[key], parts[key])] == []


def test_training_lowers_the_loss(
    shards: list[Shard], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(teaching, "WARM_UP", 4)
    losses = train(shards, tmp_path, steps=24)
    assert np.mean(losses[-4:]) < 0.8 * np.mean(losses[:4])


def test_a_finished_training_takes_no_more_steps(shards: list[Shard], tmp_path: Path):
    train(shards, tmp_path, steps=1)
    assert train(shards, tmp_path, steps=1) == []


def test_what_is_saved_speaks_as_the_trained_one_does(shards: list[Shard], tmp_path: Path):
    *_, (_, _, captioner) = train_captioner(shards, tmp_path, steps=1)
    again: Any = BlipForConditionalGeneration.from_pretrained(tmp_path / "captioner")
    reader: Any = BlipProcessor.from_pretrained(tmp_path / "captioner")
    picture = Image.new("RGB", (96, 80), "red")
    pixels = reader(images=picture, return_tensors="pt")["pixel_values"]
    halves = captioner.average.half().float()
    with torch.inference_mode():
        wanted = halves.vision_model(pixel_values=pixels).last_hidden_state
        given = again.float().eval().vision_model(pixel_values=pixels).last_hidden_state
    assert torch.equal(wanted, given)
    assert len(say(captioner, [picture, picture])) == 2


def test_the_eyes_do_not_begin_closed():
    """BLIP's own configuration draws the vision tower's weights with a spread of 1e-10."""
    torch.manual_seed(0)
    blip = build_captioner().eval()
    one, other = (
        blip.vision_model(pixel_values=torch.full((1, 3, 96, 96), value)).last_hidden_state
        for value in (-0.5, 0.5)
    )
    assert (one - other).abs().mean() > 0.05


def test_words_that_more_data_brings_are_learnt_without_a_new_start(
    shards: list[Shard], tmp_path: Path
):
    train(shards, tmp_path, steps=1)
    before = load_checkpoint(tmp_path / CHECKPOINT, part="captioner")["words"]
    more = [replace(shards[0], captions=["a man in a kilt", *shards[0].captions[1:]])]
    train(more, tmp_path, steps=2)
    after = load_checkpoint(tmp_path / CHECKPOINT, part="captioner")["words"]
    assert after == [*before, "kilt"]


def test_without_a_checkpoint_training_begins_from_shipped_weights_and_their_words(
    shards: list[Shard], tmp_path: Path
):
    *_, (_, _, captioner) = train_captioner(shards, tmp_path, steps=1)
    words = words_of(tmp_path / "captioner")
    assert words == captioner.words
    again = new_captioner((*captioner.words, "kilt"), tmp_path / "captioner")
    shipped = captioner.average.state_dict()
    for one in (again.modules["blip"], again.average):
        assert all(torch.equal(w, shipped[name].half()) for name, w in one.state_dict().items())


def test_weights_of_another_size_are_not_begun_from(shards: list[Shard], tmp_path: Path):
    train(shards, tmp_path, steps=1)
    config = tmp_path / "captioner" / "config.json"
    config.write_text(config.read_text().replace('"hidden_size": 160', '"hidden_size": 128'))
    assert words_of(tmp_path / "captioner") is None
    assert words_of(tmp_path / "nowhere") is None


def test_too_many_words_are_told(shards: list[Shard], tmp_path: Path):
    letters = "abcdefghijklmnopqrstuvwxyz"
    many = " ".join(one + other for one in letters for other in letters)
    with pytest.raises(ModelError, match="no room for"):
        train([replace(shards[0], captions=[many])], tmp_path, steps=1)


def test_a_checkpoint_that_was_cut_off_is_named_with_the_way_out(
    shards: list[Shard], tmp_path: Path
):
    train(shards, tmp_path, steps=1)
    whole = (tmp_path / CHECKPOINT).read_bytes()
    (tmp_path / CHECKPOINT).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="delete it and train the captioner again"):
        train(shards, tmp_path, steps=2)


def test_the_tokenizer_splits_as_the_training_does():
    line = "a man in a short-sleeved red t-shirt, seen from behind"
    words = sorted(set(tokens_of(line)))
    tokenizer = build_processor(words).tokenizer
    assert len(tokenizer) == VOCABULARY
    assert tokenizer.tokenize(line) == tokens_of(line)


def test_an_examination_counts_the_telling_words(shards: list[Shard], tmp_path: Path):
    *_, (_, _, captioner) = train_captioner(shards, tmp_path, steps=1)
    share, text = examine(captioner, held_out_crops(5, 3))
    assert 0 <= share <= 1
    assert text.count("\n\n") == 2
