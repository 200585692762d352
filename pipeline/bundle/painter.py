"""The painter: UNet, ControlNet and text encoder, trained together on latents made beforehand.

What makes it learn in hours on two cores: coarse latents, prediction of the clean latent, a control
path that is strong from the start, losses weighed by what a pixel shows, and words that already
know colours and reach every layer by a short way: pooled, and added to the noise level's embedding.
"""

import copy
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from diffusers import ControlNetModel, DDIMScheduler, UNet2DConditionModel
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from pipeline.bundle.checkpoints import load_checkpoint, save_checkpoint
from pipeline.bundle.codec import LATENT_CHANNELS
from pipeline.bundle.examples import Examples
from pipeline.bundle.lexicon import (
    WIDTH,
    build_text_encoder,
    build_tokenizer,
    encode,
    teach_colours,
)
from pipeline.errors import ModelError

BATCH = 8
RATE = 5e-4
WARM_UP = 200  # steps
COOL = 1 / 3  # of the rate, for the last stretch
# The step from which the convolutions that read the pose map at its full size stay as they are:
# they are learned early, and their gradients cost a seventh of a step.
POSE_READ = 12_000
AVERAGE = 0.998  # of the weights, per step
NO_WORDS, NO_POSE = 0.12, 0.08  # shares of the examples, for classifier-free guidance
HEAVIEST = 4.0  # weight of a noise level, and of legs
SHOES = 12.0  # weight of shoes, which fill only a position or two
KNOWN = 0.1  # weight of what is known anyway
# Above `NOISE` hardly anything of the picture is left: there one learns what one step paints.
NOISE, NOISIEST = 600, 900
FROM_NOISE, FROM_NOISIEST = 0.75, 0.6  # shares of the examples above each
# A window that is refined starts from a composition with noise of these levels on it.
REFINED, REFINED_FROM, REFINED_TO = 0.8, 150, 500  # share of the windows, and levels
OWN_GUESS = 0.4  # share of the others that start from what the painter itself makes of pure noise
WORDS_FASTER = 2.0  # the rate of what reads the captions, against all else's
COLOUR_STEPS = 700
SHORT_WAY = "add_embedding"  # where the UNet pools the words
SAVE_EVERY = 300  # steps
CHECKPOINT = "painter.pt"
SHARED = {"layers_per_block": 1, "block_out_channels": (64, 160), "norm_num_groups": 16}


def build_unet() -> UNet2DConditionModel:
    """Return an inpainting UNet of 5.9 M weights; it starts by predicting nothing."""
    unet = UNet2DConditionModel(
        sample_size=18,
        in_channels=2 * LATENT_CHANNELS + 1,
        out_channels=LATENT_CHANNELS,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=WIDTH,
        attention_head_dim=4,
        addition_embed_type="text",
        addition_embed_type_num_heads=8,
        **SHARED,
    )
    nn.init.zeros_(unet.conv_out.weight)
    _set_short_way(unet, 0.0)
    return unet


def build_controlnet() -> ControlNetModel:
    """Return a ControlNet of 1.3 M weights whose outputs do not start at zero.

    Zero convolutions protect a trained UNet; here both learn together, and the pose should be heard
    from the first step.
    """
    net = ControlNetModel(
        in_channels=LATENT_CHANNELS,
        down_block_types=("DownBlock2D", "DownBlock2D"),
        mid_block_type="UNetMidBlock2D",
        conditioning_embedding_out_channels=(16, 24, 48, 96),
        cross_attention_dim=WIDTH,
        attention_head_dim=4,
        **SHARED,
    )
    for layer in (*net.controlnet_down_blocks, net.controlnet_mid_block):
        nn.init.xavier_uniform_(layer.weight)
    nn.init.xavier_uniform_(net.controlnet_cond_embedding.conv_out.weight)
    with torch.no_grad():
        net.controlnet_cond_embedding.conv_in.weight.mul_(3)
        net.conv_in.weight.mul_(0.1)
    return net


def build_scheduler() -> DDIMScheduler:
    """Noise levels that end in pure noise; the network predicts the clean latent."""
    return DDIMScheduler(
        beta_schedule="linear",
        beta_start=1e-4,
        beta_end=0.02,
        prediction_type="sample",
        timestep_spacing="trailing",
        clip_sample=False,
    )


