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
from PIL import Image
from rich.console import Console
from rich.progress import track

from pipeline.bundle.checkpoints import load_checkpoint, save_checkpoint
from pipeline.bundle.codec import build_codec, codec_loss, start_linear, to_tensor, whiten
from pipeline.bundle.completing import pixel_sheet
from pipeline.bundle.crops import held_out_crops
from pipeline.bundle.examples import Examples, make_examples
from pipeline.bundle.judge import save_judge, train_judge
from pipeline.bundle.labels import LEG_LABELS
from pipeline.bundle.lexicon import encode
from pipeline.bundle.painter import RATE, Painter, first_guess, train_painter
from pipeline.bundle.pixels import train_pixels
from pipeline.bundle.shards import Shard, read_shards
from pipeline.bundle.teaching import examine, train_captioner
from pipeline.bundle.validation import draw_curves, held_out_errors, held_out_examples
from pipeline.errors import ModelError

START_PICTURES = 100  # the codec's linear start needs no more
CODEC_BATCH, CODEC_RATE, CODEC_SEED = 4, 5e-4, 3
CODEC_WARM_UP, CODEC_SAVE = 100, 500  # steps
SHEET_EVERY, SHEET_WIDTH = 1000, 12  # steps; pictures
CAPTIONED, CAPTIONED_SEED = 60, 880_001  # crops that the captioner's progress is seen in
LOG, LOG_EVERY = "log.jsonl", 50  # steps


def run(
    part: str,
    data: Path,
    work: Path,
    *,
    minutes: float,
    steps: int,
    rate: float | None = None,
    cool_from: int | None = None,
) -> None:
    """Train one part until its time or its steps are over; the last two are the painter's.

    Raises:
        ModelError: No such part, or what it builds on is missing.
    """
    work.mkdir(parents=True, exist_ok=True)
    if part == "codec":
        return run_codec(data, work, minutes=minutes, steps=steps)
    if part == "painter":
        return run_painter(data, work, minutes=minutes, steps=steps, rate=rate, cool_from=cool_from)
    if part == "captioner":
        return run_captioner(data, work, minutes=minutes, steps=steps)
    if part == "pixel":
        return run_pixels(data, work, minutes=minutes, steps=steps)
    raise ModelError(f'There is no part "{part}". Use codec, painter, captioner or pixel.')


def _until(steps: Iterable[Any], minutes: float) -> Iterator[Any]:
    """Hand steps on until the time is over; 0 minutes are no limit."""
    begun = time.monotonic()
    for step in steps:
        yield step
        if minutes and time.monotonic() - begun > minutes * 60:
            return


def _log(work: Path, part: str, step: int, **values: float) -> None:
    rounded = {name: round(value, 5) for name, value in values.items()}
    with (work / LOG).open("a") as file:
        file.write(json.dumps({"part": part, "step": step, **rounded}) + "\n")


def _shards(data: Path) -> list[Shard]:
    shards = list(read_shards(data))
    if not shards:
        raise ModelError(f"There are no scenes in {data}. Run: python -m pipeline.bundle data")
    return shards


def run_codec(data: Path, work: Path, *, minutes: float, steps: int) -> None:
    """Start the VAE as a linear codec, freeze its encoder, and train its decoder."""
    shards = _shards(data)
    codec = _codec(work / "vae", to_tensor(shards[0].pictures[:START_PICTURES]))
    codec.encoder.requires_grad_(False)
    codec.quant_conv.requires_grad_(False)
    trained = [weight for weight in codec.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=CODEC_RATE, weight_decay=0.0)
    step = begun = _resume_codec(optimiser, work)
    try:
        for step in _until(range(begun + 1, steps + 1), minutes):
            dice = np.random.default_rng([CODEC_SEED, step])
            torch.manual_seed(CODEC_SEED * 1_000_003 + step)
            rate = CODEC_RATE * min(1.0, step / CODEC_WARM_UP)
            loss = _codec_step(codec, shards[dice.integers(len(shards))], optimiser, dice, rate)
            if step % LOG_EVERY == 0:
                _log(work, "codec", step, loss=loss)
            if step % CODEC_SAVE == 0:
                _save_codec(codec, optimiser, work, step)
    finally:
        _save_codec(codec, optimiser, work, step)


def _codec(folder: Path, first: torch.Tensor) -> Any:
    """Read the codec of the work folder, or start one from these pictures."""
    torch.manual_seed(CODEC_SEED)
    codec: Any = build_codec()
    if (folder / "config.json").exists():
        return type(codec).from_pretrained(folder).float()
    start_linear(codec, first)
    codec.eval()
    with torch.inference_mode():
        latents = codec.encode(first).latent_dist.mode()
    whiten(codec, latents)
    return codec


