"""Teaches the captioner.

Captions alone teach its eyes slowly. While it learns, more heads therefore ask every patch which
labels and words it gives reason for, and the whole picture for its words; they are not shipped.
"""

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  torch's own name for it
from torch import Tensor, nn

from pipeline.bundle.captioner import (
    BEGIN,
    END,
    PAD,
    SPECIAL,
    VOCABULARY,
    Captioner,
    new_captioner,
    save_captioner,
    say,
    words_of,
)
from pipeline.bundle.checkpoints import load_checkpoint, save_checkpoint
from pipeline.bundle.crops import (
    LITTLE_WORDS,
    PATCH,
    SIDE,
    WORN,
    Crop,
    crop,
    labels_by_patch,
    squeezed,
    telling,
    tokens_of,
    told_by,
    words_by_patch,
)
from pipeline.bundle.machine import has_fast_halves
from pipeline.bundle.shards import Shard
from pipeline.errors import ModelError

BATCH, RATE = 16, 1e-3
WARM_UP, FULL = 400, 4000  # steps until the rate is reached, and until it falls as their root
AVERAGE = 0.998  # of the weights, per step
TOLD, LITTLE = 0.5, 0.15  # weights of words that tell of no clothes, and of those that tell nothing
PATCHES, WHOLE, LABELS = 0.2, 0.1, 1.0  # weights of the heads' losses
SAVE_EVERY = 500  # steps
CHECKPOINT = "captioner.pt"


def train_captioner(
    shards: Sequence[Shard], work: Path, *, steps: int, seed: int = 11
) -> Generator[tuple[int, float, Captioner]]:
    """Go on training from the work folder's checkpoint, yielding step, loss and captioner.

    Without a checkpoint it begins from the work folder's exported weights, if there are such.

    What a step sees depends on its number and the seed alone, so that a run that was interrupted
    ends as one that was not. Checkpoint and weights are written every `SAVE_EVERY` steps, and when
    the generator ends or is closed.

    Raises:
        ModelError: The checkpoint is damaged, or the data has more words than there is room for.
    """
    stored = _stored(work)
    shipped = None if stored else words_of(work / "captioner")
    words = _vocabulary(shards, stored["words"] if stored else shipped or ())
    captioner = new_captioner(words, work / "captioner" if shipped else None)
    parameters = [p for module in captioner.modules.values() for p in module.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.01, betas=(0.9, 0.98))
    step = _resume(captioner, optimiser, stored) if stored else 0
    weights = _weights(shards, captioner.number)
    try:
        while step < steps:
            dice = np.random.default_rng([seed, step])
            with torch.autocast("cpu", torch.bfloat16, enabled=has_fast_halves()):
                loss = _loss(captioner, _batch(shards, captioner.number, dice), weights)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            step += 1
            for group in optimiser.param_groups:
                group["lr"] = RATE * min(step / WARM_UP, 1.0, (FULL / step) ** 0.5)
            optimiser.step()
            _average(captioner, min(AVERAGE, step / (step + 20)))
            if step % SAVE_EVERY == 0:
                _save(captioner, optimiser, work, step)
            yield step, loss.item(), captioner
    finally:
        _save(captioner, optimiser, work, step)


def _vocabulary(shards: Sequence[Shard], known: Sequence[str]) -> list[str]:
    """Keep the known words' numbers, and append what the data brings."""
    said = {word for shard in shards for line in shard.captions for word in tokens_of(line)}
    words = [*known, *sorted(said.difference(known))]
    if len(words) > VOCABULARY - len(SPECIAL):
        raise ModelError(f"The captioner has no room for {len(words)} words; raise VOCABULARY.")
    return words


def _weights(shards: Sequence[Shard], number: Mapping[str, int]) -> Tensor:
    """Weigh the words: those of clothes are painted, and are the hardest to tell apart."""
    weights = torch.ones(VOCABULARY)
    weights[list(number.values())] = TOLD
    worn = {word for shard in shards for one in shard.attributes for word in told_by(one, WORN)}
    weights[[number[word] for word in worn]] = 1.0
    weights[[number[word] for word in LITTLE_WORDS.intersection(number)]] = LITTLE
    return weights