@dataclass(frozen=True, slots=True)
class Painter:
    """Everything that is trained, with the average of its weights over the steps.

    Attributes:
        tokenizer: Of the captions.
        modules: `unet`, `controlnet`, `text_encoder` as they are trained.
        averages: The same, averaged: these are shipped.
    """

    tokenizer: Any
    modules: Mapping[str, nn.Module]
    averages: Mapping[str, nn.Module]


def new_painter(examples: Examples, work: Path, *, colour_steps: int = COLOUR_STEPS) -> Painter:
    """Read the work folder's checkpoint, or start from random weights and words that know colours.

    The tokenizer is the work folder's, if it has one: more data may bring new words, and these
    are then spelled.
    """
    torch.manual_seed(0)
    tokenizer = _tokenizer(examples, work / "tokenizer")
    modules: dict[str, nn.Module] = {
        "unet": build_unet(),
        "controlnet": build_controlnet(),
        "text_encoder": build_text_encoder(tokenizer),
    }
    stored = _stored(work)
    if stored is None or not _has_short_way(stored):
        tokens = encode(tokenizer, examples.captions[:: examples.captions_each])
        _teach_words(modules, tokens, examples.colours, colour_steps)
    averages = {name: copy.deepcopy(module).eval() for name, module in modules.items()}
    if stored is not None:
        _load(modules, stored["modules"])
        _load(averages, stored["averages"])
    return Painter(tokenizer, modules, averages)


def _stored(work: Path) -> dict[str, Any] | None:
    path = work / CHECKPOINT
    return load_checkpoint(path, part="painter") if path.exists() else None


def _has_short_way(stored: Mapping[str, Any]) -> bool:
    return any(key.startswith(SHORT_WAY) for key in stored["modules"]["unet"])


def _load(modules: Mapping[str, nn.Module], stored: Mapping[str, Mapping[str, Tensor]]) -> None:
    """Load weights.

    Those from before the short way come without their words: their text encoder hardly knew colours
    and is not taken over, and what the UNet made of it begins anew, in silence.
    """
    old = not any(key.startswith(SHORT_WAY) for key in stored["unet"])
    for name, module in modules.items():
        weights = dict(stored[name])
        if old and name == "text_encoder":
            continue
        if old and name == "unet":
            fresh = {key: weight for key, weight in module.state_dict().items() if _heard(key)}
            silent = {key: weight * 0 for key, weight in fresh.items() if ".attn2.to_out." in key}
            weights |= fresh | silent
        try:
            module.load_state_dict(weights)
        except RuntimeError as error:
            raise ModelError(
                f"The checkpoint's {name} has other weights; train the painter again."
            ) from error


def _heard(key: str) -> bool:
    """Whether a weight of the UNet reads the words."""
    return ".attn2." in key or key.startswith(SHORT_WAY)


def _teach_words(
    modules: Mapping[str, nn.Module], tokens: Tensor, colours: Tensor, steps: int
) -> None:
    """Teach the words the colours, then silence the short way: training lets it in by and by."""
    unet, text = cast("Any", modules["unet"]), cast("CLIPTextModel", modules["text_encoder"])
    _set_short_way(unet, 1.0)
    teach_colours(text, unet.add_embedding, tokens, colours, steps=steps)
    _set_short_way(unet, 0.0)


def _set_short_way(unet: Any, gain: float) -> None:
    nn.init.constant_(unet.add_embedding.norm2.weight, gain)
    nn.init.zeros_(unet.add_embedding.norm2.bias)


def _tokenizer(examples: Examples, folder: Path) -> CLIPTokenizer:
    if folder.is_dir():
        return CLIPTokenizer.from_pretrained(folder)
    tokenizer = build_tokenizer(examples.captions)
    tokenizer.save_pretrained(folder)
    return tokenizer


def predict(
    modules: Mapping[str, nn.Module], noisy: Tensor, times: Tensor, given: Mapping[str, Tensor]
) -> Tensor:
    """Predict the clean latent, (B, 16, h, w).

    Args:
        modules: `unet`, `controlnet`, `text_encoder`.
        noisy: (B, 16, h, w).
        times: Noise levels, (B).
        given: `mask` (B, 1, h, w), `masked` (B, 16, h, w), `pose` (B, 3, H, W), `tokens` (B, T).
    """
    words = modules["text_encoder"](given["tokens"])[0]
    down, middle = modules["controlnet"](
        noisy, times, encoder_hidden_states=words, controlnet_cond=given["pose"], return_dict=False
    )
    return modules["unet"](
        torch.cat([noisy, given["mask"], given["masked"]], 1),
        times,
        encoder_hidden_states=words,
        down_block_additional_residuals=down,
        mid_block_additional_residual=middle,
        return_dict=False,
    )[0]


