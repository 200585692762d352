"""The pixel-space model: an unconditional diffusion model of people in places, without a VAE.

It knows no words and no poses. Method 2 lets it complete what a photo shows: at each step the known
pixels are put back at that step's noise level, and steps are repeated so that the new part agrees
with them.
"""

import copy
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from diffusers import DDIMScheduler, UNet2DModel
from numpy.typing import NDArray
from torch import Tensor, nn

from pipeline.bundle.checkpoints import load_checkpoint, save_checkpoint
from pipeline.bundle.codec import to_tensor
from pipeline.bundle.labels import LEG_LABELS
from pipeline.bundle.machine import has_fast_halves
from pipeline.bundle.shards import Shard

Dice = np.random.Generator
Bytes = NDArray[np.uint8]

WINDOW = (48, 72)  # width, height that it is trained at: half of the scenes'
BATCH, RATE = 8, 6e-4
WARM_UP, FULL = 300, 6000  # steps until the rate is reached, and until it falls as their root
AVERAGE = 0.998  # of the weights, per step
ZOOMED = 0.25  # share of the examples that show a part of a scene, larger
LEGS = 2.0  # added weight of legs and shoes
BOUND = 5.0  # signal-to-noise ratio above which a noise level's weight falls
SAVE_EVERY = 300  # steps
CHECKPOINT = "pixel.pt"


def build_pixel_unet() -> UNet2DModel:
    """Return a UNet of 5.5 M weights with attention in its middle only."""
    width, height = WINDOW
    widths = (16, 48, 96, 192)
    return UNet2DModel(
        sample_size=(height, width),
        block_out_channels=widths,
        down_block_types=("DownBlock2D",) * len(widths),
        up_block_types=("UpBlock2D",) * len(widths),
        layers_per_block=1,
        norm_num_groups=8,
        attention_head_dim=widths[-1] // 2,
    )


def build_pixel_scheduler() -> DDIMScheduler:
    """Cosine noise levels; the network predicts the velocity.

    Source: Nichol and Dhariwal 2021, https://arxiv.org/abs/2102.09672; Salimans and Ho 2022,
    https://arxiv.org/abs/2202.00512.
    """
    return DDIMScheduler(
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        clip_sample=True,
    )


@dataclass(frozen=True, slots=True)
class PixelModel:
    """The network as it is trained, and the average of its weights, which is shipped."""

    unet: Any
    average: Any


def new_pixel_model(exported: Path) -> PixelModel:
    """Start from exported weights, if they are there and of this size, else from random ones."""
    torch.manual_seed(0)
    unet: Any = build_pixel_unet()
    if (exported / "unet" / "config.json").exists():
        shipped = UNet2DModel.from_pretrained(exported / "unet", torch_dtype=torch.float32)
        unet.load_state_dict(shipped.state_dict())
    return PixelModel(unet, copy.deepcopy(unet).eval())


def train_pixels(
    shards: Sequence[Shard], work: Path, *, steps: int, seed: int = 17
) -> Generator[tuple[int, float, PixelModel]]:
    """Go on training from the work folder's checkpoint, yielding step, loss and model.

    What a step sees depends on its number and the seed alone, so that a run that was interrupted
    ends as one that was not. Checkpoint and weights are written every `SAVE_EVERY` steps, and when
    the generator ends or is closed.

    Raises:
        ModelError: The checkpoint is damaged, or another version's.
    """
    model = new_pixel_model(work / "pixel")
    optimiser = torch.optim.AdamW(model.unet.parameters(), lr=RATE, weight_decay=0.0)
    step = _resume(model, optimiser, work / CHECKPOINT)
    alphas = build_pixel_scheduler().alphas_cumprod
    try:
        while step < steps:
            dice = np.random.default_rng([seed, step])
            torch.manual_seed(seed * 1_000_003 + step)
            loss = _loss(model.unet, *draw_batch(shards, dice), alphas, dice)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.unet.parameters(), 1.0)
            step += 1
            for group in optimiser.param_groups:
                group["lr"] = RATE * min(step / WARM_UP, 1.0, (FULL / step) ** 0.5)
            optimiser.step()
            _average(model, min(AVERAGE, step / (step + 20)))
            if step % SAVE_EVERY == 0:
                _save(model, optimiser, work, step)
            yield step, loss.item(), model
    finally:
        _save(model, optimiser, work, step)


