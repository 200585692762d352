"""Paint the white part of a mask: from a picture of any size to windows of latents, and back.

Outpainting and refining are both this; they differ in the mask, the pose and the strength.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import ceil

import torch
from PIL import Image
from torch import Tensor

from pipeline.draw import draw_condition
from pipeline.geometry import Box, Size
from pipeline.gpu.denoise import (
    Guidance,
    Known,
    Networks,
    Words,
    denoise,
    start,
    timesteps,
)
from pipeline.gpu.frame import Frame, Sketcher, channels_of
from pipeline.gpu.models import Models
from pipeline.jobs import Quality
from pipeline.skeleton import Skeleton
from pipeline.windows import Layout, lay_out
from pipeline.wording import prompt_of

LEAST_STEPS = 4  # of a run that starts half way: fewer leave its noise in the picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Brush:
    """How to paint.

    Attributes:
        caption: What the whole picture shows.
        seed: The same seed on the same kind of machine gives the same picture.
        steps: Denoising steps; None takes the profile's.
        guidance: Classifier-free guidance; None takes the profile's.
        strength: 1 paints from noise, less keeps more of what is there: the share of the noise
            levels that is visited. Of a full run's steps that share is taken, but `LEAST_STEPS`
            where the profile has so many.
        posed: Whether the skeletons guide the painting, through ControlNet.
        put_back: Whether the known part is put back after each step also for networks that are told
            what it is.
        quality: How many steps the profile takes where `steps` is None.
    """

    caption: str
    seed: int = 0
    steps: int | None = None
    guidance: float | None = None
    strength: float = 1.0
    posed: bool = True
    put_back: bool = False
    quality: Quality = Quality.NORMAL


@dataclass(frozen=True, slots=True)
class Stroke:
    """Where painting stands: `step` of `steps`; the picture once it is finished.

    Attributes:
        step: How many steps are done.
        steps: Of how many.
        layout: The windows that are painted.
        look: Makes a small picture of how it looks so far.
        picture: Canvas size; only with the last stroke.
    """

    step: int
    steps: int
    layout: Layout
    look: Callable[[], Image.Image] | None = None
    picture: Image.Image | None = None


def paint(
    models: Models,
    picture: Image.Image,
    mask: Image.Image,
    skeletons: tuple[Skeleton, ...],
    brush: Brush,
) -> Iterator[Stroke]:
    """Paint what is white in the mask, yielding after each step, the picture with the last.

    Args:
        models: Loaded networks.
        picture: RGB, the whole canvas, with some fill where pixels are to be new.
        mask: `L`, same size; white where pixels are to be new. At least one pixel is white.
        skeletons: Everybody in the picture, canvas pixels.
        brush: Words, seed, strengths.

    Returns:
        Strokes. The final picture has the canvas's size; it shows the windows as the model sees
        them, the
        known part included, so whoever delivers it must put the photo back.
    """
    size = Size(*picture.size)
    layout = lay_out(size, _white_box(mask), skeletons, models.profile.limits)
    frame = Frame(models, picture, mask, layout)
    words = encode_words(models, brush)
    networks = models.networks(posed=brush.posed and bool(skeletons))
    control = _control(models, skeletons, layout) if networks.controlnet is not None else None
    windows = [frame.window(box, control) for box in layout.windows]
    steps = _steps(models, brush)
    times = timesteps(networks.scheduler, steps, strength=brush.strength, device=models.device)
    noise = _noise(models, layout.frame, brush.seed)
    blank = networks.sees_the_photo and brush.strength >= 1 and not brush.put_back
    photo = None if blank else frame.photo()
    latent = start(networks.scheduler, noise, photo if brush.strength < 1 else None, times)
    strokes = denoise(
        networks,
        latent,
        times,
        words,
        windows,
        guidance=_guidance(models, brush),
        known=_known(networks, frame, photo, noise, put_back=brush.put_back),
    )
    sketcher = Sketcher(frame, picture, mask)
    for stroke in strokes:
        latent = stroke.latent
        yield Stroke(stroke.index, stroke.total, layout, partial(sketcher.sketch, stroke.clean))
    yield Stroke(len(times), len(times), layout, picture=frame.developed(latent))


def _steps(models: Models, brush: Brush) -> int:
    """Return how many steps a full run has, so that enough of them are in the share to be run."""
    steps = brush.steps or models.profile.steps_for(brush.quality)
    if brush.strength >= 1:
        return steps
    least = max(min(LEAST_STEPS, steps), round(steps * brush.strength))
    whole = ceil(least / brush.strength)
    return whole if int(whole * brush.strength) >= least else whole + 1


def _white_box(mask: Image.Image) -> Box:
    edges = mask.getbbox()
    if edges is None:
        raise ValueError("nothing is white in the mask")
    return Box.from_edges(*edges)


def _guidance(models: Models, brush: Brush) -> Guidance:
    scale = models.profile.guidance if brush.guidance is None else brush.guidance
    return Guidance(scale=scale, control_share=models.profile.control_share)


def _known(
    networks: Networks, frame: Frame, photo: Tensor | None, noise: Tensor, *, put_back: bool
) -> Known | None:
    if photo is None or (networks.sees_the_photo and not put_back):
        return None
    return Known(photo=photo, mask=frame.latent_mask, noise=noise)


def _noise(models: Models, frame: Size, seed: int) -> Tensor:
    """Draw on the CPU, whatever the device, so that a seed means the same everywhere."""
    size = models.latent_size(frame)
    shape = (1, models.vae.config.latent_channels, size.height, size.width)
    dice = torch.Generator("cpu").manual_seed(seed)
    return torch.randn(shape, generator=dice).to(models.device, models.dtype)


@torch.inference_mode()
def encode_words(models: Models, brush: Brush) -> Words:
    """Encode the caption with the profile's own words, and the negative prompt."""
    profile = models.profile

    def encoded(text: str) -> Tensor:
        tokens = models.tokenizer(
            text,
            padding="max_length",
            truncation=True,
            max_length=models.tokenizer.model_max_length,
            return_tensors="pt",
        )
        return models.text_encoder(tokens.input_ids.to(models.device))[0].to(models.dtype)

    prompt = prompt_of(brush.caption, suffix=profile.suffix)
    return Words(prompt=encoded(prompt), negative=encoded(profile.negative))


def _control(models: Models, skeletons: tuple[Skeleton, ...], layout: Layout) -> Tensor:
    """Draw everybody's pose on the frame, (1, 3, H, W) in 0..1."""
    profile = models.profile
    scaled = [skeleton.mapped(scale=layout.scale) for skeleton in skeletons]
    drawn = draw_condition(scaled, layout.frame, stick=profile.stick, feet=profile.feet)
    return channels_of(drawn).to(models.device, models.dtype)