def train_painter(
    examples: Examples,
    work: Path,
    *,
    seed: int = 7,
    rate: float = RATE,
    cool_from: int | None = None,
    colour_steps: int = COLOUR_STEPS,
) -> Generator[tuple[int, float, Painter]]:
    """Go on training from the work folder's checkpoint, yielding step, loss and painter.

    What a step sees depends on its number and the seed alone, so that a run that was interrupted
    ends as one that was not. The checkpoint is written every `SAVE_EVERY` steps, and when the
    generator is closed.

    Args:
        examples: What to learn from.
        work: Holds the checkpoint and the tokenizer.
        seed: Of the order of the examples, masks, levels and noise.
        rate: Of the optimiser.
        cool_from: The step from which the rate is only `COOL` of itself; None for never.
        colour_steps: How long the words learn colours before the first step.
    """
    painter = new_painter(examples, work, colour_steps=colour_steps)
    optimiser = _optimiser(painter, rate)
    step = resume(optimiser, work)
    begun = step - _steps_of(optimiser)  # weights that were unpacked come without the optimiser
    tokens = encode(painter.tokenizer, examples.captions)
    empty = encode(painter.tokenizer, [""])
    alphas = build_scheduler().alphas_cumprod
    parameters = [p for module in painter.modules.values() for p in module.parameters()]
    reader = cast("ControlNetModel", painter.modules["controlnet"]).controlnet_cond_embedding
    try:
        while True:
            reader.requires_grad_(step < POSE_READ)
            dice = np.random.default_rng([seed, step])
            torch.manual_seed(seed * 1_000_003 + step)
            batch = _batch(examples, tokens, empty, dice)
            loss = _loss(painter.modules, batch, alphas, dice, examples.visible)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            warm = min(1.0, (step + 1 - begun) / WARM_UP)
            cool = 1.0 if cool_from is None or step < cool_from else COOL
            for group, faster in zip(optimiser.param_groups, (1.0, WORDS_FASTER), strict=True):
                group["lr"] = rate * faster * warm * cool
            optimiser.step()
            step += 1
            _average(painter, min(AVERAGE, (step + 1) / (step + 20)))
            if step % SAVE_EVERY == 0:
                save_painter(painter, optimiser, work, step)
            yield step, loss.item(), painter
    finally:
        save_painter(painter, optimiser, work, step)


def _optimiser(painter: Painter, rate: float) -> torch.optim.Optimizer:
    """Two groups: all else, and what reads the words."""
    slow: list[nn.Parameter] = []
    fast: list[nn.Parameter] = []
    for module, network in painter.modules.items():
        for name, weight in network.named_parameters():
            (fast if module == "unet" and _heard(name) else slow).append(weight)
    groups = [{"params": slow}, {"params": fast}]
    return torch.optim.AdamW(groups, lr=rate, weight_decay=0.0, betas=(0.9, 0.99), fused=True)


def _steps_of(optimiser: torch.optim.Optimizer) -> int:
    """How many steps an optimiser has made."""
    return max((int(state["step"]) for state in optimiser.state.values()), default=0)


def _batch(
    examples: Examples, tokens: Tensor, empty: Tensor, dice: np.random.Generator
) -> dict[str, Tensor]:
    rows = dice.integers(0, len(examples), BATCH)
    batch = examples.batch(rows, dice)
    said = rows * examples.captions_each + dice.integers(0, examples.captions_each, BATCH)
    batch["tokens"] = tokens[torch.from_numpy(said)].clone()
    batch["tokens"][torch.from_numpy(dice.random(BATCH) < NO_WORDS)] = empty
    batch["pose"][torch.from_numpy(dice.random(BATCH) < NO_POSE)] = 0
    return batch


