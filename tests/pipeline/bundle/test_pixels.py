import json
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from PIL import Image
from torch import Tensor

from pipeline.bundle import pixels, training
from pipeline.bundle.checkpoints import load_checkpoint
from pipeline.bundle.completing import ENLARGED, SHOWN, complete, pixel_sheet
from pipeline.bundle.pixels import (
    CHECKPOINT,
    WINDOW,
    build_pixel_scheduler,
    build_pixel_unet,
    draw_batch,
    new_pixel_model,
    train_pixels,
)
from pipeline.bundle.shards import Shard, read_shards
from pipeline.errors import ModelError

WIDTH, HEIGHT = WINDOW


@pytest.fixture
def shards(scenes: Path, monkeypatch: pytest.MonkeyPatch) -> list[Shard]:
    """A dozen scenes, and a batch that suits them."""
    monkeypatch.setattr(pixels, "BATCH", 2)
    return list(read_shards(scenes))


def train(shards: list[Shard], work: Path, *, steps: int) -> list[float]:
    return [loss for _, loss, _ in train_pixels(shards, work, steps=steps)]


def weights(work: Path) -> dict[str, Tensor]:
    stored = load_checkpoint(work / CHECKPOINT, part="pixel model")
    return {f"{k}.{name}": w for k in ("unet", "average") for name, w in stored[k].items()}


class Oracle(torch.nn.Module):
    """Knows one picture, and gives the velocity away from it."""

    def __init__(self, picture: Tensor) -> None:
        super().__init__()
        self.picture = picture
        self.alphas = build_pixel_scheduler().alphas_cumprod

    def forward(self, noisy: Tensor, level: int) -> "Oracle":
        alpha = self.alphas[level]
        noise = (noisy - alpha.sqrt() * self.picture) / (1 - alpha).sqrt()
        self.sample = alpha.sqrt() * noise - (1 - alpha).sqrt() * self.picture
        return self


@pytest.fixture
def picture() -> Tensor:
    return torch.rand(1, 3, 12, 8, generator=torch.Generator().manual_seed(3)) * 2 - 1


def test_an_interrupted_training_ends_as_an_uninterrupted_one(shards: list[Shard], tmp_path: Path):
    train(shards, tmp_path / "whole", steps=3)
    with closing(train_pixels(shards, tmp_path / "parts", steps=3)) as training:
        list(islice(training, 1))
    train(shards, tmp_path / "parts", steps=3)

    whole, parts = weights(tmp_path / "whole"), weights(tmp_path / "parts")

    assert whole.keys() == parts.keys()
    assert [key for key in whole if not torch.equal(whole[key], parts[key])] == []


def test_training_lowers_the_loss(
    shards: list[Shard], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pixels, "WARM_UP", 4)
    *_, (_, _, model) = train_pixels(shards, tmp_path, steps=24)
    before, after = (error(one, shards) for one in (build_pixel_unet(), model.unet))
    assert after < 0.8 * before


@torch.no_grad()
def error(unet: torch.nn.Module, shards: list[Shard]) -> float:
    """Average the loss over the same scenes, levels and noise."""
    alphas = build_pixel_scheduler().alphas_cumprod
    losses: list[float] = []
    for n in range(8):
        dice = np.random.default_rng(n)
        torch.manual_seed(n)
        losses.append(pixels._loss(unet, *draw_batch(shards, dice), alphas, dice).item())
    return float(np.mean(losses))


def test_a_finished_training_takes_no_more_steps(shards: list[Shard], tmp_path: Path):
    train(shards, tmp_path, steps=1)
    assert train(shards, tmp_path, steps=1) == []


def test_a_checkpoint_that_was_cut_off_is_named_with_the_way_out(
    shards: list[Shard], tmp_path: Path
):
    train(shards, tmp_path, steps=1)
    whole = (tmp_path / CHECKPOINT).read_bytes()
    (tmp_path / CHECKPOINT).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="delete it and train the pixel model again"):
        train(shards, tmp_path, steps=2)


def test_what_is_saved_loads_as_any_diffusers_model(shards: list[Shard], tmp_path: Path):
    *_, (_, _, model) = train_pixels(shards, tmp_path, steps=1)
    unet: Any = UNet2DModel.from_pretrained(tmp_path / "pixel" / "unet")
    scheduler: Any = DDIMScheduler.from_pretrained(tmp_path / "pixel" / "scheduler")
    rounded = {name: w.half().float() for name, w in model.average.state_dict().items()}
    assert all(torch.equal(w.float(), rounded[name]) for name, w in unet.state_dict().items())
    assert scheduler.config.prediction_type == "v_prediction"


