"""Paint what is unknown on a sheet of any size: in passes, through windows of latents, and back.

Outpainting and refining are both this; they differ in the sheet, the pose and the strength.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import ceil

import torch
from PIL import Image
from torch import Tensor

from pipeline.canvas import Painted
from pipeline.draw import draw_condition
from pipeline.geometry import Size
from pipeline.gpu.denoise import Known, denoise
from pipeline.gpu.frame import Frame, Sketcher, channels_of
from pipeline.gpu.levels import Schedule, start, timesteps
from pipeline.gpu.models import Models
from pipeline.gpu.predict import Guidance, Networks, Window, Words
from pipeline.gpu.prompts import empty_windows, encode_caption, encode_scenery
from pipeline.jobs import Method, Quality
from pipeline.sheet import Composed, Sheet
from pipeline.skeleton import Skeleton
from pipeline.windows import Layout, plan_draft, plan_pass, plan_passes

LEAST_STEPS = 4  # of a run that starts half way: fewer leave its noise in the picture

People = tuple[Skeleton, ...]


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


@dataclass(frozen=True, slots=True)
class Stroke:
    """Where painting stands: `step` of `steps`; what was painted once it is finished.

    Attributes:
        step: How many steps are done, of all passes.
        steps: Of how many.
        layout: The windows that are being painted.
        look: Makes a small picture of how it looks so far.
        painted: Only with the last stroke.
    """

    step: int
    steps: int
    layout: Layout
    look: Callable[[], Image.Image] | None = None
    painted: Painted | None = None


@dataclass(frozen=True, slots=True)
class _Pass:
    """One way over the windows of a layout.

    Attributes:
        layout: Where.
        networks: With a scheduler of its own, which the schedule was made with.
        schedule: The noise levels.
        from_noise: Whether it begins with noise alone.
    """

    layout: Layout
    networks: Networks
    schedule: Schedule
    from_noise: bool


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
    passes = [
        _pass_of(models, layout, people, brush, strength)
        for layout, strength in layouts(models, sheet, people, brush)
    ]
    words = encode_words(models, brush)
    steps, done = sum(len(one.schedule) for one in passes), 0
    for number, one in enumerate(passes):
        strokes = _painted(models, sheet, people, brush, words, one, number)
        for stroke in strokes:
            if stroke.painted is None:
                yield Stroke(done + stroke.step, steps, one.layout, stroke.look)
            elif number < len(passes) - 1:
                sheet = Composed(sheet, stroke.painted)
            else:
                yield Stroke(steps, steps, one.layout, painted=stroke.painted)
        done += len(one.schedule)


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


def _pass_of(
    models: Models, layout: Layout, people: People, brush: Brush, strength: float
) -> _Pass:
    networks = models.networks(posed=brush.posed and bool(people))
    steps = _steps(models, brush, strength)
    schedule = timesteps(networks.scheduler, steps, strength=strength, device=models.device)
    return _Pass(layout, networks, schedule, from_noise=strength >= 1)


def _painted(
    models: Models,
    sheet: Sheet,
    people: People,
    brush: Brush,
    words: Words,
    one: _Pass,
    number: int,
) -> Iterator[Stroke]:
    """Go over the windows once."""
    networks, layout = one.networks, one.layout
    frame = Frame(models, sheet, layout)
    control = poses_of(models, people, layout) if networks.controlnet is not None else None
    windows = windows_of(models, frame, layout, people, control)
    noise = noise_of(models, layout.frame, dice_of(brush.seed, number))
    blank = networks.sees_the_photo and one.from_noise and not brush.put_back
    photo = None if blank else frame.photo()
    latent = start(networks.scheduler, noise, None if one.from_noise else photo, one.schedule)
    steps = denoise(
        networks,
        latent,
        one.schedule,
        words,
        windows,
        guidance=guidance_of(models, brush),
        known=_known(networks, frame, photo, noise, put_back=brush.put_back),
        batch=models.batch,
    )
    sketcher, total = Sketcher(sheet), len(one.schedule)
    for step in steps:
        latent = step.latent
        yield Stroke(step.index, total, layout, partial(sketcher.sketch, frame, step.clean))
    yield Stroke(total, total, layout, painted=frame.developed(latent))


def windows_of(
    models: Models, frame: Frame, layout: Layout, people: People, control: Tensor | None
) -> list[Window]:
    """Cut a frame into its windows; those in which nobody is are told of the scenery alone."""
    empty = empty_windows(layout, people)
    scenery = encode_scenery(models) if empty else None
    return [
        frame.window(box, control, words=scenery if box in empty else None)
        for box in layout.windows
    ]


def _steps(models: Models, brush: Brush, strength: float) -> int:
    """Return how many steps a full run has, so that enough of them are in the share to be run."""
    steps = brush.steps or models.profile.steps_for(brush.quality)
    if strength >= 1:
        return steps
    least = max(min(LEAST_STEPS, steps), round(steps * strength))
    whole = ceil(least / strength)
    return whole if int(whole * strength) >= least else whole + 1


def guidance_of(models: Models, brush: Brush) -> Guidance:
    """Return the profile's strengths and shares, with the brush's own guidance."""
    profile = models.profile
    return Guidance(
        scale=profile.guidance if brush.guidance is None else brush.guidance,
        share=profile.guidance_share,
        control_share=profile.control_share,
    )


def _known(
    networks: Networks, frame: Frame, photo: Tensor | None, noise: Tensor, *, put_back: bool
) -> Known | None:
    if photo is None or (networks.sees_the_photo and not put_back):
        return None
    return Known(photo=photo, mask=frame.latent_mask, noise=noise)


def dice_of(seed: int, number: int) -> torch.Generator:
    """Return what a pass draws its noise from; the first pass's is the seed's.

    It is on the CPU, whatever the device, so that a seed means the same everywhere.
    """
    return torch.Generator("cpu").manual_seed(seed + (number << 32))


def noise_of(models: Models, frame: Size, dice: torch.Generator) -> Tensor:
    """Draw the noise that a frame starts from, (1, C, h, w)."""
    size = models.latent_size(frame)
    shape = (1, models.vae.config.latent_channels, size.height, size.width)
    return torch.randn(shape, generator=dice).to(models.device, models.dtype)


def encode_words(models: Models, brush: Brush) -> Words:
    """Encode what the brush says the picture shows."""
    return encode_caption(models, brush.caption)


def poses_of(models: Models, people: People, layout: Layout) -> Tensor:
    """Draw everybody's pose on the frame, (1, 3, H, W) in 0..1."""
    profile, region = models.profile, layout.region
    moved = [one.mapped(dx=-region.left, dy=-region.top) for one in people]
    scaled = [one.mapped(scale=layout.scale) for one in moved]
    drawn = draw_condition(scaled, layout.frame, stick=profile.stick, feet=profile.feet)
    return channels_of(drawn).to(models.device, models.dtype)