def _resume_codec(optimiser: Any, work: Path) -> int:
    path = work / "codec.pt"
    if not path.exists():
        return 0
    stored = load_checkpoint(path, part="codec")
    optimiser.load_state_dict(stored["optimiser"])
    return int(stored["step"])


def _save_codec(codec: Any, optimiser: Any, work: Path, step: int) -> None:
    codec.save_pretrained(work / "vae")
    state = {"part": "codec", "step": step, "optimiser": optimiser.state_dict()}
    save_checkpoint(work / "codec.pt", state)


def _codec_step(
    codec: Any, shard: Shard, optimiser: Any, dice: np.random.Generator, rate: float
) -> float:
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
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.step()
    return loss.item()


def run_painter(
    data: Path,
    work: Path,
    *,
    minutes: float,
    steps: int,
    rate: float | None = None,
    cool_from: int | None = None,
) -> None:
    """Train UNet, ControlNet and text encoder; needs the codec."""
    from diffusers import AutoencoderKL

    if not (work / "vae" / "config.json").exists():
        raise ModelError("The painter needs the codec: train --part codec first.")
    codec = AutoencoderKL.from_pretrained(work / "vae").eval()
    examples = make_examples(data, codec, kept=work / "examples")
    unseen, said = held_out_examples(work, codec)
    training = train_painter(examples, work, rate=rate or RATE, cool_from=cool_from)
    with closing(training):  # closing it saves
        for step, loss, painter in _until(training, minutes):
            if step % LOG_EVERY == 0:
                _log(work, "painter", step, loss=loss)
            if step % SHEET_EVERY == 0:
                _sheet(painter, unseen, said, codec).save(work / f"painter-{step:06d}.png")
                _log(work, "painter", step, **held_out_errors(painter, unseen, said))
                draw_curves(work / LOG).save(work / "curves.png")
            if step >= steps:
                return


@torch.inference_mode()
def _sheet(painter: Painter, examples: Examples, said: list[str], codec: Any) -> Image.Image:
    """Draw the hole, the first guess and the truth of a few pictures below one another."""
    dice = np.random.default_rng(5)
    rows = dice.integers(0, len(examples), SHEET_WIDTH)
    batch = examples.batch(rows, dice)
    batch["tokens"] = encode(painter.tokenizer, [said[row] for row in rows])
    guess = first_guess(painter, batch)
    strips: list[Any] = []
    for latents in (batch["masked"], guess, batch["clean"]):
        pixels = (codec.decode(latents).sample.clamp(-1, 1) + 1) * 127.5
        strips.append(np.hstack(list(pixels.byte().permute(0, 2, 3, 1).numpy())))
    return Image.fromarray(np.vstack(strips))


def run_captioner(data: Path, work: Path, *, minutes: float, steps: int) -> None:
    """Train the captioner; what it says of held-out crops is written beside the log."""
    training = train_captioner(_shards(data), work, steps=steps)
    unseen = held_out_crops(CAPTIONED_SEED, CAPTIONED)
    with closing(training):  # closing it saves
        for step, loss, captioner in _until(training, minutes):
            if step % LOG_EVERY == 0:
                _log(work, "captioner", step, loss=loss)
            if step % SHEET_EVERY == 0:
                share, text = examine(captioner, unseen)
                _log(work, "captioner", step, words=share)
                (work / f"captioner-{step:06d}.txt").write_text(text)


def run_pixels(data: Path, work: Path, *, minutes: float, steps: int) -> None:
    """Train the pixel-space model."""
    training = train_pixels(_shards(data), work, steps=steps)
    with closing(training):  # closing it saves
        for step, loss, model in _until(training, minutes):
            if step % LOG_EVERY == 0:
                _log(work, "pixel", step, loss=loss)
            if step % SHEET_EVERY == 0:
                pixel_sheet(model).save(work / f"pixel-{step:06d}.png")


def run_judge(data: Path, work: Path, *, steps: int) -> None:
    """Train the judge; `data` should be scenes of another seed than the painter's."""
    shards = list(islice(_shards(data), 6))
    pictures = np.concatenate([shard.pictures for shard in shards])
    labels = np.concatenate([shard.labels for shard in shards])
    console = Console(stderr=True)
    training = train_judge(pictures, labels, steps=steps)
    for step, loss, judge in track(training, total=steps, console=console):
        if step % LOG_EVERY == 0:
            _log(work, "judge", step, loss=loss)
        if step == steps:
            save_judge(judge, work / "judge")
