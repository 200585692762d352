"""Exact work of Stable Diffusion 1.5's networks at any shape, without weights or computing.

The networks are built in their real configurations on PyTorch's meta device, where tensors have
shapes only, and run once per shape under PyTorch's own counter of floating point operations.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from pipeline.geometry import Size

STRIDE = 8  # the VAE halves each side three times
TOKENS = 77
FEATURES = 768  # of one token
CONTROL = 3  # channels of a pose map
META = torch.device("meta")


class Part(StrEnum):
    """The networks that a picture's cost comes from."""

    UNET = "unet"
    CONTROLNET = "controlnet"
    ENCODER = "vae_encoder"
    DECODER = "vae_decoder"
    TEXT = "text_encoder"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a network.

    Attributes:
        part: Which one.
        size: Of what it works on, in pixels; for the text encoder, tokens by 1.
        batch: How many samples at once.
    """

    part: Part
    size: Size
    batch: int = 1

    @property
    def gflops(self) -> float:
        """What it costs at Stable Diffusion 1.5's size."""
        return self.batch * sample_gflops(self.part, self.size)


@lru_cache(maxsize=512)
def sample_gflops(part: Part, size: Size) -> float:
    """Count what one sample costs at Stable Diffusion 1.5's size; a multiply-add is two FLOPs.

    Args:
        part: Which network.
        size: In pixels, multiples of 64 for the UNet and ControlNet, of 8 for the VAE.
    """
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        _RUNS[part](size)
    return counter.get_total_flops() / 1e9


def _run_unet(size: Size) -> None:
    _unet()(_empty(9, size, STRIDE), _time(), _words(), return_dict=False)


def _run_controlnet(size: Size) -> None:
    pose = _empty(CONTROL, size, 1)
    _controlnet()(_empty(4, size, STRIDE), _time(), _words(), pose, return_dict=False)


def _run_encoder(size: Size) -> None:
    vae = _vae()
    vae.quant_conv(vae.encoder(_empty(3, size, 1)))


def _run_decoder(size: Size) -> None:
    vae = _vae()
    vae.decoder(vae.post_quant_conv(_empty(4, size, STRIDE)))


def _run_text(size: Size) -> None:
    _text_encoder()(torch.empty(1, size.width, dtype=torch.long, device=META))


_RUNS: dict[Part, Callable[[Size], None]] = {
    Part.UNET: _run_unet,
    Part.CONTROLNET: _run_controlnet,
    Part.ENCODER: _run_encoder,
    Part.DECODER: _run_decoder,
    Part.TEXT: _run_text,
}


def _empty(channels: int, size: Size, stride: int) -> Tensor:
    return torch.empty(1, channels, size.height // stride, size.width // stride, device=META)


def _time() -> Tensor:
    return torch.empty((), device=META)


def _words() -> Tensor:
    return torch.empty(1, TOKENS, FEATURES, device=META)


@lru_cache(maxsize=1)
def _unet() -> Any:
    from diffusers import UNet2DConditionModel

    with META:
        return UNet2DConditionModel(
            in_channels=9, out_channels=4, cross_attention_dim=FEATURES, attention_head_dim=8
        )


@lru_cache(maxsize=1)
def _controlnet() -> Any:
    from diffusers import ControlNetModel

    with META:
        return ControlNetModel(in_channels=4, cross_attention_dim=FEATURES, attention_head_dim=8)


@lru_cache(maxsize=1)
def _vae() -> Any:
    from diffusers import AutoencoderKL

    kind: Any = AutoencoderKL  # its types say that there is one block
    with META:
        return kind(
            block_out_channels=(128, 256, 512, 512),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
            latent_channels=4,
        )


@lru_cache(maxsize=1)
def _text_encoder() -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel

    config = CLIPTextConfig(
        hidden_size=FEATURES,
        intermediate_size=4 * FEATURES,
        num_hidden_layers=12,
        num_attention_heads=12,
    )
    with META:
        return CLIPTextModel(config)
