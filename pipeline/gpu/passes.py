"""Passes over a sheet: how every painter gets from windows of noise to what it delivers.

Painters differ in the noise levels that they visit, and in whether the known part is put back.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from PIL import Image
from torch import Tensor

from pipeline.draw import draw_condition
from pipeline.geometry import Size
from pipeline.gpu.denoise import Fresh, Known, denoise
from pipeline.gpu.frame import Frame, Sketcher, channels_of
from pipeline.gpu.levels import Schedule, start
from pipeline.gpu.models import Models
from pipeline.gpu.predict import Guidance, Networks, Window, Words
from pipeline.gpu.prompts import empty_windows, encode_scenery
from pipeline.painted import Painted
from pipeline.sheet import Composed, Sheet
from pipeline.skeleton import Skeleton
from pipeline.windows import Layout

People = tuple[Skeleton, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a picture is painted with, in all its passes.

    Attributes:
        models: Loaded networks.
        seed: The same seed on the same kind of machine gives the same picture.
        people: Everybody in the picture, canvas pixels; nobody where words and pose mean nothing.
        words: The encoded prompt; None for a UNet that knows no words.
        guidance: Strengths and shares.
    """

    models: Models
    seed: int
    people: People
    words: Words | None
    guidance: Guidance


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One way over the windows of a layout.

    Attributes:
        layout: Where.
        networks: With a scheduler of its own, which the schedule was made with.
        schedule: The noise levels.
        from_noise: Whether it begins with noise alone, and not with what the sheet shows.
        puts_back: Whether the known part is put back after each step.
        eta: How much of each step's noise is new; None leaves it to the scheduler's own steps.
    """

    layout: Layout
    networks: Networks
    schedule: Schedule
    from_noise: bool
    puts_back: bool
    eta: float | None = None


def walked(means: Means, sheet: Sheet, passes: Sequence[Pass]) -> Iterator[Stroke]:
    """Paint what is unknown pass by pass, each over what the one before it composed.

    Yields after each step; the last stroke has what was painted.
    """
    steps, done = sum(len(one.schedule) for one in passes), 0
    for number, one in enumerate(passes):
        for stroke in _painted(means, sheet, one, number):
            if stroke.painted is None:
                yield replace(stroke, step=done + stroke.step, steps=steps)
            elif one is passes[-1]:
                yield replace(stroke, step=steps, steps=steps)
            else:
                sheet = Composed(sheet, stroke.painted)
        done += len(one.schedule)


def _painted(means: Means, sheet: Sheet, one: Pass, number: int) -> Iterator[Stroke]:
    """Go over the windows once."""
    models, layout, networks = means.models, one.layout, one.networks
    frame = Frame(models, sheet, layout)
    photo = frame.photo() if one.puts_back or not one.from_noise else None
    dice = _dice(means.seed, number)
    noise = _noise(models, layout.frame, dice)
    steps = denoise(
        networks,
        start(networks.scheduler, noise, None if one.from_noise else photo, one.schedule),
        one.schedule,
        means.words,
        _windows(means, frame, one),
        guidance=means.guidance,
        known=_known(frame, photo, noise) if one.puts_back else None,
        fresh=None if one.eta is None else Fresh(dice=dice, eta=one.eta),
        batch=models.batch,
    )
    sketcher, total, latent = Sketcher(sheet), len(one.schedule), noise
    for step in steps:
        latent = step.latent
        yield Stroke(step.index, total, layout, partial(sketcher.sketch, frame, step.clean))
    yield Stroke(total, total, layout, painted=frame.developed(latent))


def _known(frame: Frame, photo: Tensor | None, noise: Tensor) -> Known | None:
    if photo is None:
        return None
    return Known(photo=photo, mask=frame.latent_mask, noise=noise)


def _windows(means: Means, frame: Frame, one: Pass) -> list[Window]:
    """Cut a frame into its windows; those in which nobody is are told of the scenery alone."""
    layout = one.layout
    control = None if one.networks.controlnet is None else _poses(means, layout)
    empty = empty_windows(layout, means.people)
    scenery = encode_scenery(means.models) if empty else None
    return [
        frame.window(box, control, words=scenery if box in empty else None)
        for box in layout.windows
    ]


def _dice(seed: int, number: int) -> torch.Generator:
    """Return what a pass draws its noise from; the first pass's is the seed's.

    It is on the CPU, whatever the device, so that a seed means the same everywhere.
    """
    return torch.Generator("cpu").manual_seed(seed + (number << 32))


def _noise(models: Models, frame: Size, dice: torch.Generator) -> Tensor:
    """Draw the noise that a frame starts from, (1, C, h, w)."""
    size = models.latent_size(frame)
    shape = (1, models.vae.config.latent_channels, size.height, size.width)
    return torch.randn(shape, generator=dice).to(models.device, models.dtype)


def _poses(means: Means, layout: Layout) -> Tensor:
    """Draw everybody's pose on the frame, (1, 3, H, W) in 0..1."""
    models, region = means.models, layout.region
    moved = [one.mapped(dx=-region.left, dy=-region.top) for one in means.people]
    scaled = [one.mapped(scale=layout.scale) for one in moved]
    profile = models.profile
    drawn = draw_condition(scaled, layout.frame, stick=profile.stick, feet=profile.feet)
    return channels_of(drawn).to(models.device, models.dtype)
