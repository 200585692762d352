"""The sampler: one loop, written once, on diffusers' networks and schedulers.

It knows windows, known pixels, ControlNet and guidance; it knows no pictures, prompts or people. It
yields after
every step, so that whoever drives it can show progress, stop, or let another job take a turn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from pipeline.geometry import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Networks:
    """What the loop calls at each step.

    Attributes:
        unet: A diffusers UNet2DConditionModel, with C inputs or with 2C + 1 (an inpainting UNet).
        scheduler: A first-order diffusers scheduler, `set_timesteps` not yet called; it is used up
            by one run.
        controlnet: A diffusers ControlNetModel, or None.
    """

    unet: Any
    scheduler: Any
    controlnet: Any | None = None

    @property
    def sees_the_photo(self) -> bool:
        """Whether the UNet takes mask and masked photo as inputs (9 channels in SD1.5)."""
        return self.unet.config.in_channels == 2 * self.unet.config.out_channels + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One network call's share of the latent, and what the network is told about it.

    Attributes:
        box: Where it lies, in latent positions.
        mask: 1 where pixels are new, (1, 1, h, w).
        masked: Latent of the photo with mid-grey where pixels are new, (1, C, h, w); for inpainting
            UNets.
        control: The pose map in 0..1, (1, 3, H, W) in pixels; None without ControlNet.
    """

    box: Box
    mask: Tensor
    masked: Tensor | None = None
    control: Tensor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What may not change, for UNets that are not told: put back after each step.

    Attributes:
        photo: Its clean latent, (1, C, H, W).
        mask: 1 where pixels are new, (1, 1, H, W).
        noise: The noise that the run starts from, same shape as `photo`.
    """

    photo: Tensor
    mask: Tensor
    noise: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """How strongly words and pose pull, and on which share of the steps.

    Attributes:
        scale: Classifier-free guidance; at 1 the unconditional half is not computed.
        share: On this share of the steps, from the start; afterwards as if the scale were 1.
        control_scale: ControlNet's weight; at 0 it is not computed.
        control_share: On this share of the steps, from the start; afterwards ControlNet is not
            computed.
    """

    scale: float = 7.5
    share: float = 1.0
    control_scale: float = 1.0
    control_share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The prompt as the text encoder gives it.

    Attributes:
        prompt: (1, T, D).
        negative: The same for the negative (or empty) prompt; None only where guidance is 1.
    """

    prompt: Tensor
    negative: Tensor | None = None


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


