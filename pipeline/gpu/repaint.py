"""RePaint: what is unknown comes out of noise while the known part is put back at every level.

Steps are repeated, each time after a walk back up to more noise, so that the new part comes to
agree with the known one. It works in any latent space, that of pixels included.

Source: Lugmayr et al. 2022, https://arxiv.org/abs/2201.09865.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil

from pipeline.gpu.levels import resampled
from pipeline.gpu.models import Models
from pipeline.gpu.paint import LEAST_STEPS, Brush, layouts, means_of
from pipeline.gpu.passes import Pass, People, Stroke, walked
from pipeline.gpu.predict import Networks
from pipeline.jobs import Quality
from pipeline.profiles import Profile
from pipeline.resampling import Walk
from pipeline.sheet import Sheet
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


def repaint(
    models: Models, sheet: Sheet, people: People, brush: Brush, *, pace: Pace | None = None
) -> Iterator[Stroke]:
    """Paint what is unknown with prompt and pose, yielding after each step; see `paint`.

    The composition is resampled; windows that refine it are not. Without a pace it is the
    profile's for the brush's quality.
    """
    yield from walked(
        means_of(models, people, brush),
        sheet,
        resampling(
            models,
            layouts(models, sheet, people, brush),
            pace or pace_for(models.profile, brush),
            posed=brush.posed and bool(people),
        ),
    )


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


def resampling(
    models: Models, wanted: Iterable[tuple[Layout, float]], pace: Pace, *, posed: bool
) -> list[Pass]:
    """Let passes, each a layout and the share of the noise levels that it starts from, resample."""
    return [_pass(models, layout, strength, pace, posed=posed) for layout, strength in wanted]


def _pass(models: Models, layout: Layout, strength: float, pace: Pace, *, posed: bool) -> Pass:
    networks = stepwise(models.networks(posed=posed))
    own = pace if strength >= 1 else refining(pace, strength)
    return Pass(
        layout=layout,
        networks=networks,
        schedule=resampled(
            networks.scheduler, own.levels, own.walk, strength=strength, device=models.device
        ),
        from_noise=strength >= 1,
        puts_back=True,
        eta=own.walk.eta,
    )


def stepwise(networks: Networks) -> Networks:
    """Take a scheduler that remembers no step before, with the same noise levels.

    Clean latents are clipped only where the model's own configuration says so: those of pixels are,
    those of a VAE reach beyond 1.
    """
    from diffusers import DDIMScheduler

    config = networks.scheduler.config
    clips = config.get("clip_sample", False)
    return replace(networks, scheduler=DDIMScheduler.from_config(config, clip_sample=clips))
