from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import BlipForConditionalGeneration, BlipProcessor

from pipeline.bundle.captioner import crop, save_captioner, train_captioner
from pipeline.bundle.labels import Label
from pipeline.bundle.shards import read_shards
from pipeline.errors import ModelError


def test_a_crop_is_captioned_with_what_it_shows_only(scenes: Path):
    shard = next(read_shards(scenes))
    dice = np.random.default_rng(0)
    for row in range(len(shard.captions)):
        for _ in range(10):
            picture, line = crop(shard, row, dice)
            shown = shard.labels[row][: len(picture)]
            worn = shard.attributes[row].words.shoes
            if not np.isin(shown, (Label.SHOE, Label.SOLE)).any() and worn != "barefoot":
                assert worn not in line
            assert "hair" not in line


def test_training_lowers_the_loss_and_what_is_saved_speaks(scenes: Path, tmp_path: Path):
    steps = list(train_captioner(scenes, steps=12))
    losses = [loss for _, loss, _, _ in steps]
    assert np.mean(losses[-3:]) < np.mean(losses[:3])
    _, _, model, processor = steps[-1]
    save_captioner(model, processor, tmp_path)
    again: Any = BlipForConditionalGeneration.from_pretrained(tmp_path)
    reader: Any = BlipProcessor.from_pretrained(tmp_path)
    again = again.float().eval()
    pixels = reader(images=Image.new("RGB", (96, 80)), return_tensors="pt")["pixel_values"]
    with torch.inference_mode():
        tokens = again.generate(pixel_values=pixels, max_new_tokens=8)
    assert tokens.shape[1] >= 2


def test_no_scenes_are_told(tmp_path: Path):
    with pytest.raises(ModelError, match="There are no scenes"):
        next(train_captioner(tmp_path, steps=1))
