"""Pictures of what the pixel-space model is worth: samples, and people completed with it."""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from pipeline.bundle.cases import cases
from pipeline.bundle.codec import to_tensor
from pipeline.bundle.pixels import WINDOW, PixelModel, build_pixel_scheduler
from pipeline.geometry import Size

STEPS = 50
REPEATS = 3  # how often each step is made in all when completing
SHOWN, SHOWN_SEED = 8, 880_001  # held-out people on the sheet
ENLARGED = 2


@torch.inference_mode()
def complete(
    unet: Any, photo: Tensor, mask: Tensor, *, steps: int = STEPS, repeats: int = 1, seed: int = 0
) -> Tensor:
    """Let the model paint where the mask is 1; with a mask of ones it paints freely.

    Args:
        unet: Predicts the velocity.
        photo: (B, 3, H, W) in [-1, 1]; what lies in the mask does not matter.
        mask: 1 where pixels are new, (B, 1, H, W).
        steps: Noise levels that are visited.
        repeats: How often each step is made in all; after each but the last, noise is added again.
        seed: Of all noise.

    Source: Lugmayr et al. 2022, https://arxiv.org/abs/2201.09865, algorithm 1 with jumps of one
    step. The steps are DDIM's, and DDPM's where they are repeated.
    """
    dice = torch.Generator().manual_seed(seed)

    def noise() -> Tensor:
        return torch.randn(photo.shape, generator=dice)

    alphas = build_pixel_scheduler().alphas_cumprod
    latent = noise()
    for level, below, turn in _turns(steps, repeats):
        alpha, lower = alphas[level], alphas[below] if below >= 0 else torch.tensor(1.0)
        if turn:  # the turn before has left the latent one level below
            kept = alpha / lower
            latent = kept.sqrt() * latent + (1 - kept).sqrt() * noise()
        known = alpha.sqrt() * photo + (1 - alpha).sqrt() * noise()
        latent = mask * latent + (1 - mask) * known
        velocity = unet(latent, level).sample
        fresh = noise() if repeats > 1 and below >= 0 else None
        latent = _step_down(latent, velocity, alpha, lower, fresh)
    return mask * latent + (1 - mask) * photo


def _step_down(
    latent: Tensor, velocity: Tensor, alpha: Tensor, lower: Tensor, fresh: Tensor | None
) -> Tensor:
    """Go one level down: DDIM's step, or, with fresh noise, DDPM's.

    Source: Song et al. 2020, https://arxiv.org/abs/2010.02502, eq. 12 with sigma of eq. 16, eta 1.
    """
    clean = (alpha.sqrt() * latent - (1 - alpha).sqrt() * velocity).clamp(-1, 1)
    old = (latent - alpha.sqrt() * clean) / (1 - alpha).sqrt()
    if fresh is None:
        return lower.sqrt() * clean + (1 - lower).sqrt() * old
    variance = (1 - lower) / (1 - alpha) * (1 - alpha / lower)
    direction = (1 - lower - variance).clamp_min(0).sqrt()  # rounding can take it below 0
    return lower.sqrt() * clean + direction * old + variance.sqrt() * fresh


def _turns(steps: int, repeats: int) -> Iterator[tuple[int, int, int]]:
    """Give each level, the level below it, and the number of the visit, from 0.

    The last level's step ends in the picture, at level -1; it is made once.
    """
    stride = 1000 // steps
    for level in range(999, -1, -stride):
        below = level - stride
        for turn in range(repeats if below >= 0 else 1):
            yield level, max(below, -1), turn


def pixel_sheet(model: PixelModel, *, steps: int = STEPS) -> Image.Image:
    """Draw samples, then held-out people: cropped, completed plainly and with repeats, and true."""
    photos, masks = _held_out(SHOWN)
    everywhere = torch.ones_like(masks)
    rows = [
        complete(model.average, photos, everywhere, steps=steps, seed=1),
        photos * (1 - masks),
        complete(model.average, photos, masks, steps=steps, seed=1),
        complete(model.average, photos, masks, steps=steps, repeats=REPEATS, seed=1),
        photos,
    ]
    strips = [np.hstack(list(_bytes(row))) for row in rows]
    sheet = Image.fromarray(np.vstack(strips))
    size = Size(sheet.width * ENLARGED, sheet.height * ENLARGED)
    return sheet.resize((size.width, size.height), Image.Resampling.NEAREST)


def _held_out(count: int) -> tuple[Tensor, Tensor]:
    """Draw people at the model's size, with a mask below where they are cut."""
    pictures: list[NDArray[Any]] = []
    masks = torch.zeros(count, 1, WINDOW[1], WINDOW[0])
    for place, case in enumerate(cases(SHOWN_SEED, count)):
        picture = case.scene.picture
        pictures.append(cv2.resize(picture, WINDOW, interpolation=cv2.INTER_AREA))
        cut = round(case.canvas.photo.bottom * WINDOW[1] / len(picture))
        masks[place, :, cut:] = 1
    return to_tensor(np.stack(pictures)), masks


def _bytes(pictures: Tensor) -> NDArray[np.uint8]:
    return ((pictures.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
