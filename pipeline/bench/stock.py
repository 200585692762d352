"""What users would run instead: diffusers' own pipelines, on the whole canvas or on a crop of it.

They get the same networks, steps and guidance. What they call is also written down in closed form,
so that large canvases need not be run; a test holds it to what they really call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from pipeline.bench.sizes import Call, Part
from pipeline.geometry import Box, Size
from pipeline.gpu.models import Models

CONTEXT = 128  # pixels round the unknown part that a careful user leaves in the crop
MULTIPLE = 64
LEAST = 512  # a side that the networks were trained at; tools that crop go no lower
GUIDANCE = 7.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """One of diffusers' inpainting pipelines and what it is given.

    Attributes:
        posed: Whether a ControlNet takes part, on all steps.
        steps: Denoising steps.
        guided: Whether guidance doubles the batch.
        control_end: The share of the steps after which ControlNet's weight is 0; it is computed
            all the same.
    """

    posed: bool = False
    steps: int = 20
    guided: bool = True
    control_end: float = 1.0

    def calls(self, canvas: Size) -> list[Call]:
        """List what it calls for one canvas, in no order."""
        samples = 2 if self.guided else 1
        step = [Call(Part.UNET, canvas, samples)]
        if self.posed:
            step.append(Call(Part.CONTROLNET, canvas, samples))
        encoded, decoded = Call(Part.ENCODER, canvas), Call(Part.DECODER, canvas)
        return [encoded, *step * self.steps, decoded]

    @torch.inference_mode()
    def run(
        self,
        models: Models,
        picture: Image.Image,
        mask: Image.Image,
        pose: Image.Image | None = None,
        *,
        kind: Any = None,
    ) -> Image.Image:
        """Paint a picture where the mask is white.

        Args:
            models: The networks.
            picture: RGB; its sides are multiples of 8.
            mask: `L`, same size.
            pose: RGB, same size; where a ControlNet takes part.
            kind: The pipeline's class, where not the usual one.
        """
        pipe = pipeline_of(models, posed=self.posed, kind=kind)
        width = models.unet.config.cross_attention_dim
        words = torch.randn(1, 77, width, generator=torch.Generator().manual_seed(2))
        told: dict[str, Any] = {}
        if self.posed:
            told = {"control_image": pose, "control_guidance_end": self.control_end}
        return pipe(
            prompt_embeds=words,
            negative_prompt_embeds=torch.zeros_like(words),
            image=picture,
            mask_image=mask,
            width=picture.width,
            height=picture.height,
            num_inference_steps=self.steps,
            guidance_scale=GUIDANCE if self.guided else 1.0,
            strength=1.0,
            generator=torch.Generator().manual_seed(3),
            **told,
        ).images[0]


def pipeline_of(models: Models, *, posed: bool, kind: Any = None) -> Any:
    """Put a stock pipeline together from loaded networks, with DDIM."""
    from diffusers import (
        DDIMScheduler,
        StableDiffusionControlNetInpaintPipeline,
        StableDiffusionInpaintPipeline,
    )

    plain: Any = StableDiffusionInpaintPipeline  # its types know no None
    usual: Any = StableDiffusionControlNetInpaintPipeline if posed else plain
    more = {"controlnet": models.controlnet} if posed else {}
    pipe: Any = (kind or usual)(
        vae=models.vae,
        text_encoder=None,
        tokenizer=None,
        unet=models.unet,
        scheduler=DDIMScheduler.from_config(models.scheduler.config),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
        **more,
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def hand_made_crop(canvas: Size, unknown: Sequence[Box]) -> Box:
    """Crop as tools do for users: what is unknown, some context, sides that are multiples of 64."""
    hole = unknown[0]
    for other in unknown[1:]:
        hole = hole.around(other)
    seen = hole.grown(CONTEXT).within(Box.of(canvas))
    rounded = seen.size.rounded_up(MULTIPLE)
    width = min(max(rounded.width, LEAST), canvas.width)
    height = min(max(rounded.height, LEAST), canvas.height)
    left = min(seen.left, canvas.width - width)
    top = min(max(0, seen.bottom - height), canvas.height - height)
    return Box(left, top, width, height)
