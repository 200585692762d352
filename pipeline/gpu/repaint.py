"""RePaint: what is unknown comes out of noise while the known part is put back at every level.

Steps are repeated, each time after a walk back up to more noise, so that the new part comes to
agree with the known one. It works in any latent space, that of pixels included.

Source: Lugmayr et al. 2022, https://arxiv.org/abs/2201.09865.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import ceil

from pipeline.gpu.denoise import Fresh, Known, denoise
from pipeline.gpu.frame import Frame, Sketcher
from pipeline.gpu.levels import Schedule, resampled, start
from pipeline.gpu.models import Models
from pipeline.gpu.paint import (
    LEAST_STEPS,
    Brush,
    People,
    Stroke,
    dice_of,
    encode_words,
    guidance_of,
    layouts,
    noise_of,
    poses_of,
    windows_of,
)
from pipeline.gpu.predict import Guidance, Networks, Words
from pipeline.jobs import Quality
from pipeline.profiles import Profile
from pipeline.resampling import Walk
from pipeline.sheet import Composed, Sheet
from pipeline.windows import Layout


@dataclass(frozen=True, slots=True)
class Pace:
    """How something comes out of the noise.

    Attributes:
        levels: How many noise levels a full run has.
        walk: How often, and how far, it goes back up.
    """

    levels: int
    walk: Walk


PACES: Mapping[Quality, Pace] = {
    Quality.DRAFT: Pace(20, Walk(jump=5, repeats=2)),
    Quality.NORMAL: Pace(50, Walk(jump=10, repeats=10)),
    Quality.BEST: Pace(250, Walk(jump=10, repeats=10)),  # as in the paper: 4,570 moves
}
# A model that was taught to paint in one step knows only the noisiest levels well: over eight
# levels and more the shipped one makes blotches. It is told of the photo, so that resampling finds
# little left to mend: on 120 held-out people leg overlap and seam were the same without it.
BRISK: Mapping[Quality, Pace] = {
    Quality.DRAFT: Pace(2, Walk(jump=1, repeats=2)),
    Quality.NORMAL: Pace(4, Walk(jump=3, repeats=3)),
    Quality.BEST: Pace(4, Walk(jump=3, repeats=4)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a picture is painted with, in all its passes.

    Attributes:
        models: Loaded networks.
        brush: Seed and quality.
        people: Everybody in the picture, canvas pixels; nobody where words and pose mean nothing.
        words: The encoded prompt; None for a UNet that knows no words.
        guidance: Strengths and shares.
        pace: How it comes out of the noise.
    """

    models: Models
    brush: Brush
    people: People
    words: Words | None
    guidance: Guidance
    pace: Pace


@dataclass(frozen=True, slots=True)
class _Pass:
    number: int
    layout: Layout
    networks: Networks
    schedule: Schedule
    from_noise: bool


def repaint(
    models: Models, sheet: Sheet, people: People, brush: Brush, *, pace: Pace | None = None
) -> Iterator[Stroke]:
    """Paint what is unknown with prompt and pose, yielding after each step; see `paint`.

    The composition is resampled; windows that refine it are not. Without a pace it is the
    profile's for the brush's quality.
    """
    means = Means(
        models=models,
        brush=brush,
        people=people,
        words=encode_words(models, brush),
        guidance=guidance_of(models, brush),
        pace=pace or pace_for(models.profile, brush),
    )
    yield from walked(means, sheet, layouts(models, sheet, people, brush))


def without_resampling(pace: Pace) -> Pace:
    """Keep the noise levels and never walk back up."""
    return replace(pace, walk=replace(pace.walk, repeats=1))


def refining(pace: Pace, strength: float) -> Pace:
    """Go straight, in steps enough: what is composed has nothing left to agree about."""
    return replace(without_resampling(pace), levels=max(pace.levels, ceil(LEAST_STEPS / strength)))


def pace_for(profile: Profile, brush: Brush) -> Pace:
    """Choose by the quality; a person may say how many levels there are."""
    pace = (BRISK if profile.steps == 1 else PACES)[brush.quality]
    return pace if brush.steps is None else replace(pace, levels=brush.steps)


def walked(means: Means, sheet: Sheet, wanted: Iterator[tuple[Layout, float]]) -> Iterator[Stroke]:
    """Paint in passes, each a layout and the share of the noise levels that it starts from."""
    passes = [_pass(means, number, *one) for number, one in enumerate(wanted)]
    steps, done = sum(len(one.schedule) for one in passes), 0
    for one in passes:
        for stroke in _painted(means, sheet, one):
            if stroke.painted is None:
                yield replace(stroke, step=done + stroke.step, steps=steps)
            elif one is passes[-1]:
                yield replace(stroke, step=steps, steps=steps)
            else:
                sheet = Composed(sheet, stroke.painted)
        done += len(one.schedule)


def _pass(means: Means, number: int, layout: Layout, strength: float) -> _Pass:
    networks = stepwise(means.models.networks(posed=means.brush.posed and bool(means.people)))
    pace = means.pace if strength >= 1 else refining(means.pace, strength)
    schedule = resampled(
        networks.scheduler,
        pace.levels,
        pace.walk,
        strength=strength,
        device=means.models.device,
    )
    return _Pass(number, layout, networks, schedule, from_noise=strength >= 1)


def stepwise(networks: Networks) -> Networks:
    """Take a scheduler that remembers no step before, with the same noise levels.

    Clean latents are clipped only where the model's own configuration says so: those of pixels are,
    those of a VAE reach beyond 1.
    """
    from diffusers import DDIMScheduler

    config = networks.scheduler.config
    clips = config.get("clip_sample", False)
    return replace(networks, scheduler=DDIMScheduler.from_config(config, clip_sample=clips))


def _painted(means: Means, sheet: Sheet, one: _Pass) -> Iterator[Stroke]:
    """Go over the windows once, all the way up and down."""
    models, layout, networks = means.models, one.layout, one.networks
    frame = Frame(models, sheet, layout)
    control = poses_of(models, means.people, layout) if networks.controlnet is not None else None
    photo = frame.photo()
    dice = dice_of(means.brush.seed, one.number)
    noise = noise_of(models, layout.frame, dice)
    steps = denoise(
        networks,
        start(networks.scheduler, noise, None if one.from_noise else photo, one.schedule),
        one.schedule,
        means.words,
        windows_of(models, frame, layout, means.people, control),
        guidance=means.guidance,
        known=Known(photo=photo, mask=frame.latent_mask, noise=noise),
        fresh=Fresh(dice=dice, eta=means.pace.walk.eta),
        batch=models.batch,
    )
    sketcher, total, latent = Sketcher(sheet), len(one.schedule), noise
    for step in steps:
        latent = step.latent
        yield Stroke(step.index, total, layout, partial(sketcher.sketch, frame, step.clean))
    yield Stroke(total, total, layout, painted=frame.developed(latent))
