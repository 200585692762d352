"""Tiny trainings of the painter: a few steps on random latents."""

from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipeline.bundle import painter
from pipeline.bundle.checkpoints import load_checkpoint, save_checkpoint
from pipeline.bundle.examples import Examples
from pipeline.bundle.painter import (
    CHECKPOINT,
    _levels,
    _with_own_guesses,
    build_controlnet,
    build_scheduler,
    build_unet,
    importance,
    new_painter,
    predict,
    train_painter,
)
from pipeline.errors import ModelError

N = 8


@pytest.fixture
def examples() -> Examples:
    dice = torch.Generator().manual_seed(0)
    clean = torch.randn(N, 16, 6, 4, generator=dice).half()
    return Examples(
        clean,
        clean,
        torch.randn(N, 2, 16, 6, 4, generator=dice).half(),
        torch.rand(N, 2, 6, 4, generator=dice) > 0.5,
        torch.randint(0, 256, (N, 3, 48, 32), generator=dice, dtype=torch.uint8),
        torch.rand(N, 1, 6, 4, generator=dice).half(),
        torch.rand(N, 1, 6, 4, generator=dice).half() / 4,
        ["a man in blue jeans", "a woman in a red skirt", "a man"] * N,
        torch.rand(N, 12, generator=dice),
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


def test_the_last_stretch_takes_smaller_steps_and_can_be_interrupted_too(
    examples: Examples, tmp_path: Path
):
    def run(work: Path, steps: int, cool_from: int | None) -> dict[str, torch.Tensor]:
        training = train_painter(examples, work, colour_steps=1, cool_from=cool_from)
        with closing(training):
            list(islice(training, steps))
        return weights(work)

    before = run(tmp_path / "cool", 1, 1)
    parts, whole = run(tmp_path / "cool", 1, 1), run(tmp_path / "whole", 2, 1)
    warm = run(tmp_path / "warm", 2, None)

    key = "modules.unet.conv_in.weight"
    assert torch.equal(parts[key], whole[key])
    moved = [float((after[key] - before[key]).abs().mean()) for after in (whole, warm)]
    assert moved[0] == pytest.approx(moved[1] / 3, rel=0.01)


def test_what_reads_the_pose_map_stays_once_it_is_learned(
    examples: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(painter, "POSE_READ", 2)
    train(examples, tmp_path / "whole", steps=2)
    before = weights(tmp_path / "whole")
    train(examples, tmp_path / "whole", steps=2)
    after = weights(tmp_path / "whole")
    changed = {key for key in before if not torch.equal(before[key], after[key])}
    assert not any(key.startswith("modules.controlnet.controlnet_cond") for key in changed)
    assert "modules.controlnet.conv_in.weight" in changed
    for steps in (1, 3):
        train(examples, tmp_path / "parts", steps=steps)
    parts = weights(tmp_path / "parts")
    assert all(torch.equal(parts[key], after[key]) for key in after)


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

    # A ControlNet's usual zero convolutions would make no difference at all.
    assert (without - with_pose).abs().max() > 0.05


def test_weights_older_than_the_short_way_keep_all_but_their_words(
    examples: Examples, tmp_path: Path
):
    train(examples, tmp_path, steps=1)
    stored = load_checkpoint(tmp_path / CHECKPOINT, part="painter")
    for kind in ("modules", "averages"):
        unet = stored[kind]["unet"]
        for key in [key for key in unet if key.startswith("add_embedding")]:
            del unet[key]
        for weight in stored[kind]["text_encoder"].values():
            weight.fill_(float("nan"))
    stored["optimiser"] = None
    save_checkpoint(tmp_path / CHECKPOINT, stored)

    unet: Any = new_painter(examples, tmp_path, colour_steps=2).modules["unet"]
    assert torch.equal(unet.conv_in.weight, stored["modules"]["unet"]["conv_in.weight"])
    words = [weight for key, weight in unet.state_dict().items() if ".attn2.to_out." in key]
    assert words
    assert not any(weight.any() for weight in words)
    assert not unet.add_embedding(torch.randn(2, 4, 128)).any()
    train(examples, tmp_path, steps=2)
    grown = load_checkpoint(tmp_path / CHECKPOINT, part="painter")["modules"]["unet"]
    assert grown["add_embedding.norm2.weight"].any()
    assert all(weight.isfinite().all() for weight in weights(tmp_path).values())


def test_a_checkpoint_that_lacks_anything_else_is_refused(examples: Examples, tmp_path: Path):
    train(examples, tmp_path, steps=1)
    stored = load_checkpoint(tmp_path / CHECKPOINT, part="painter")
    del stored["modules"]["unet"]["conv_in.weight"]
    save_checkpoint(tmp_path / CHECKPOINT, stored)
    with pytest.raises(ModelError, match="has other weights; train the painter again"):
        new_painter(examples, tmp_path, colour_steps=1)


def test_most_levels_are_noise_and_the_others_cover_what_is_not():
    levels = _levels(np.random.default_rng(0), np.zeros(20_000, bool))
    assert (levels >= 900).mean() == pytest.approx(0.6, abs=0.02)
    assert (levels < 600).mean() == pytest.approx(0.25, abs=0.02)
    assert np.histogram(levels, bins=[0, 200, 400, 600])[0].min() > 0.07 * 20_000
    assert levels.max() == 999


def test_windows_that_refine_a_composition_mostly_start_half_way():
    levels = _levels(np.random.default_rng(0), np.ones(20_000, bool))
    half_way = (levels >= 150) & (levels < 500)
    assert half_way.mean() == pytest.approx(0.8 + 0.2 * 0.25 * 350 / 600, abs=0.02)


def test_a_window_starts_from_its_composition(examples: Examples, tmp_path: Path):
    composed = replace(examples, coarse=examples.coarse + 1)
    batch = composed.batch(np.arange(N), np.random.default_rng(0))
    painter = new_painter(composed, tmp_path, colour_steps=1)
    start = _with_own_guesses(painter.modules, batch, np.zeros(N, bool))
    assert torch.equal(start, batch["coarse"])


def test_shoes_count_most_and_what_is_known_least():
    batch = {
        "mask": torch.tensor([1.0, 1, 1, 0]).view(1, 1, 2, 2),
        "legs": torch.tensor([0.0, 1, 1, 1]).view(1, 1, 2, 2),
        "shoes": torch.tensor([0.0, 0, 1, 1]).view(1, 1, 2, 2),
    }
    assert importance(batch).flatten().tolist() == pytest.approx([1, 4, 12, 0.1])


def test_own_guesses_replace_only_the_chosen(examples: Examples):
    torch.manual_seed(0)
    batch = examples.batch(np.arange(4), np.random.default_rng(0))
    batch["tokens"] = torch.zeros(4, 4, dtype=torch.long)
    unet = build_unet()
    torch.nn.init.normal_(unet.conv_out.weight)
    modules = {"unet": unet, "controlnet": build_controlnet(), "text_encoder": _Words()}
    start = _with_own_guesses(modules, batch, np.array([False, True, False, True]))
    changed = (start != batch["clean"]).flatten(1).any(1)
    assert changed.tolist() == [False, True, False, True]


def test_the_noisiest_level_hides_the_picture():
    assert build_scheduler().alphas_cumprod[-1] < 1e-4


class _Words(torch.nn.Module):
    def forward(self, tokens: torch.Tensor) -> tuple[torch.Tensor]:
        return (torch.zeros(*tokens.shape, 128),)