def timesteps(scheduler: Any, steps: int, *, strength: float, device: torch.device) -> Tensor:
    """Set the scheduler up and list the noise levels to visit, noisiest first.

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
    return scheduler.timesteps[skipped:]


def start(scheduler: Any, noise: Tensor, photo: Tensor | None, times: Tensor) -> Tensor:
    """Make the latent that the loop begins with: pure noise, or a photo with noise on it.

    Args:
        scheduler: The one that `timesteps` has set up.
        noise: Standard normal, (1, C, H, W).
        photo: A clean latent of the same shape to start from; None for pure noise.
        times: What `timesteps` returned.
    """
    if photo is None:
        return noise * scheduler.init_noise_sigma
    return scheduler.add_noise(photo, noise, times[:1])


@torch.inference_mode()
def denoise(
    networks: Networks,
    latent: Tensor,
    times: Tensor,
    words: Words,
    windows: Sequence[Window],
    *,
    guidance: Guidance,
    known: Known | None = None,
) -> Iterator[Step]:
    """Denoise a latent of any size through windows, yielding after every step.

    At each step every window is predicted on its own; where windows overlap the predictions are
    averaged with weights that fall towards a window's rim (MultiDiffusion,
    https://arxiv.org/abs/2302.08113, eq. 3, with weights), and the scheduler then takes one step
    for the whole latent. With one window this is what diffusers' inpainting pipelines compute.

    Args:
        networks: UNet, scheduler, ControlNet.
        latent: What `start` returned, (1, C, H, W).
        times: What `timesteps` returned.
        words: The encoded prompt.
        windows: They cover whatever is to be painted; what no window covers is left as it is.
        guidance: Strengths and shares.
        known: Given for UNets that take C inputs: the known part is put back at each step's own
            noise level (Lugmayr et al. 2022, https://arxiv.org/abs/2201.09865, eq. 8a-8c; the
            paper's mask is 1 where pixels stay, ours the reverse).
    """
    total = len(times)
    for index, time in enumerate(times):
        prediction = _fuse(
            latent,
            [
                (w.box, _predict(networks, latent, time, words, w, _at(guidance, index, total)))
                for w in windows
            ],
        )
        clean = _clean(networks.scheduler, latent, prediction, time)
        latent = networks.scheduler.step(prediction, time, latent, return_dict=False)[0]
        if known is not None:
            level = times[index + 1 : index + 2]
            latent = _put_back(networks.scheduler, latent, known, level)
        yield Step(index + 1, total, latent, clean)


def _at(guidance: Guidance, index: int, total: int) -> Guidance:
    """Strengths at one step: what has had its share of the steps is switched off."""
    done = (index + 1) / total
    return Guidance(
        scale=guidance.scale if done <= guidance.share else 1.0,
        control_scale=guidance.control_scale if done <= guidance.control_share else 0.0,
    )


def _predict(
    networks: Networks,
    latent: Tensor,
    time: Tensor,
    words: Words,
    window: Window,
    guidance: Guidance,
) -> Tensor:
    """Predict one window with guidance, (1, C, h, w) in the scheduler's own prediction type."""
    box = window.box
    crop = latent[:, :, box.top : box.bottom, box.left : box.right]
    guided = guidance.scale != 1.0 and words.negative is not None
    text = (
        torch.cat([words.negative, words.prompt])
        if guided and words.negative is not None
        else words.prompt
    )
    copies = len(text)
    noisy = networks.scheduler.scale_model_input(crop.repeat(copies, 1, 1, 1), time)
    residuals = _control(networks, noisy, time, text, window, guidance.control_scale)
    if networks.sees_the_photo:
        told = torch.cat([window.mask, _given(window.masked)], dim=1).repeat(copies, 1, 1, 1)
        noisy = torch.cat([noisy, told], dim=1)
    prediction = networks.unet(
        noisy, time, encoder_hidden_states=text, return_dict=False, **residuals
    )[0]
    if not guided:
        return prediction
    negative, positive = prediction.chunk(2)
    return negative + guidance.scale * (positive - negative)


def _clean(scheduler: Any, latent: Tensor, prediction: Tensor, time: Tensor) -> Tensor:
    """Take the predicted noise off a latent of a variance-preserving schedule.

    Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, eq. 15; for "v" Salimans and Ho 2022,
    https://arxiv.org/abs/2202.00512, appendix D.
    """
    kind = scheduler.config.prediction_type
    if kind == "sample":
        return prediction
    kept = scheduler.alphas_cumprod[int(time)].to(latent.device, latent.dtype)
    signal, noise = kept.sqrt(), (1 - kept).sqrt()
    if kind == "v_prediction":
        return signal * latent - noise * prediction
    return (latent - noise * prediction) / signal


def _given(masked: Tensor | None) -> Tensor:
    if masked is None:
        raise ValueError("an inpainting UNet needs the masked photo of every window")
    return masked


def _control(
    networks: Networks, noisy: Tensor, time: Tensor, text: Tensor, window: Window, scale: float
) -> dict[str, Any]:
    """Run ControlNet, if it has a say at this step; its residuals as the UNet wants them."""
    if networks.controlnet is None or window.control is None or scale == 0.0:
        return {}
    down, middle = networks.controlnet(
        noisy,
        time,
        encoder_hidden_states=text,
        controlnet_cond=window.control.repeat(len(text), 1, 1, 1),
        conditioning_scale=scale,
        return_dict=False,
    )
    return {"down_block_additional_residuals": down, "mid_block_additional_residual": middle}


def _fuse(latent: Tensor, parts: Sequence[tuple[Box, Tensor]]) -> Tensor:
    """Average the windows' predictions into one of the latent's shape."""
    box, prediction = parts[0]
    if len(parts) == 1 and prediction.shape == latent.shape:
        return prediction
    total = torch.zeros_like(latent)
    weight = torch.zeros_like(latent[:, :1])
    for box, prediction in parts:
        ramp = rim_weights(box, like=prediction)
        total[:, :, box.top : box.bottom, box.left : box.right] += prediction * ramp
        weight[:, :, box.top : box.bottom, box.left : box.right] += ramp
    return torch.where(weight > 0, total / weight.clamp_min(1e-6), latent)


def rim_weights(box: Box, *, like: Tensor) -> Tensor:
    """Weights that fall linearly from a box's middle to its rim, (1, 1, h, w), never zero."""
    across = _tent(box.width, like)
    down = _tent(box.height, like)
    return (down[:, None] * across[None, :])[None, None]


def _tent(length: int, like: Tensor) -> Tensor:
    places = torch.arange(length, device=like.device, dtype=torch.float32) + 0.5
    return (torch.minimum(places, length - places) / (length / 2)).to(like.dtype)


def _put_back(scheduler: Any, latent: Tensor, known: Known, level: Tensor) -> Tensor:
    photo = scheduler.add_noise(known.photo, known.noise, level) if len(level) else known.photo
    return (1 - known.mask) * photo + known.mask * latent
