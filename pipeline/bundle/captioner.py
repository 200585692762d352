"""The captioner: a small BLIP that says what a crop shows, in the painter's own words."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import (
    BertTokenizer,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessor,
    BlipProcessor,
    BlipTextConfig,
    BlipVisionConfig,
)

from pipeline.bundle.crops import PATCH, SIDE
from pipeline.bundle.labels import Label

WIDTH, HEADS, LAYERS = 160, 5, {"vision": 4, "text": 2}
LONGEST = 64
SPREAD = 0.05  # of the eyes' first weights; BLIP's own configuration starts them at 1e-10
VOCABULARY = 256  # with room for words that more data brings
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[DEC]", "[ENC]")
PAD, END, BEGIN = 0, 3, 5


def build_processor(words: Sequence[str]) -> Any:
    """Return BLIP's processor with a vocabulary of these words, filled up with unused ones."""
    unused = [f"[unused{n}]" for n in range(VOCABULARY - len(SPECIAL) - len(words))]
    vocabulary = {word: n for n, word in enumerate((*SPECIAL, *words, *unused))}
    tokenizer = BertTokenizer(vocab=vocabulary)
    tokenizer.add_special_tokens({"bos_token": "[DEC]", "additional_special_tokens": ["[ENC]"]})
    half = [0.5, 0.5, 0.5]
    images = BlipImageProcessor(
        size={"height": SIDE, "width": SIDE}, image_mean=half, image_std=half
    )
    return BlipProcessor(images, tokenizer)


def build_captioner() -> Any:
    """Return an untrained BLIP of 1.8 M weights."""
    common = {
        "hidden_size": WIDTH,
        "intermediate_size": 3 * WIDTH,
        "num_attention_heads": HEADS,
        "projection_dim": WIDTH,
    }
    text = BlipTextConfig(
        vocab_size=VOCABULARY,
        encoder_hidden_size=WIDTH,
        num_hidden_layers=LAYERS["text"],
        max_position_embeddings=LONGEST,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        bos_token_id=BEGIN,
        sep_token_id=END,
        eos_token_id=END,
        pad_token_id=PAD,
        **common,
    )
    vision = BlipVisionConfig(
        num_hidden_layers=LAYERS["vision"],
        image_size=SIDE,
        patch_size=PATCH,
        initializer_range=SPREAD,
        **common,
    )
    config = BlipConfig(
        text_config=text.to_dict(),
        vision_config=vision.to_dict(),
        projection_dim=WIDTH,
        image_text_hidden_size=WIDTH // 2,
    )
    return BlipForConditionalGeneration(config)


@dataclass(frozen=True, slots=True)
class Captioner:
    """What is trained, with the average of its weights over the steps.

    Attributes:
        words: The vocabulary in the order of its numbers.
        modules: `blip` and the heads `patches`, `whole` and `labels`, which only teach it to see.
        average: The BLIP, averaged: this is shipped.
    """

    words: tuple[str, ...]
    modules: Mapping[str, nn.Module]
    average: Any

    @property
    def number(self) -> dict[str, int]:
        """Token number of each word."""
        return {word: n + len(SPECIAL) for n, word in enumerate(self.words)}


def new_captioner(words: Sequence[str], exported: Path | None = None) -> Captioner:
    """Start from random weights, or from exported ones that know the first of these words."""
    torch.manual_seed(0)
    blip = build_captioner()
    if exported is not None:
        shipped: Any = BlipForConditionalGeneration.from_pretrained(exported, dtype=torch.float32)
        blip.load_state_dict(shipped.state_dict())
    heads = {name: nn.Linear(WIDTH, VOCABULARY) for name in ("patches", "whole")}
    for head in heads.values():
        nn.init.constant_(head.bias, -4.0)  # few words are true of a patch
    heads["labels"] = nn.Linear(WIDTH, len(Label))
    return Captioner(tuple(words), {"blip": blip, **heads}, copy.deepcopy(blip).eval())


def words_of(folder: Path) -> tuple[str, ...] | None:
    """Return the words that exported weights know, None where there are none of this size."""
    if not (folder / "config.json").exists():
        return None
    config = BlipConfig.from_pretrained(folder)
    if (config.text_config.vocab_size, config.vision_config.hidden_size) != (VOCABULARY, WIDTH):
        return None
    numbers: dict[str, int] = BertTokenizer.from_pretrained(folder).get_vocab()
    ordered = sorted(numbers, key=numbers.__getitem__)[len(SPECIAL) :]
    return tuple(word for word in ordered if not word.startswith("[unused"))


def save_captioner(captioner: Captioner, folder: Path) -> None:
    """Write the averaged network and its processor in half precision, as BLIP is read."""
    copy.deepcopy(captioner.average).half().save_pretrained(folder)
    build_processor(captioner.words).save_pretrained(folder)


@torch.inference_mode()
def say(captioner: Captioner, pictures: Sequence[Any]) -> list[str]:
    """Caption pictures of any size with the averaged weights."""
    processor = build_processor(captioner.words)
    pixels = processor(images=list(pictures), return_tensors="pt")["pixel_values"]
    spoken = captioner.average.generate(
        pixel_values=pixels, max_new_tokens=LONGEST - 2, do_sample=False, num_beams=1
    )
    return processor.batch_decode(spoken, skip_special_tokens=True)
