"""Networks that know what is to be painted: what comes out shows what planning and blending did.

The VAE is plain down- and up-sampling by 8. The UNet returns the noise that belongs to a known
target; which window it is asked for follows from the passes, whose order it checks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, cycle
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pipeline.bench.networks import random_models
from pipeline.geometry import Box
from pipeline.gpu.models import Models
from pipeline.profiles import SD15
from pipeline.windows import Layout

STRIDE = 8
LEVELS = 64  # how far a target's colours reach over a thousand pixels


def target_at(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Colours at places of the canvas, (..., 3) in 0..255: gentle slopes, another in each channel.

    Slopes survive any change of size, so what is painted can be compared at every pixel.
    """
    across, down = x * LEVELS / 1000, y * LEVELS / 1000
    return np.stack([40 + across, 40 + down, 30 + (across + down) / 2], axis=-1)


def target(box: Box) -> Image.Image:
    """A part of the target as a picture."""
    y, x = np.mgrid[box.top : box.bottom, box.left : box.right]
    return Image.fromarray(target_at(x + 0.5, y + 0.5).round().astype(np.uint8))


class ScalingVae:
    """Encodes by averaging 8 x 8 pixels, decodes by interpolating them; 4 channels, one empty."""

    config = SimpleNamespace(scaling_factor=1.0, latent_channels=4, block_out_channels=(1,) * 4)

    def encode(self, pixels: Tensor) -> Any:
        small = torch.nn.functional.avg_pool2d(pixels, STRIDE)
        latent = torch.cat([small, torch.zeros_like(small[:, :1])], dim=1)
        return SimpleNamespace(latent_dist=SimpleNamespace(mode=lambda: latent))

    def decode(self, latent: Tensor, *, return_dict: bool) -> tuple[Tensor]:
        assert not return_dict
        return (torch.nn.functional.interpolate(latent[:, :3], scale_factor=8, mode="bilinear"),)


class KnowingUNet:
    """Returns the noise that is left when the target is taken out of what it is given."""

    def __init__(self, scheduler: Any, channels: int) -> None:
        self.config = SimpleNamespace(in_channels=channels, out_channels=4)
        self._kept = scheduler.alphas_cumprod
        self._expected: Iterator[tuple[Layout, Box]] = iter(())
        self.seen: list[tuple[Layout, Box]] = []
        self.batches: list[int] = []

    def expect(self, passes: Sequence[Layout], steps: int) -> None:
        """Say which passes come; the first, from noise, has so many steps."""
        first, *later = passes
        windows = [(first, window) for window in in_order(first)] * steps
        self._expected = chain(
            windows, *(cycle((one, window) for window in in_order(one)) for one in later)
        )

    def __call__(self, noisy: Tensor, time: Tensor, **_: Any) -> tuple[Tensor]:
        layout, window = next(self._expected)
        height, width = noisy.shape[-2:]
        assert (width * STRIDE, height * STRIDE) == (window.width, window.height)
        self.seen.append((layout, window))
        self.batches.append(len(noisy))
        kept = self._kept[int(time)]
        clean = clean_latent(layout, window)
        return ((noisy[:, :4] - kept.sqrt() * clean) / (1 - kept).sqrt(),)


def clean_latent(layout: Layout, window: Box) -> Tensor:
    """The target as a window sees it, encoded."""
    rows, columns = (
        np.arange(start, start + length, STRIDE) + STRIDE / 2
        for start, length in ((window.top, window.height), (window.left, window.width))
    )
    region, content = layout.region, layout.content
    x = region.left + columns * region.width / content.width
    y = region.top + rows * region.height / content.height
    colours = target_at(*np.meshgrid(x, y)) / 127.5 - 1
    latent = torch.from_numpy(colours).float().permute(2, 0, 1)[None]
    return torch.cat([latent, torch.zeros_like(latent[:, :1])], dim=1)


def knowing_models(channels: int) -> tuple[Models, KnowingUNet]:
    """Models with sd15's limits and shares that know the target."""
    models = random_models(profile=SD15)
    unet = KnowingUNet(models.scheduler, channels)
    return replace(models, unet=unet, vae=ScalingVae()), unet


def in_order(layout: Layout) -> list[Box]:
    """The order in which windows are predicted: by shape, so that some could go in one call."""
    return sorted(layout.windows, key=lambda box: (box.width, box.height))
