"""The sampler: one loop, written once, on diffusers' networks and schedulers.

It knows windows, known pixels, ControlNet, guidance and walks back up to noise; it knows no
pictures, prompts or people. It yields after every step, so that whoever drives it can show
progress, stop, or let another job take a turn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from pipeline.gpu.levels import (
    Down,
    Schedule,
    Up,
    at_level,
    clean_of,
    climbed,
    stepped_down,
)
from pipeline.gpu.predict import Guidance, Networks, Window, Words, predict


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What may not change, for UNets that are not told: put back after each step.

    Attributes:
        photo: Its clean latent, (1, C, H, W).
        mask: 1 where pixels are new, (1, 1, H, W).
        noise: The noise that the run starts from, same shape as `photo`; it is not used where each
            step has fresh noise.
    """

    photo: Tensor
    mask: Tensor
    noise: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """New noise at every step.

    Attributes:
        dice: Where it comes from; on the CPU, so that a seed means the same on every device.
        eta: How much of each step's noise is new: 0 none (DDIM), 1 as in DDPM.
    """

    dice: torch.Generator
    eta: float = 1.0

    def like(self, latent: Tensor) -> Tensor:
        """Draw standard normal noise of a latent's shape."""
        return torch.randn(latent.shape, generator=self.dice).to(latent)


@dataclass(frozen=True, slots=True)
class Step:
    """Where the loop stands.

    Attributes:
        index: How many steps are done.
        total: Of how many.
        latent: As noisy as the step left it, (1, C, H, W).
        clean: What the networks took it for without its noise, the same shape: for previews.
    """

    index: int
    total: int
    latent: Tensor
    clean: Tensor


@torch.inference_mode()
def denoise(
    networks: Networks,
    latent: Tensor,
    schedule: Schedule,
    words: Words | None,
    windows: Sequence[Window],
    *,
    guidance: Guidance,
    known: Known | None = None,
    fresh: Fresh | None = None,
    batch: int = 1,
) -> Iterator[Step]:
    """Denoise a latent of any size through windows, yielding after every step.

    At each step every window is predicted on its own, and the scheduler then takes one step for the
    whole latent. With one window this is what diffusers' inpainting pipelines compute.

    With `fresh` noise it is RePaint (Lugmayr et al. 2022, https://arxiv.org/abs/2201.09865,
    Algorithm 1), and the schedule may climb; with one window this is what diffusers'
    `RePaintScheduler` computes.

    Args:
        networks: UNet, scheduler, ControlNet.
        latent: What `start` returned, (1, C, H, W).
        schedule: What `timesteps` or `resampled` returned.
        words: The encoded prompt; None for a UNet that knows no words.
        windows: They cover whatever is to be painted; what no window covers is left as it is.
        guidance: Strengths and shares; shares are of a full run, however much of it is skipped.
        known: Given for UNets that take C inputs: the known part is put back at each step's own
            noise level (the same, eq. 8a-8c; the paper's mask is 1 where pixels stay, ours the
            reverse).
        fresh: Noise for steps that are not deterministic, and for the known part at each of them.
        batch: At most so many windows of one shape are predicted in one call of the networks.
    """
    total, done = len(schedule), 0
    for move in schedule.moves:
        if isinstance(move, Up):
            latent = climbed(networks.scheduler, latent, move, noise=_needed(fresh).like(latent))
            continue
        prediction = predict(
            networks,
            latent,
            move.time,
            words,
            windows,
            guidance=guidance.at(move.done),
            batch=batch,
        )
        clean = clean_of(networks.scheduler, latent, prediction, move.time)
        latent = _stepped(networks.scheduler, latent, prediction, move, known, fresh)
        done += 1
        yield Step(done, total, latent, clean)


def _stepped(
    scheduler: Any,
    latent: Tensor,
    prediction: Tensor,
    move: Down,
    known: Known | None,
    fresh: Fresh | None,
) -> Tensor:
    """Take one step down and put the known part back at the level that it leads to."""
    noise = None if fresh is None else fresh.like(latent)
    if fresh is None or noise is None:
        latent = scheduler.step(prediction, move.time, latent, return_dict=False)[0]
    else:
        latent = stepped_down(scheduler, latent, prediction, move, noise=noise, eta=fresh.eta)
    if known is None:
        return latent
    photo = at_level(scheduler, known.photo, move.to, noise=known.noise if noise is None else noise)
    return (1 - known.mask) * photo + known.mask * latent


def _needed(fresh: Fresh | None) -> Fresh:
    if fresh is None:
        raise ValueError("a schedule that climbs needs fresh noise")
    return fresh
