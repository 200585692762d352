"""Paint what is unknown on a sheet of any size: in passes, through windows of latents, and back.

Outpainting and refining are both this; they differ in the sheet, the pose and the strength.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from pipeline.gpu.levels import timesteps
from pipeline.gpu.models import Models
from pipeline.gpu.passes import Means, Pass, walked
from pipeline.gpu.passes import People as People
from pipeline.gpu.passes import Stroke as Stroke
from pipeline.gpu.predict import Guidance
from pipeline.gpu.prompts import encode_caption
from pipeline.jobs import Method, Quality
from pipeline.sheet import Sheet
from pipeline.windows import Layout, plan_draft, plan_pass, plan_passes

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
        quality: How many steps the profile takes where `steps` is None; a draft is composed only.
        method: How what is composed comes out of the noise; windows are refined in one way.
    """

    caption: str
    seed: int = 0
    steps: int | None = None
    guidance: float | None = None
    strength: float = 1.0
    posed: bool = True
    put_back: bool = False
    quality: Quality = Quality.NORMAL
    method: Method = Method.CONTROLNET


def paint(models: Models, sheet: Sheet, people: People, brush: Brush) -> Iterator[Stroke]:
    """Paint what is unknown, yielding after each step, the result with the last stroke.

    Args:
        models: Loaded networks.
        sheet: What is there and what is to be new.
        people: Everybody in the picture, canvas pixels.
        brush: Words, seed, strengths.

    Returns:
        Strokes. What was painted shows a part of the canvas as the model sees it, known pixels
        included, at the scale that it was painted at: whoever delivers it enlarges it and puts the
        photo back.
    """
    yield from walked(
        means_of(models, people, brush),
        sheet,
        [
            _pass(models, layout, people, brush, strength)
            for layout, strength in layouts(models, sheet, people, brush)
        ],
    )


def means_of(models: Models, people: People, brush: Brush) -> Means:
    """Take the brush's words, and the profile's strengths with the brush's own guidance."""
    profile = models.profile
    return Means(
        models=models,
        seed=brush.seed,
        people=people,
        words=encode_caption(models, brush.caption),
        guidance=Guidance(
            scale=profile.guidance if brush.guidance is None else brush.guidance,
            share=profile.guidance_share,
            control_share=profile.control_share,
        ),
    )


def layouts(
    models: Models, sheet: Sheet, people: People, brush: Brush
) -> Iterator[tuple[Layout, float]]:
    """List the passes: each a layout and the share of the noise levels that it starts from."""
    size, unknown, limits = sheet.size, sheet.unknown, models.profile.limits_for(brush.quality)
    if brush.strength < 1:
        yield plan_pass(size, unknown, people, limits), brush.strength
    elif brush.quality is Quality.DRAFT:
        yield plan_draft(size, people, limits), 1.0
    else:
        passes = plan_passes(size, unknown, people, limits)
        yield passes.composition, 1.0
        if passes.refinement is not None:
            yield passes.refinement, models.profile.refine_strength


def _pass(models: Models, layout: Layout, people: People, brush: Brush, strength: float) -> Pass:
    networks = models.networks(posed=brush.posed and bool(people))
    steps = _steps(models, brush, strength)
    return Pass(
        layout=layout,
        networks=networks,
        schedule=timesteps(networks.scheduler, steps, strength=strength, device=models.device),
        from_noise=strength >= 1,
        puts_back=brush.put_back or not networks.sees_the_photo,
    )


def _steps(models: Models, brush: Brush, strength: float) -> int:
    """Return how many steps a full run has, so that enough of them are in the share to be run."""
    steps = brush.steps or models.profile.steps_for(brush.quality)
    if strength >= 1:
        return steps
    least = max(min(LEAST_STEPS, steps), round(steps * strength))
    whole = ceil(least / strength)
    return whole if int(whole * strength) >= least else whole + 1
