"""Runs the trainings: time and step limits, the log, progress."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import track

from pipeline.bundle.captioner import save_captioner, train_captioner
from pipeline.bundle.codec import build_codec, codec_loss, start_linear, whiten
from pipeline.bundle.examples import make_examples
from pipeline.bundle.judge import save_judge, to_tensor, train_judge
from pipeline.bundle.labels import LEG_LABELS
from pipeline.bundle.painter import train_painter
from pipeline.bundle.shards import Shard, read_shards
from pipeline.errors import ModelError

START_PICTURES = 100  # the codec's linear start needs no more
CODEC_BATCH, CODEC_RATE = 4, 5e-4


def run(part: str, data: Path, work: Path, *, minutes: float, steps: int) -> None:
    """Train one part until its time or its steps are over.

    Raises:
        ModelError: No such part, or what it builds on is missing.
    """
    work.mkdir(parents=True, exist_ok=True)
    if part == "codec":
        return run_codec(data, work, minutes=minutes, steps=steps)
    if part == "painter":
        return run_painter(data, work, minutes=minutes, steps=steps)
    if part == "captioner":
        return run_captioner(data, work, steps=steps)
    raise ModelError(f'There is no part "{part}". Use codec, painter or captioner.')


def _until(steps: Iterable[Any], minutes: float) -> Iterator[Any]:
    """Hand steps on until the time is over; 0 minutes are no limit."""
    begun = time.monotonic()
    for step in steps:
        yield step
        if minutes and time.monotonic() - begun > minutes * 60:
            return


def _log(work: Path, part: str, step: int, loss: float) -> None:
    with (work / "log.jsonl").open("a") as file:
        file.write(json.dumps({"part": part, "step": step, "loss": round(loss, 5)}) + "\n")


def _shards(data: Path) -> list[Shard]:
    shards = list(read_shards(data))
    if not shards:
        raise ModelError(f"There are no scenes in {data}. Run: python -m pipeline.bundle data")
    return shards


def run_codec(data: Path, work: Path, *, minutes: float, steps: int) -> None:
    """Start the VAE as a linear codec, freeze its encoder, and train its decoder."""
    folder = work / "vae"
    shards = _shards(data)
    first = to_tensor(shards[0].pictures[:START_PICTURES])
    codec: Any = build_codec()
    if (folder / "config.json").exists():
        codec = type(codec).from_pretrained(folder)
    else:
        start_linear(codec, first)
        codec.eval()
        with torch.inference_mode():
            latents = codec.encode(first).latent_dist.mode()
        whiten(codec, latents)
    codec.encoder.requires_grad_(False)
    codec.quant_conv.requires_grad_(False)
    trained = [weight for weight in codec.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=CODEC_RATE, weight_decay=0.0)
    dice = np.random.default_rng()
    for step in _until(range(1, steps + 1), minutes):
        loss = _codec_step(codec, shards[dice.integers(len(shards))], optimiser, dice)
        if step % 50 == 0:
            _log(work, "codec", step, loss)
    codec.save_pretrained(folder)


def _codec_step(codec: Any, shard: Shard, optimiser: Any, dice: np.random.Generator) -> float:
    rows = dice.integers(0, len(shard.pictures), CODEC_BATCH)
    pictures = to_tensor(shard.pictures[rows])
    legs = torch.from_numpy(np.isin(shard.labels[rows], LEG_LABELS)).float()[:, None]
    with torch.no_grad():
        latents = codec.encode(pictures).latent_dist.mode()
    # A little noise: the painter's latents are never quite right.
    latents = latents + 0.05 * torch.randn_like(latents)
    loss = codec_loss(codec.decode(latents).sample, pictures, 1 + 1.5 * legs)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


def run_painter(data: Path, work: Path, *, minutes: float, steps: int) -> None:
    """Train UNet, ControlNet and text encoder; needs the codec."""
    from diffusers import AutoencoderKL

    if not (work / "vae" / "config.json").exists():
        raise ModelError("The painter needs the codec: train --part codec first.")
    codec = AutoencoderKL.from_pretrained(work / "vae").eval()
    examples = make_examples(data, codec)
    with closing(train_painter(examples, work)) as training:  # closing it saves
        for step, loss, _ in _until(training, minutes):
            if step % 50 == 0:
                _log(work, "painter", step, loss)
            if step >= steps:
                return


def run_captioner(data: Path, work: Path, *, steps: int) -> None:
    """Train the captioner for a given number of steps."""
    for step, loss, model, processor in train_captioner(data, steps=steps):
        if step % 50 == 0:
            _log(work, "captioner", step, loss)
        if step == steps:
            save_captioner(model, processor, work / "captioner")


def run_judge(data: Path, out: Path, *, steps: int) -> None:
    """Train the judge and write it beside the weights."""
    shards = _shards(data)
    pictures = np.concatenate([shard.pictures for shard in islice(shards, 6)])
    labels = np.concatenate([shard.labels for shard in islice(shards, 6)])
    console = Console(stderr=True)
    training = train_judge(pictures, labels, steps=steps)
    for step, loss, judge in track(training, total=steps, console=console):
        if step == steps:
            console.print(f"judge: loss {loss:.3f}")
            save_judge(judge, out / "judge")
