"""What a training leaves on disk: one checkpoint that is replaced whole, a log, and a curve."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pipeline.errors import ModelError

FORMAT = 1  # raised when what a checkpoint holds changes its meaning


def save_checkpoint(path: Path, content: Mapping[str, Any]) -> None:
    """Write a checkpoint so that a crash leaves either the old file or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    torch.save({"format": FORMAT, **content}, draft)
    draft.replace(path)


def load_checkpoint(path: Path, *, part: str) -> dict[str, Any]:
    """Read a checkpoint back.

    Raises:
        ModelError: The file is missing, cut off, of another version, or of another part.
    """
    if not path.exists():
        raise ModelError(f"There is no checkpoint at {path}; train the {part} first.")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ModelError(f"{path} cannot be read; delete it and train the {part} again.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ModelError(f"{path} is from another version; delete it and train the {part} again.")
    if content.get("part") != part:
        raise ModelError(f"{path} is not a checkpoint of the {part}.")
    return content


class Averages:
    """An exponential moving average of weights, by steps.

    The decay grows from 0 towards `decay`, so that the first average is not the random start.
    """

    def __init__(self, weights: list[Tensor], *, decay: float, every: int = 1) -> None:
        self.decay = decay
        self.every = every
        self.shadow = [weight.detach().clone() for weight in weights]

    @torch.no_grad()
    def update(self, weights: list[Tensor], step: int) -> None:
        """Take in the weights after `step` (from 1); between `every` steps nothing happens."""
        if step % self.every:
            return
        decay = min(self.decay, (1 + step) / (10 + step)) ** self.every
        torch._foreach_lerp_(self.shadow, [w.detach() for w in weights], 1 - decay)


def state_of(modules: Mapping[str, nn.Module], shadow: list[Tensor] | None) -> dict[str, Any]:
    """Return each module's state; with `shadow`, the averaged parameters instead of the raw ones.

    Args:
        modules: In the order in which their parameters were averaged.
        shadow: `Averages.shadow`, or None for the raw weights.
    """
    if shadow is None:
        return {name: module.state_dict() for name, module in modules.items()}
    averaged = iter(shadow)
    states: dict[str, Any] = {}
    for name, module in modules.items():
        state = dict(module.state_dict())
        state.update({key: next(averaged) for key, _ in module.named_parameters()})
        states[name] = state
    return states


class Journal:
    """The log of one training: a JSON line per event."""

    def __init__(self, folder: Path, part: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "log.jsonl"
        self.part = part

    def write(self, step: int, **figures: float | str) -> None:
        rounded = {k: round(v, 5) if isinstance(v, float) else v for k, v in figures.items()}
        line = {"time": round(time.time()), "part": self.part, "step": step, **rounded}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


class Budget:
    """When to stop, to save and to draw: steps are counted, minutes are looked at."""

    def __init__(self, *, minutes: float | None, steps: int | None) -> None:
        self.started = time.monotonic()
        self.minutes = minutes
        self.steps = steps

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def allows(self, step: int) -> bool:
        """Tell whether one more step may run after `step` steps in all."""
        if self.steps is not None and step >= self.steps:
            return False
        return self.minutes is None or self.seconds < 60 * self.minutes


class Timer:
    """Fires once every so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.last = time.monotonic()

    def due(self) -> bool:
        if time.monotonic() - self.last < self.seconds:
            return False
        self.last = time.monotonic()
        return True


def shuffled(count: int, *, seed: int, step: int, batch: int) -> list[int]:
    """List the samples of one step: a new permutation each epoch, the same on every run.

    A function of `step` alone, so that a resumed training sees what an uninterrupted one would.
    """
    batches = max(1, count // batch)
    epoch, place = divmod(step, batches)
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed * 100_003 + epoch))
    return order[place * batch : (place + 1) * batch].tolist()


def step_generator(seed: int, step: int) -> torch.Generator:
    """Return the random numbers of one step, again a function of the step alone."""
    return torch.Generator().manual_seed((seed * 1_000_003 + step) * 7919 % (2**63 - 1))