def _batch(shards: Sequence[Shard], number: Mapping[str, int], dice: Any) -> dict[str, Tensor]:
    """Draw crops: `pixels`, `tokens`, and what the heads are asked, by their names."""
    pixels, labels, patches, rows = [], [], [], []
    whole = np.zeros((BATCH, VOCABULARY), np.float32)
    for place in range(BATCH):
        shard = shards[dice.integers(len(shards))]
        one = crop(shard, int(dice.integers(len(shard.pictures))), dice)
        light, shares = squeezed(one.picture, dice), labels_by_patch(one)
        if dice.random() < 0.5:  # no caption tells left from right
            side = SIDE // PATCH
            light = light[:, ::-1].copy()
            shares = shares.reshape(side, side, -1)[:, ::-1].reshape(shares.shape)
        pixels.append(light)
        labels.append(shares)
        patches.append(words_by_patch(one, shares, number, VOCABULARY))
        whole[place, [number[word] for word in telling(one.line)]] = 1
        rows.append([BEGIN, *(number[word] for word in tokens_of(one.line)), END])
    longest = max(map(len, rows))
    return {
        "pixels": torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2),
        "tokens": torch.tensor([row + [PAD] * (longest - len(row)) for row in rows]),
        "labels": torch.from_numpy(np.stack(labels)),
        "patches": torch.from_numpy(np.stack(patches)),
        "whole": torch.from_numpy(whole),
    }


def _loss(captioner: Captioner, batch: Mapping[str, Tensor], weights: Tensor) -> Tensor:
    tokens = batch["tokens"]
    spoken = captioner.modules["blip"](
        pixel_values=batch["pixels"], input_ids=tokens, attention_mask=(tokens != PAD).long()
    )
    logits, wanted = spoken.logits[:, :-1].float().flatten(0, 1), tokens[:, 1:].flatten()
    loss = F.cross_entropy(logits, wanted, weights, ignore_index=PAD)
    seen = spoken.last_hidden_state
    found = captioner.modules["labels"](seen[:, 1:]).float()
    loss = loss + LABELS * F.cross_entropy(found.flatten(0, 1), batch["labels"].flatten(0, 1))
    for name, share, state in (("patches", PATCHES, seen[:, 1:]), ("whole", WHOLE, seen[:, 0])):
        answer = captioner.modules[name](state).float()
        missed = F.binary_cross_entropy_with_logits(answer, batch[name], reduction="none")
        loss = loss + share * missed.sum(-1).mean()
    return loss


@torch.no_grad()
def _average(captioner: Captioner, keep: float) -> None:
    fresh = [p.detach() for p in captioner.modules["blip"].parameters()]
    torch._foreach_lerp_(list(captioner.average.parameters()), fresh, 1 - keep)


def _save(captioner: Captioner, optimiser: Any, work: Path, step: int) -> None:
    content = {
        "part": "captioner",
        "step": step,
        "words": list(captioner.words),
        "optimiser": optimiser.state_dict(),
        "modules": {name: module.state_dict() for name, module in captioner.modules.items()},
        "average": captioner.average.state_dict(),
    }
    save_checkpoint(work / CHECKPOINT, content)
    save_captioner(captioner, work / "captioner")


def _stored(work: Path) -> dict[str, Any] | None:
    path = work / CHECKPOINT
    return load_checkpoint(path, part="captioner") if path.exists() else None


def _resume(captioner: Captioner, optimiser: Any, stored: Mapping[str, Any]) -> int:
    for name, module in captioner.modules.items():
        module.load_state_dict(stored["modules"][name])
    captioner.average.load_state_dict(stored["average"])
    optimiser.load_state_dict(stored["optimiser"])
    return int(stored["step"])


def examine(captioner: Captioner, crops: Sequence[Crop]) -> tuple[float, str]:
    """Return which share of the clothes' words is said, and every caption below the true one."""
    lines = say(captioner, [one.picture for one in crops])
    pairs = list(zip(crops, lines, strict=True))
    worn = [told_by(one.attributes, one.shown.intersection(WORN)) for one in crops]
    shares = [len(true & telling(line)) / len(true) for true, line in zip(worn, lines, strict=True)]
    return float(np.mean(shares)), "\n".join(f"{one.line}\n{line}\n" for one, line in pairs)