def _loss(
    modules: Mapping[str, nn.Module],
    batch: Mapping[str, Tensor],
    alphas: Tensor,
    dice: np.random.Generator,
    visible: Tensor,
) -> Tensor:
    """Squared error of the clean latent, weighed by noise level and by what is to be seen."""
    composed = (batch["coarse"] != batch["clean"]).flatten(1).any(1).numpy()
    levels = _levels(dice, composed)
    times = torch.from_numpy(levels)
    alpha = alphas[times][:, None, None, None]
    clean = batch["clean"]
    guessed = (levels < NOISE) & (dice.random(BATCH) < OWN_GUESS) & ~composed
    start = _with_own_guesses(modules, batch, guessed)
    noisy = alpha.sqrt() * start + (1 - alpha).sqrt() * torch.randn_like(clean)
    error = (_fast(modules, noisy, times, batch) - clean) ** 2
    shows = importance(batch) * visible[:, None, None]
    return (error * shows * (1 / (1 - alpha)).clamp_max(HEAVIEST)).mean()


def _levels(dice: np.random.Generator, composed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Draw noise levels: most are pure noise, the others even over what is not.

    What was composed mostly has as much noise as a composition gets.
    """
    count = len(composed)
    kind = dice.random(count)
    low = dice.integers(0, NOISE, count)
    high = dice.integers(NOISE, NOISIEST, count)
    top = dice.integers(NOISIEST, 1000, count)
    levels = np.where(kind < FROM_NOISIEST, top, np.where(kind < FROM_NOISE, high, low))
    refined = dice.integers(REFINED_FROM, REFINED_TO, count)
    return np.where(composed & (dice.random(count) < REFINED), refined, levels)


def _with_own_guesses(
    modules: Mapping[str, nn.Module], batch: Mapping[str, Tensor], which: NDArray[np.bool_]
) -> Tensor:
    """Take what was composed for clean, and replace some by what the painter makes of pure noise.

    Sampling in a few steps meets these, blurred as they are, and never the truth with noise on it:
    without them a second step takes the first one's blur for a picture and paints blotches.
    """
    start = batch["coarse"].clone()
    if not which.any():
        return start
    rows = torch.from_numpy(which.nonzero()[0])
    given = {name: value[rows] for name, value in batch.items()}
    with torch.no_grad():
        noise = torch.randn_like(given["clean"])
        start[rows] = _fast(modules, noise, torch.full((len(rows),), 999), given)
    return start


def importance(batch: Mapping[str, Tensor]) -> Tensor:
    """How much each position counts, (B, 1, h, w): legs and still more shoes in the mask."""
    mask = batch["mask"]
    extra = (HEAVIEST - 1) * batch["legs"] + (SHOES - HEAVIEST) * batch["shoes"]
    return KNOWN + mask * (1 - KNOWN + extra)


def _fast(
    modules: Mapping[str, nn.Module], noisy: Tensor, times: Tensor, given: Mapping[str, Tensor]
) -> Tensor:
    """Predict in bfloat16 where the processor multiplies it: nearly twice as fast."""
    quick = torch.cpu._is_avx512_bf16_supported()  # pyright: ignore[reportPrivateUsage]
    with torch.autocast("cpu", torch.bfloat16, enabled=quick):
        return predict(modules, noisy, times, given).float()


@torch.inference_mode()
def first_guess(painter: Painter, batch: Mapping[str, Tensor], *, seed: int = 0) -> Tensor:
    """Predict latents from pure noise in one step, with the averaged weights."""
    dice = torch.Generator().manual_seed(seed)
    clean = batch["clean"]
    times = torch.full((len(clean),), 999)
    noise = torch.randn(clean.shape, generator=dice)
    return predict(painter.averages, noise, times, batch)


@torch.no_grad()
def _average(painter: Painter, keep: float) -> None:
    for name, module in painter.modules.items():
        mean = list(painter.averages[name].parameters())
        torch._foreach_lerp_(mean, [p.detach() for p in module.parameters()], 1 - keep)


def save_painter(painter: Painter, optimiser: Any, work: Path, step: int) -> None:
    """Write the checkpoint, whole or not at all."""
    content = {
        "part": "painter",
        "step": step,
        "optimiser": optimiser.state_dict(),
        "modules": {name: module.state_dict() for name, module in painter.modules.items()},
        "averages": {name: module.state_dict() for name, module in painter.averages.items()},
    }
    save_checkpoint(work / CHECKPOINT, content)


def resume(optimiser: torch.optim.Optimizer, work: Path) -> int:
    """Load the optimiser of the checkpoint, if there is one; return the step it had reached.

    Raises:
        ModelError: It is damaged, or another version's.
    """
    stored = _stored(work)
    if stored is None:
        return 0
    if stored["optimiser"] is not None:
        optimiser.load_state_dict(stored["optimiser"])
    return int(stored["step"])
