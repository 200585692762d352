"""How a training goes: errors on people whom it never sees, and their curves."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from pipeline.bundle.captions import caption
from pipeline.bundle.examples import Examples, make_examples
from pipeline.bundle.lexicon import encode
from pipeline.bundle.painter import Painter, predict
from pipeline.bundle.shards import Series, read_shards, write_series

COUNT, SEED = 160, 77  # of the people
AT_ONCE = 16  # pictures through the networks
NOISIEST = 999
REGIONS = ("legs", "shoes", "rest")
# What is told in the curves; the rest of a line is for the log.
CURVES = ("loss", "legs", "shoes", "rest", "words", "pose")
COLOURS = ("#777777", "#3b6fd4", "#d4503b", "#3f9a52", "#9a5bc0", "#c79a2b")
PANEL = (300, 180)  # pixels of one curve


def held_out_examples(work: Path, codec: Any) -> tuple[Examples, list[str]]:
    """Draw some held-out people into the work folder, once; return them and all they can say."""
    folder = work / "held-out"
    write_series(Series(seed=SEED, count=COUNT, folder=folder, held_out=True))
    said = [caption(each) for shard in read_shards(folder) for each in shard.attributes]
    return make_examples(folder, codec, kept=folder), said


@torch.inference_mode()
def held_out_errors(painter: Painter, examples: Examples, said: list[str]) -> dict[str, float]:
    """Measure one-step paintings from pure noise against the truth.

    Returns:
        Squared errors in the mask, each channel by what it shows, where `legs`, `shoes` and the
        `rest` are; `words` and `pose`: by how much the error on legs and shoes grows when everybody
        is told another's caption, or no pose. Without either they are 0: nothing was heard.
    """
    batch = examples.batch(np.arange(len(examples)), np.random.default_rng(0))
    tokens = encode(painter.tokenizer, said)
    plain = _errors(painter, examples, {**batch, "tokens": tokens})
    swapped = _errors(painter, examples, {**batch, "tokens": tokens.roll(1, 0)})
    blank = torch.zeros_like(batch["pose"])
    posed = _errors(painter, examples, {**batch, "pose": blank, "tokens": tokens})
    return {
        **{name: round(value, 4) for name, value in plain.items()},
        "words": round(_seen(swapped) - _seen(plain), 4),
        "pose": round(posed["legs"] - plain["legs"], 4),
    }


def _seen(errors: Mapping[str, float]) -> float:
    return (errors["legs"] + errors["shoes"]) / 2


def _errors(painter: Painter, examples: Examples, batch: Mapping[str, Tensor]) -> dict[str, float]:
    clean, mask = batch["clean"], batch["mask"]
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(0))
    parts: list[Tensor] = []
    for rows in torch.arange(len(clean)).split(AT_ONCE):
        given = {name: value[rows] for name, value in batch.items()}
        times = torch.full((len(rows),), NOISIEST)
        parts.append(predict(painter.averages, noise[rows], times, given))
    shown = (torch.cat(parts) - clean) ** 2 * examples.visible[:, None, None]
    error = shown.mean(1, keepdim=True)
    legs = batch["legs"] - batch["shoes"]
    shares = {"legs": mask * legs, "shoes": mask * batch["shoes"], "rest": mask * (1 - legs)}
    return {
        name: float((error * shares[name]).sum() / shares[name].sum().clamp_min(1e-6))
        for name in REGIONS
    }


def draw_curves(log: Path) -> Image.Image:
    """Draw each of `CURVES` over the steps, from a `log.jsonl`."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    lines = [line for line in lines if line["part"] == "painter"]
    width, height = PANEL
    picture = Image.new("RGB", (3 * width, 2 * height), "white")
    for place, (name, colour) in enumerate(zip(CURVES, COLOURS, strict=True)):
        # Steps that were made twice, after an interruption, count as they were made last.
        points = sorted({line["step"]: line[name] for line in lines if name in line}.items())
        at = (place % 3 * width, place // 3 * height)
        picture.paste(_panel(name, colour, points), at)
    return picture


def _panel(name: str, colour: str, points: list[tuple[int, float]]) -> Image.Image:
    width, height = PANEL
    picture = Image.new("RGB", PANEL, "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((36, 20, width - 8, height - 20), outline="#bbbbbb")
    pen.text((40, 5), name, fill=colour)
    if len(points) < 2:
        return picture
    steps, values = np.array(points, float).T
    if name == "loss":
        values = _smooth(values)
    low, high = min(0.0, values.min()), float(np.quantile(values, 0.98)) * 1.1 + 1e-9
    across = 36 + (steps - steps[0]) / (steps[-1] - steps[0]) * (width - 44)
    down = height - 20 - np.clip((values - low) / (high - low), 0, 1) * (height - 40)
    pen.line(list(zip(across.tolist(), down.tolist(), strict=True)), fill=colour, width=2)
    pen.text((2, 16), f"{high:.2g}", fill="#555555")
    pen.text((2, height - 28), f"{low:.2g}", fill="#555555")
    pen.text((36, height - 16), f"{steps[0]:.0f}", fill="#555555")
    pen.text((width - 90, height - 16), f"{steps[-1]:.0f}  now {values[-1]:.3f}", fill="#555555")
    return picture


def _smooth(values: Any, reach: int = 10) -> Any:
    """Mean over `reach` logged values before each."""
    sums = np.cumsum(np.concatenate([[0.0], values]))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - reach, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)
