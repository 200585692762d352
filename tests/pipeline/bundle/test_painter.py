"""Tiny trainings of the painter: a few steps on random latents."""

from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest
import torch

from pipeline.bundle.checkpoints import load_checkpoint
from pipeline.bundle.examples import Examples
from pipeline.bundle.painter import (
    CHECKPOINT,
    build_controlnet,
    build_scheduler,
    build_unet,
    predict,
    train_painter,
)
from pipeline.errors import ModelError

N = 8


@pytest.fixture
def examples() -> Examples:
    dice = torch.Generator().manual_seed(0)
    return Examples(
        torch.randn(N, 16, 6, 4, generator=dice).half(),
        torch.randn(N, 2, 16, 6, 4, generator=dice).half(),
        torch.rand(N, 2, 6, 4, generator=dice) > 0.5,
        torch.randint(0, 256, (N, 3, 48, 32), generator=dice, dtype=torch.uint8),
        torch.rand(N, 1, 6, 4, generator=dice).half(),
        ["a man in blue jeans", "a woman in a red skirt", "a man"] * N,
        torch.rand(N, 9, generator=dice),
    )


def train(examples: Examples, work: Path, *, steps: int) -> None:
    with closing(train_painter(examples, work, colour_steps=1)) as training:
        list(islice(training, steps))


def weights(work: Path) -> dict[str, torch.Tensor]:
    stored = load_checkpoint(work / CHECKPOINT, part="painter")
    return {
        f"{kind}.{name}.{key}": weight
        for kind in ("modules", "averages")
        for name, state in stored[kind].items()
        for key, weight in state.items()
    }


def test_an_interrupted_training_ends_as_an_uninterrupted_one(examples: Examples, tmp_path: Path):
    train(examples, tmp_path / "whole", steps=4)
    train(examples, tmp_path / "parts", steps=1)
    train(examples, tmp_path / "parts", steps=3)

    whole, parts = weights(tmp_path / "whole"), weights(tmp_path / "parts")

    assert whole.keys() == parts.keys()
    assert [key for key in whole if not torch.equal(whole[key], parts[key])] == []


def test_stopping_a_training_saves_its_last_step(examples: Examples, tmp_path: Path):
    train(examples, tmp_path, steps=2)
    assert load_checkpoint(tmp_path / CHECKPOINT, part="painter")["step"] == 2


def test_a_checkpoint_that_was_cut_off_is_named_with_the_way_out(
    examples: Examples, tmp_path: Path
):
    train(examples, tmp_path, steps=1)
    whole = (tmp_path / CHECKPOINT).read_bytes()
    (tmp_path / CHECKPOINT).write_bytes(whole[: len(whole) // 2])

    with pytest.raises(ModelError, match="cannot be read; delete it and train the painter again"):
        train(examples, tmp_path, steps=1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"part": "painter"}, "another version"),
        ({"part": "painter", "format": 99}, "another version"),
        ({"part": "codec", "format": 1}, "not a checkpoint of the painter"),
    ],
)
def test_a_foreign_checkpoint_is_refused(content: dict[str, object], message: str, tmp_path: Path):
    torch.save(content, tmp_path / CHECKPOINT)
    with pytest.raises(ModelError, match=message):
        load_checkpoint(tmp_path / CHECKPOINT, part="painter")


def test_the_pose_is_heard_before_the_first_step():
    torch.manual_seed(0)
    net, unet = build_controlnet().eval(), build_unet().eval()
    torch.nn.init.normal_(unet.conv_out.weight)  # untrained, it would say nothing at all
    given = {
        "mask": torch.ones(1, 1, 6, 4),
        "masked": torch.zeros(1, 16, 6, 4),
        "tokens": torch.zeros(1, 4, dtype=torch.long),
    }
    modules = {"unet": unet, "controlnet": net, "text_encoder": _Words()}
    noisy, times = torch.randn(1, 16, 6, 4), torch.tensor([999])
    blank, full = torch.zeros(1, 3, 48, 32), torch.rand(1, 3, 48, 32)

    with torch.inference_mode():
        without, with_pose = (
            predict(modules, noisy, times, {**given, "pose": pose}) for pose in (blank, full)
        )

    assert (without - with_pose).abs().max() > 0.1


def test_the_noisiest_level_hides_the_picture():
    assert build_scheduler().alphas_cumprod[-1] < 1e-4


class _Words(torch.nn.Module):
    def forward(self, tokens: torch.Tensor) -> tuple[torch.Tensor]:
        return (torch.zeros(*tokens.shape, 128),)
