"""The captioner: a small BLIP that says what a crop shows, in the painter's own words."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from transformers import (
    BertTokenizer,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessor,
    BlipProcessor,
    BlipTextConfig,
    BlipVisionConfig,
)

from pipeline.bundle.captions import Clause, caption, shown_clauses
from pipeline.bundle.shards import Shard, read_shards
from pipeline.errors import ModelError
from pipeline.skeleton import Joint

Dice = np.random.Generator

SIDE, PATCH = 96, 12  # pixels; the photo is squeezed into a square, as BLIP does
WIDTH, LAYERS = 128, {"vision": 4, "text": 2}
LONGEST = 64
BATCH, RATE = 16, 1e-3
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[DEC]", "[ENC]")
_PAD, _END, _BEGIN = 0, 3, 5
_WORD = re.compile(r"[a-z]+|[,-]")


def build_processor(words: Sequence[str]) -> Any:
    """Return BLIP's processor with a vocabulary of these words."""
    vocabulary = {word: number for number, word in enumerate((*_SPECIAL, *words))}
    tokenizer = BertTokenizer(vocab=vocabulary)
    tokenizer.add_special_tokens({"bos_token": "[DEC]", "additional_special_tokens": ["[ENC]"]})
    half = [0.5, 0.5, 0.5]
    images = BlipImageProcessor(
        size={"height": SIDE, "width": SIDE}, image_mean=half, image_std=half
    )
    return BlipProcessor(images, tokenizer)


def build_captioner(words: int) -> Any:
    """Return an untrained BLIP of 1.2 M weights for a vocabulary of that size."""
    common = {"hidden_size": WIDTH, "intermediate_size": 3 * WIDTH, "num_attention_heads": 4}
    text = BlipTextConfig(
        vocab_size=words,
        encoder_hidden_size=WIDTH,
        projection_dim=WIDTH,
        num_hidden_layers=LAYERS["text"],
        max_position_embeddings=LONGEST,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        bos_token_id=_BEGIN,
        sep_token_id=_END,
        eos_token_id=_END,
        pad_token_id=_PAD,
        **common,
    )
    vision = BlipVisionConfig(
        num_hidden_layers=LAYERS["vision"],
        image_size=SIDE,
        patch_size=PATCH,
        projection_dim=WIDTH,
        **common,
    )
    config = BlipConfig(
        text_config=text.to_dict(),
        vision_config=vision.to_dict(),
        projection_dim=WIDTH,
        image_text_hidden_size=WIDTH // 2,
    )
    return BlipForConditionalGeneration(config)


def train_captioner(
    folder: Path, *, steps: int, seed: int = 0
) -> Iterator[tuple[int, float, Any, Any]]:
    """Train on crops of a folder's scenes, yielding step, loss, network and processor.

    Raises:
        ModelError: There are no scenes.
    """
    shards = list(read_shards(folder))
    if not shards:
        raise ModelError(f"There are no scenes in {folder}. Run: python -m pipeline.bundle data")
    lines = [line for shard in shards for line in shard.captions]
    words = sorted({word for line in lines for word in _WORD.findall(line)})
    processor = build_processor(words)
    number = {word: place + len(_SPECIAL) for place, word in enumerate(words)}
    torch.manual_seed(seed)
    dice = np.random.default_rng(seed)
    model = build_captioner(len(words) + len(_SPECIAL))
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps + 1)
    for step in range(1, steps + 1):
        pictures, tokens = _batch(shards, number, dice)
        wanted = tokens.masked_fill(tokens == _PAD, -100)
        loss = model(
            pixel_values=pictures,
            input_ids=tokens,
            attention_mask=(tokens != _PAD).long(),
            labels=wanted,
        ).loss
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        yield step, loss.item(), model, processor


def _batch(shards: Sequence[Shard], number: dict[str, int], dice: Dice) -> tuple[Tensor, Tensor]:
    pictures: list[NDArray[np.float32]] = []
    rows: list[list[int]] = []
    for _ in range(BATCH):
        shard = shards[dice.integers(len(shards))]
        picture, line = crop(shard, int(dice.integers(len(shard.pictures))), dice)
        pictures.append(_squeezed(picture, dice))
        rows.append([_BEGIN, *(number[word] for word in _WORD.findall(line)), _END])
    longest = max(map(len, rows))
    tokens = torch.tensor([row + [_PAD] * (longest - len(row)) for row in rows])
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2), tokens


def crop(shard: Shard, row: int, dice: Dice) -> tuple[NDArray[np.uint8], str]:
    """Cut a scene as people cut photos, and caption what is left."""
    joints, picture = shard.joints[row], shard.pictures[row]
    hip = (joints[Joint.RIGHT_HIP, 1] + joints[Joint.LEFT_HIP, 1]) / 2
    sole = max(joints[Joint.RIGHT_ANKLE, 1], joints[Joint.LEFT_ANKLE, 1])
    cut = int(np.clip(hip + dice.uniform(-0.25, 0.8) * max(sole - hip, 20), 40, len(picture)))
    shown = shown_clauses(shard.labels[row], bottom=cut) - {Clause.HAIR}
    left, right = 0, picture.shape[1]
    if dice.random() < 0.5:
        left = max(left, int(joints[:, 0].min() - dice.uniform(4, 30)))
        right = min(right, int(joints[:, 0].max() + dice.uniform(4, 30)))
    if right - left < 24:
        left, right = 0, picture.shape[1]
    return picture[:cut, left:right], caption(shard.attributes[row], shown)


def _squeezed(picture: NDArray[np.uint8], dice: Dice) -> NDArray[np.float32]:
    square = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    light = np.asarray(square, np.float32) / 255 * dice.uniform(0.85, 1.15) + dice.normal(0, 0.03)
    return ((light - 0.5) / 0.5).astype(np.float32)


def save_captioner(model: Any, processor: Any, folder: Path) -> None:
    """Write network and processor in half precision, as transformers reads them."""
    model.half().save_pretrained(folder)
    processor.save_pretrained(folder)
