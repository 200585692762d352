"""What else there is: diffusers' own pipeline, on the full canvas or through fixed square windows.

Both get the product's weights, words, pose map, steps, guidance and seed, so that what differs is
how the work is laid out.
"""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from diffusers import StableDiffusionControlNetInpaintPipeline
from diffusers.configuration_utils import FrozenDict
from PIL import Image

from pipeline.draw import draw_condition
from pipeline.geometry import Box, Size
from pipeline.gpu.models import Models
from pipeline.gpu.paint import Brush
from pipeline.jobs import Quality
from pipeline.skeleton import Skeleton
from pipeline.wording import prompt_of

NINE = 9  # input channels by which diffusers knows an inpainting UNet


def paint_stock(
    models: Models,
    picture: Image.Image,
    mask: Image.Image,
    people: Sequence[Skeleton],
    brush: Brush,
) -> Image.Image:
    """Paint what is white in the mask by diffusers' ControlNet inpainting pipeline.

    Args:
        models: The networks.
        picture: RGB; sides are multiples of the VAE's stride.
        mask: `L`, same size.
        people: Everybody, in the picture's pixels.
        brush: Words and seed.

    Returns:
        RGB, the picture's size, the known part as the VAE gives it back.
    """
    profile = models.profile
    pose = draw_condition(people, Size(*picture.size), stick=profile.stick, feet=profile.feet)
    return _pipeline(models)(
        prompt=prompt_of(brush.caption, suffix=profile.suffix),
        negative_prompt=profile.negative,
        image=picture,
        mask_image=mask,
        control_image=pose,
        width=picture.width,
        height=picture.height,
        num_inference_steps=brush.steps or profile.steps_for(Quality.NORMAL),
        guidance_scale=profile.guidance,
        control_guidance_end=profile.control_share,
        strength=1.0,
        generator=torch.Generator("cpu").manual_seed(brush.seed),
    ).images[0]


def paint_fixed(
    models: Models,
    picture: Image.Image,
    mask: Image.Image,
    people: Sequence[Skeleton],
    brush: Brush,
) -> Image.Image:
    """Paint through square windows of fixed size from the top down; each sees those before it."""
    side = min(models.profile.limits.largest.width, *picture.size)
    done, left = picture.copy(), mask.copy()
    for window in square_windows(Size(*picture.size), side):
        hole = left.crop(window.edges)
        if hole.getbbox() is None:
            continue
        seen = [person.mapped(dx=-window.left, dy=-window.top) for person in people]
        part = done.crop(window.edges)
        painted = paint_stock(models, part, hole, seen, brush)
        done.paste(painted, window.edges, hole)
        left.paste(0, window.edges)
    return done


def square_windows(size: Size, side: int) -> Iterator[Box]:
    """Cover a canvas by squares that overlap by half at most, row by row."""
    for top in _starts(size.height, side):
        for start in _starts(size.width, side):
            yield Box(start, top, side, side)


def _starts(length: int, side: int) -> Iterator[int]:
    stride = side // 2
    yield from range(0, length - side, stride)
    yield length - side


def _pipeline(models: Models) -> Any:
    pipeline: Any = StableDiffusionControlNetInpaintPipeline(
        vae=models.vae,
        text_encoder=models.text_encoder,
        tokenizer=models.tokenizer,
        unet=_as_diffusers_knows_it(models),
        controlnet=models.controlnet,
        scheduler=type(models.scheduler).from_config(models.scheduler.config),
        safety_checker=None,  # pyright: ignore[reportArgumentType]
        feature_extractor=None,  # pyright: ignore[reportArgumentType]
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _as_diffusers_knows_it(models: Models) -> Any:
    """Return the UNet; an inpainting UNet of other latents says that it has nine channels."""
    if not models.networks(posed=False).sees_the_photo:
        return models.unet
    unet = copy.copy(models.unet)
    unet._internal_dict = FrozenDict({**models.unet.config, "in_channels": NINE})
    return unet
