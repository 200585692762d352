"""Networks with random weights in Stable Diffusion 1.5's layout, built from their configurations.

Both sides of a comparison get the same objects. `TINY` is for counting: one latent position stands
for 8 x 8 pixels as in the real ones, so shapes are the real ones', and runs take seconds. `HALF`
has half the widths and so a quarter of the work: for timing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from pipeline.gpu.models import Models
from pipeline.profiles import SD15, Profile
from pipeline.skeleton import Skeleton

LATENT = 4  # channels
LETTERS = [chr(code) for code in range(33, 127)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How large random networks are.

    Attributes:
        unet: Channels of each level of UNet and ControlNet.
        vae: The same of the VAE; four levels, so that its stride is 8.
        layers: Blocks in each level of the UNet.
        vae_layers: The same of the VAE.
        control: Channels of the pose map's embedding.
        features: Of a token.
        groups: Of the normalisation.
        attends: Whether levels of the UNet attend, beside its middle, and the VAE's middle does.
    """

    unet: tuple[int, int, int, int]
    vae: tuple[int, int, int, int]
    layers: int
    vae_layers: int
    control: tuple[int, int, int, int]
    features: int
    groups: int
    attends: bool


TINY = Scale(
    unet=(8, 8, 8, 8),
    vae=(4, 4, 4, 4),
    layers=1,
    vae_layers=1,
    control=(1, 1, 1, 1),  # it works at full size: more would cost more than all the rest
    features=8,
    groups=4,
    attends=False,
)
HALF = Scale(
    unet=(160, 320, 640, 640),
    vae=(64, 128, 256, 256),
    layers=2,
    vae_layers=2,
    control=(16, 32, 96, 256),
    features=384,
    groups=32,
    attends=True,
)


class Standing:
    """A detector that finds the same people in every picture.

    Its people are given in shares of the picture's width, so that a larger photo shows the same.
    """

    def __init__(self, people: Sequence[Skeleton] = ()) -> None:
        self._people = people

    def detect(self, image: Image.Image) -> list[Skeleton]:
        """See `PoseDetector.detect`."""
        return [one.mapped(scale=image.width) for one in self._people]


def random_models(
    scale: Scale = TINY,
    *,
    channels: int = 9,
    profile: Profile = SD15,
    people: Sequence[Skeleton] = (),
) -> Models:
    """Build networks with random weights, on the CPU in single precision.

    Args:
        scale: How large.
        channels: Of the UNet's input: 9 for an inpainting UNet, 4 for a plain one.
        profile: How the painter uses them; by default exactly as it uses sd15.
        people: Who its detectors find, in shares of a picture's width.
    """
    torch.manual_seed(1)
    detector = Standing(people)
    return Models(
        profile=profile,
        device=torch.device("cpu"),
        dtype=torch.float32,
        unet=_still(_unet(scale, channels)),
        vae=_still(_vae(scale)),
        controlnet=_still(_controlnet(scale)),
        text_encoder=_still(_text_encoder(scale)),
        tokenizer=_tokenizer(),
        scheduler=_scheduler(),
        captioner=None,
        processor=None,
        planner=detector,
        detector=detector,
    )


def _still(network: Any) -> Any:
    return network.eval().requires_grad_(False)


def _levels(scale: Scale) -> dict[str, Any]:
    """What UNet and ControlNet share; the last level never attends."""
    attending = ("CrossAttnDownBlock2D" if scale.attends else "DownBlock2D",) * 3
    return {
        "block_out_channels": scale.unet,
        "down_block_types": (*attending, "DownBlock2D"),
        "layers_per_block": scale.layers,
        "norm_num_groups": scale.groups,
        "cross_attention_dim": scale.features,
        "attention_head_dim": 8 if scale.attends else 2,
    }


def _unet(scale: Scale, channels: int) -> Any:
    from diffusers import UNet2DConditionModel

    attending = ("CrossAttnUpBlock2D" if scale.attends else "UpBlock2D",) * 3
    return UNet2DConditionModel(
        in_channels=channels,
        out_channels=LATENT,
        sample_size=64,  # positions: the stock pipelines ask for it
        up_block_types=("UpBlock2D", *attending),
        **_levels(scale),
    )


def _controlnet(scale: Scale) -> Any:
    """Its outputs begin at zero in diffusers: then whether it is called would change nothing."""
    from diffusers import ControlNetModel

    network: Any = ControlNetModel(
        in_channels=LATENT, conditioning_embedding_out_channels=scale.control, **_levels(scale)
    )
    for name, weight in network.named_parameters():
        if "controlnet" in name:
            torch.nn.init.normal_(weight, std=0.05)
    return network


def _vae(scale: Scale) -> Any:
    from diffusers import AutoencoderKL

    kind: Any = AutoencoderKL  # its types say that there is one block
    return kind(
        block_out_channels=scale.vae,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=scale.vae_layers,
        latent_channels=LATENT,
        norm_num_groups=scale.groups,
        mid_block_add_attention=scale.attends,
    )


def _text_encoder(scale: Scale) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel

    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=2 * len(LETTERS) + 2,
            hidden_size=scale.features,
            intermediate_size=scale.features,
            num_hidden_layers=1,
            num_attention_heads=2,
        )
    )


def _tokenizer() -> Any:
    """A tokenizer that knows letters alone, so that no vocabulary has to be there."""
    from transformers import CLIPTokenizer

    ends = ["<|startoftext|>", "<|endoftext|>"]
    tokens = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS), *ends]
    kind: Any = CLIPTokenizer
    return kind(
        vocab={token: at for at, token in enumerate(tokens)}, merges=[], model_max_length=77
    )


def _scheduler() -> Any:
    from diffusers import UniPCMultistepScheduler

    return UniPCMultistepScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1
    )
