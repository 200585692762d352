"""Noise levels: lists of them to visit, and how a latent is brought from one to the next.

A schedule is variance preserving: at a level a latent is `sqrt(kept) * clean + sqrt(1 - kept) *
noise`, with `kept` the cumulative product of the alphas.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Any

import torch
from torch import Tensor

from pipeline.resampling import Walk, resampling_times


@dataclass(frozen=True, slots=True)
class Down:
    """A step that the network takes, to a lower noise level.

    Attributes:
        time: The level that the latent is at, in the scheduler's time steps.
        to: The level that it is brought to; None where no noise is left.
        done: Which share of the levels of a full run is behind it then, 0..1.
    """

    time: Tensor
    to: Tensor | None
    done: float


@dataclass(frozen=True, slots=True)
class Up:
    """A step back to a higher noise level, which takes no network.

    Attributes:
        time: The level that the latent is at; None where it has no noise.
        to: The level that it is brought to.
    """

    time: Tensor | None
    to: Tensor


@dataclass(frozen=True, slots=True)
class Schedule:
    """The moves of one run; its length is how many of them call the network."""

    moves: tuple[Down | Up, ...]

    def __len__(self) -> int:
        return sum(isinstance(move, Down) for move in self.moves)

    @property
    def highest(self) -> Tensor:
        """The noise level that the run begins at."""
        return next(move.time for move in self.moves if isinstance(move, Down))


def timesteps(scheduler: Any, steps: int, *, strength: float, device: torch.device) -> Schedule:
    """Set the scheduler up and list the moves from noise to a clean latent.

    Args:
        scheduler: A diffusers scheduler.
        steps: How many steps a full run has.
        strength: Which share of them is run; 1 starts from pure noise.
        device: Where the networks live.
    """
    scheduler.set_timesteps(steps, device=device)
    skipped = max(steps - min(int(steps * strength), steps), 0)
    if hasattr(scheduler, "set_begin_index"):  # multistep schedulers count their own steps
        scheduler.set_begin_index(skipped)
    times = scheduler.timesteps
    ends = [*times[1:], None]
    return Schedule(
        tuple(Down(times[at], ends[at], (at + 1) / steps) for at in range(skipped, len(times)))
    )


def resampled(
    scheduler: Any, steps: int, walk: Walk, *, strength: float = 1.0, device: torch.device
) -> Schedule:
    """Set the scheduler up and list the moves of RePaint, those back up included.

    Args:
        scheduler: A diffusers scheduler.
        steps: How many noise levels a full run has.
        walk: How often, and how far, it goes back up.
        strength: From which share of the noise levels it starts, the lowest at least; 1 starts from
            pure noise.
        device: Where the networks live.
    """
    scheduler.set_timesteps(steps, device=device)
    begun = max(1, min(int(steps * strength), steps))
    visited = resampling_times(begun, jump=walk.jump, repeats=walk.repeats)
    # Where a level is visited the latent is left one below it, whether it came from above or below.
    levels = [begun - 1, *(level - 1 for level in visited)]
    times = scheduler.timesteps.flip(0)
    return Schedule(tuple(_move(times, here, there) for here, there in pairwise(levels)))


def _move(times: Tensor, here: int, there: int) -> Down | Up:
    """Go from one of the ascending `times` to another; below the first there is no noise."""
    if there > here:
        return Up(times[here] if here >= 0 else None, times[there])
    done = (len(times) - there - 1) / len(times)
    return Down(times[here], times[there] if there >= 0 else None, done)


def start(scheduler: Any, noise: Tensor, photo: Tensor | None, schedule: Schedule) -> Tensor:
    """Make the latent that the loop begins with: pure noise, or a photo with noise on it.

    Args:
        scheduler: The one that the schedule was made with.
        noise: Standard normal, (1, C, H, W).
        photo: A clean latent of the same shape to start from; None for pure noise.
        schedule: The run.
    """
    if photo is None:
        return noise * scheduler.init_noise_sigma
    return scheduler.add_noise(photo, noise, schedule.highest[None])


def clean_of(scheduler: Any, latent: Tensor, prediction: Tensor, time: Tensor) -> Tensor:
    """Take the predicted noise off a latent.

    Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, eq. 15; for "v" Salimans and Ho 2022,
    https://arxiv.org/abs/2202.00512, appendix D.
    """
    kind = scheduler.config.prediction_type
    if kind == "sample":
        return prediction
    signal, noise = _shares(scheduler, time)
    if kind == "v_prediction":
        return signal * latent - noise * prediction
    return (latent - noise * prediction) / signal


def noise_of(scheduler: Any, latent: Tensor, prediction: Tensor, time: Tensor) -> Tensor:
    """Tell the noise that a network sees in a latent; see `clean_of`."""
    kind = scheduler.config.prediction_type
    if kind == "epsilon":
        return prediction
    signal, noise = _shares(scheduler, time)
    if kind == "v_prediction":
        return signal * prediction + noise * latent
    return (latent - signal * prediction) / noise


def stepped_down(
    scheduler: Any, latent: Tensor, prediction: Tensor, move: Down, *, noise: Tensor, eta: float
) -> Tensor:
    """Denoise from one level to any lower one, a share of the noise being new.

    Args:
        scheduler: Gives the levels, the kind of prediction, and whether clean latents are clipped.
        latent: At the move's level, (1, C, H, W).
        prediction: The network's, same shape.
        move: From where to where.
        noise: Standard normal, same shape.
        eta: How much of the noise is new: 0 none (DDIM), 1 as in DDPM.

    Source: Song et al. 2021, https://arxiv.org/abs/2010.02502, eq. 12 and 16.
    """
    here, there = _kept(scheduler, move.time), _kept(scheduler, move.to)
    clean = clean_of(scheduler, latent, prediction, move.time)
    if scheduler.config.get("clip_sample", False):
        clean = clean.clamp(-1, 1)
    spread = eta * sqrt((1 - there) / (1 - here) * (1 - here / there))
    direction = sqrt(1 - there - spread**2) * noise_of(scheduler, latent, prediction, move.time)
    return sqrt(there) * clean + direction + spread * noise


def climbed(scheduler: Any, latent: Tensor, move: Up, *, noise: Tensor) -> Tensor:
    """Add noise, from one level to a higher one.

    Source: Lugmayr et al. 2022, https://arxiv.org/abs/2201.09865, Algorithm 1 line 10, for any
    number of the schedule's betas at once.
    """
    stays = _kept(scheduler, move.to) / _kept(scheduler, move.time)
    return sqrt(stays) * latent + sqrt(1 - stays) * noise


def at_level(scheduler: Any, photo: Tensor, time: Tensor | None, *, noise: Tensor) -> Tensor:
    """Bring a clean latent to a noise level; None leaves it clean."""
    return photo if time is None else scheduler.add_noise(photo, noise, time[None])


def _shares(scheduler: Any, time: Tensor) -> tuple[float, float]:
    """Return the factors of the clean latent and of the noise at a level."""
    kept = _kept(scheduler, time)
    return sqrt(kept), sqrt(1 - kept)


def _kept(scheduler: Any, time: Tensor | None) -> float:
    """Return the share of the clean latent's variance at a level, in (0, 1].

    A plain number, because differences of these vanish in half precision.
    """
    return 1.0 if time is None else float(scheduler.alphas_cumprod[int(time)])