def test_without_a_checkpoint_training_begins_from_shipped_weights(
    shards: list[Shard], tmp_path: Path
):
    *_, (_, _, model) = train_pixels(shards, tmp_path, steps=1)
    (tmp_path / CHECKPOINT).unlink()
    again = new_pixel_model(tmp_path / "pixel")
    shipped = model.average.state_dict()
    for one in (again.unet, again.average):
        assert all(torch.equal(w, shipped[name].half()) for name, w in one.state_dict().items())


def test_the_training_draws_a_sheet_and_a_log(
    scenes: Path, shards: list[Shard], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(training, "SHEET_EVERY", 2)
    monkeypatch.setattr(training, "LOG_EVERY", 2)
    monkeypatch.setattr(training, "pixel_sheet", partial(pixel_sheet, steps=2))
    training.run("pixel", scenes, tmp_path, minutes=0, steps=3)
    assert [path.name for path in tmp_path.glob("*.png")] == ["pixel-000002.png"]
    with Image.open(tmp_path / "pixel-000002.png") as sheet:
        assert sheet.size == (WIDTH * SHOWN * ENLARGED, HEIGHT * 5 * ENLARGED)
    (line,) = (tmp_path / "log.jsonl").read_text().splitlines()
    assert {"part": "pixel", "step": 2}.items() <= json.loads(line).items()


def test_the_noisiest_level_hides_the_picture():
    assert build_pixel_scheduler().alphas_cumprod[-1] < 1e-6


def test_the_network_has_the_size_that_is_told():
    assert 5.4e6 < sum(weight.numel() for weight in build_pixel_unet().parameters()) < 5.6e6


def test_examples_are_whole_scenes_and_larger_parts_of_them(shards: list[Shard]):
    white = [Shard(np.full_like(s.pictures, 255), s.labels, s.joints, [], []) for s in shards]
    pictures, legs = draw_batch(white, np.random.default_rng(0))
    assert pictures.shape == (2, 3, HEIGHT, WIDTH)
    assert (pictures == 1).all()
    shares = [draw_batch(shards, np.random.default_rng(n))[1].mean().item() for n in range(40)]
    assert max(shares) > 2 * np.median(shares)
    assert legs.shape == (2, 1, HEIGHT, WIDTH)


def test_parts_keep_the_proportions_and_are_never_enlarged():
    parts = [pixels._part((144, 96), np.random.default_rng(n)) for n in range(200)]
    sizes = {(rows.stop - rows.start, columns.stop - columns.start) for rows, columns in parts}
    assert (144, 96) in sizes
    assert len(sizes) > 20
    assert all(HEIGHT <= high <= 144 and abs(high / wide - 1.5) < 0.02 for high, wide in sizes)


@pytest.mark.parametrize("repeats", [1, 3])
def test_a_network_that_knows_the_picture_paints_it(picture: Tensor, repeats: int):
    mask = torch.zeros(1, 1, 12, 8)
    mask[..., 6:, :] = 1
    painted = complete(Oracle(picture), picture * (1 - mask), mask, steps=10, repeats=repeats)
    assert torch.allclose(painted, picture, atol=1e-4)


def test_what_is_known_stays_exactly(picture: Tensor):
    mask = torch.zeros(1, 1, 12, 8)
    mask[..., 6:, :] = 1
    painted = complete(Oracle(-picture), picture, mask, steps=5, repeats=2)
    assert torch.equal(painted[..., :6, :], picture[..., :6, :])
    assert torch.allclose(painted[..., 6:, :], -picture[..., 6:, :], atol=1e-4)


def test_repeats_make_as_many_more_steps_as_they_say(picture: Tensor):
    calls: list[int] = []

    class Counted(Oracle):
        def forward(self, noisy: Tensor, level: int) -> Oracle:
            calls.append(level)
            return super().forward(noisy, level)

    complete(Counted(picture), picture, torch.ones(1, 1, 12, 8), steps=5, repeats=3)
    assert calls == [999] * 3 + [799] * 3 + [599] * 3 + [399] * 3 + [199]
