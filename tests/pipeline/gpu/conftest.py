"""Small random weights in the folder layout of the real ones, loaded by the real code."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKL, ControlNetModel, PNDMScheduler, UNet2DConditionModel
from transformers import (
    BertTokenizer,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessor,
    BlipProcessor,
    BlipTextConfig,
    BlipVisionConfig,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTokenizer,
)

WIDTH = 32  # of the text features


def make_weights(folder: Path, *, channels: int = 9) -> Path:
    """Write a complete folder of weights, Stable Diffusion's layout at a hundredth of its size."""
    torch.manual_seed(1)
    blocks = {"block_out_channels": (16, 32), "layers_per_block": 1, "norm_num_groups": 8}
    attention = {"cross_attention_dim": WIDTH, "attention_head_dim": 8}
    down = ("CrossAttnDownBlock2D", "DownBlock2D")
    unet: Any = UNet2DConditionModel(
        in_channels=channels,
        out_channels=4,
        down_block_types=down,
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        **blocks,
        **attention,
    )
    control: Any = ControlNetModel(
        in_channels=4,
        down_block_types=down,
        conditioning_embedding_out_channels=(8, 8, 16, 16),
        **blocks,
        **attention,
    )
    vae: Any = AutoencoderKL(
        block_out_channels=(8, 16, 16, 16),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=8,
    )
    scheduler: Any = PNDMScheduler(  # the configuration of Stable Diffusion 1.5
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        set_alpha_to_one=False,
        skip_prk_steps=True,
        steps_offset=1,
    )
    parts = {"unet": unet, "controlnet": control, "vae": vae, "scheduler": scheduler}
    for name, part in parts.items():
        part.save_pretrained(folder / name)
    _words(folder)
    _captioner(folder / "captioner")
    return folder


def _words(folder: Path) -> None:
    letters = [chr(code) for code in range(33, 127)]
    tokens = [
        *letters,
        *(letter + "</w>" for letter in letters),
        "<|startoftext|>",
        "<|endoftext|>",
    ]
    tokenizer: Any = CLIPTokenizer(
        vocab={token: number for number, token in enumerate(tokens)}, merges=[], model_max_length=77
    )
    tokenizer.save_pretrained(folder / "tokenizer")
    encoder: Any = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokens),
            hidden_size=WIDTH,
            intermediate_size=WIDTH,
            num_hidden_layers=1,
            num_attention_heads=2,
        )
    )
    encoder.save_pretrained(folder / "text_encoder")


def _captioner(folder: Path) -> None:
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[DEC]", "[ENC]"]
    words += ["a", "man", "woman", "in", "red", "blue", "portrait", "of"]
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1}
    config: Any = BlipConfig(
        text_config=BlipTextConfig(
            vocab_size=len(words),
            num_attention_heads=2,
            encoder_hidden_size=16,
            bos_token_id=5,
            sep_token_id=3,
            pad_token_id=0,
            **small,
        ).to_dict(),
        vision_config=BlipVisionConfig(
            image_size=32, patch_size=8, num_attention_heads=2, **small
        ).to_dict(),
    )
    model: Any = BlipForConditionalGeneration(config)
    model.save_pretrained(folder)
    tokenizer: Any = BertTokenizer(vocab={word: number for number, word in enumerate(words)})
    processor: Any = BlipProcessor(BlipImageProcessor(size={"height": 32, "width": 32}), tokenizer)
    processor.save_pretrained(folder)


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out like sd15, with small windows so that tests are quick."""
    folder = make_weights(tmp_path_factory.mktemp("weights"))
    described = {
        "name": "small",
        "largest": [128, 192],
        "multiple": 16,
        "person_height": 170,
        "overlap": 32,
        "stick": 2.0,
        "feet": False,
        "steps": 3,
        "guidance": 3.0,
    }
    (folder / "toeframe.json").write_text(json.dumps(described))
    return folder


def damaged(folder: Path, part: str) -> None:
    """Cut off the end of a part's weights."""
    for file in (folder / part).iterdir():
        if re.search(r"\.(safetensors|bin)$", file.name):
            file.write_bytes(file.read_bytes()[:100])
