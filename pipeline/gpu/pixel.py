"""Method 2 in the space of pixels: no VAE, no words, no pose; what is known says all.

Pixels are a latent space whose encoder does nothing, so frames, windows and the loop are those of
the other methods. Small details of faces are never squeezed through a VAE.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from pipeline.gpu.models import Models, PixelModel
from pipeline.gpu.paint import Brush, layouts
from pipeline.gpu.passes import Means, People, Stroke, walked
from pipeline.gpu.predict import Guidance
from pipeline.gpu.repaint import Pace, resampling
from pipeline.jobs import Quality
from pipeline.resampling import Walk
from pipeline.sheet import Sheet
from pipeline.windows import WindowLimits

STATURE = 0.75  # of the window's height: how tall people stood in what the model learnt from

# Steps as in DDPM, and short walks: without new noise the bundle's model ends in dark blocks.
PACES: Mapping[Quality, Pace] = {
    Quality.DRAFT: Pace(20, Walk(jump=1, repeats=2, eta=1.0)),
    Quality.NORMAL: Pace(50, Walk(jump=1, repeats=3, eta=1.0)),
    Quality.BEST: Pace(100, Walk(jump=10, repeats=10, eta=1.0)),
}


def paint_pixels(
    models: Models, sheet: Sheet, people: People, brush: Brush, *, pace: Pace | None = None
) -> Iterator[Stroke]:
    """Paint what is unknown from what is known alone, yielding after each step; see `repaint`.

    Raises:
        ModelError: The profile has no pixel-space model.
    """
    space = pixel_space(models)
    means = Means(
        models=space, seed=brush.seed, people=(), words=None, guidance=Guidance(scale=1.0)
    )
    wanted = layouts(space, sheet, people, brush)
    passes = resampling(space, wanted, pace or pixel_pace_for(brush), posed=False)
    yield from walked(means, sheet, passes)


def pixel_pace_for(brush: Brush) -> Pace:
    """Choose by the quality; a person may say how many levels there are."""
    pace = PACES[brush.quality]
    return pace if brush.steps is None else replace(pace, levels=brush.steps)


def pixel_space(models: Models) -> Models:
    """Return the models with pixels for a latent space and the pixel-space model for a UNet.

    Raises:
        ModelError: The profile has no pixel-space model.
    """
    pixel = models.pixel_model()
    return replace(
        models,
        profile=replace(models.profile, limits=_limits(pixel)),
        unet=pixel.unet,
        scheduler=pixel.scheduler,
        vae=Unchanged(),
        controlnet=None,
    )


def _limits(pixel: PixelModel) -> WindowLimits:
    """Allow windows like those that the model was trained at."""
    size, multiple = pixel.size, 2 ** (len(pixel.unet.config.block_out_channels) - 1)
    return WindowLimits(
        largest=size,
        shortest=min(size.width, size.height) // 2,
        multiple=multiple,
        person_height=round(STATURE * size.height),
        overlap=2 * multiple,
        context=2 * multiple,
        working=2 * min(size.width, size.height),
    )


@dataclass(frozen=True, slots=True)
class _Config:
    block_out_channels: tuple[int, ...] = (3,)
    latent_channels: int = 3
    scaling_factor: float = 1.0


@dataclass(frozen=True, slots=True)
class _Pixels:
    pixels: Tensor

    @property
    def latent_dist(self) -> "_Pixels":
        return self

    def mode(self) -> Tensor:
        return self.pixels


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A VAE, as diffusers' are used, whose latent space is the pixels themselves."""

    config: Any = _Config()

    def encode(self, pixels: Tensor) -> _Pixels:
        """Return the pixels, (B, 3, H, W)."""
        return _Pixels(pixels)

    def decode(self, latent: Tensor, *, return_dict: bool) -> tuple[Tensor]:
        """Return the latent, (B, 3, H, W)."""
        if return_dict:
            raise ValueError("pixels come as a tuple")
        return (latent,)