def draw_batch(shards: Sequence[Shard], dice: Dice) -> tuple[Tensor, Tensor]:
    """Draw scenes, whole or in part: (B, 3, 72, 48) in [-1, 1], and where legs are, (B, 1, 72, 48).

    Half of them are mirrored.
    """
    pictures, legs = [], []
    for _ in range(BATCH):
        shard = shards[dice.integers(len(shards))]
        row = int(dice.integers(len(shard.pictures)))
        picture, labels = shard.pictures[row], shard.labels[row]
        part = _part(labels.shape, dice)
        found = np.isin(labels[part], LEG_LABELS).astype(np.float32)
        shrunk = [cv2.resize(one, WINDOW, interpolation=cv2.INTER_AREA)
                  for one in (picture[part], found)]  # fmt: skip
        if dice.random() < 0.5:
            shrunk = [one[:, ::-1] for one in shrunk]
        pictures.append(shrunk[0])
        legs.append(shrunk[1])
    return to_tensor(np.stack(pictures)), torch.from_numpy(np.stack(legs))[:, None]


def _part(shape: tuple[int, int], dice: Dice) -> tuple[slice, slice]:
    """Take all of a scene, or a part of the same proportions, down to the window's own size."""
    height, width = shape
    if dice.random() >= ZOOMED:
        return np.s_[0:height, 0:width]
    share = dice.uniform(WINDOW[1] / height, 1)
    high, wide = round(share * height), round(share * width)
    top, left = dice.integers(0, height - high + 1), dice.integers(0, width - wide + 1)
    return np.s_[top : top + high, left : left + wide]


def _loss(unet: Any, pictures: Tensor, legs: Tensor, alphas: Tensor, dice: Dice) -> Tensor:
    """Squared error of the velocity; half of the noise levels are high, where people are composed.

    Source of the bound: Hang et al. 2023, https://arxiv.org/abs/2303.09556. Unlike theirs, the
    noisiest levels keep their weight: there it is decided where somebody stands.
    """
    high = dice.random(BATCH) < 0.5
    times = np.where(high, dice.integers(400, 1000, BATCH), dice.integers(0, 1000, BATCH))
    levels = torch.from_numpy(times)
    alpha = alphas[levels][:, None, None, None]
    noise = torch.randn_like(pictures)
    noisy = alpha.sqrt() * pictures + (1 - alpha).sqrt() * noise
    velocity = alpha.sqrt() * noise - (1 - alpha).sqrt() * pictures
    with torch.autocast("cpu", torch.bfloat16, enabled=has_fast_halves()):
        guess = unet(noisy, levels).sample
    ratio = alpha / (1 - alpha)
    weight = (ratio.clamp_max(BOUND) + 1) / (ratio + 1)
    return (weight * (1 + LEGS * legs) * (guess.float() - velocity) ** 2).mean()


@torch.no_grad()
def _average(model: PixelModel, keep: float) -> None:
    fresh = [p.detach() for p in model.unet.parameters()]
    torch._foreach_lerp_(list(model.average.parameters()), fresh, 1 - keep)


def _save(model: PixelModel, optimiser: Any, work: Path, step: int) -> None:
    content = {
        "part": "pixel model",
        "step": step,
        "optimiser": optimiser.state_dict(),
        "unet": model.unet.state_dict(),
        "average": model.average.state_dict(),
    }
    save_checkpoint(work / CHECKPOINT, content)
    save_pixel_model(model, work / "pixel")


def _resume(model: PixelModel, optimiser: Any, path: Path) -> int:
    if not path.exists():
        return 0
    stored = load_checkpoint(path, part="pixel model")
    model.unet.load_state_dict(stored["unet"])
    model.average.load_state_dict(stored["average"])
    optimiser.load_state_dict(stored["optimiser"])
    return int(stored["step"])


def save_pixel_model(model: PixelModel, folder: Path) -> None:
    """Write the averaged network in half precision and its scheduler, as diffusers reads them."""
    copy.deepcopy(model.average).half().save_pretrained(folder / "unet")
    build_pixel_scheduler().save_pretrained(folder / "scheduler")
