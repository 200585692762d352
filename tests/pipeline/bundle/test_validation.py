"""Errors on people whom the training never sees, and their curves."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from pipeline.bundle import validation
from pipeline.bundle.examples import Examples
from pipeline.bundle.painter import Painter, new_painter
from pipeline.bundle.validation import draw_curves, held_out_errors

N = 4
SAID = ["a man in blue jeans", "a woman in a red skirt", "a man", "a woman in black boots"]


@pytest.fixture
def examples() -> Examples:
    dice = torch.Generator().manual_seed(0)
    legs = torch.rand(N, 1, 6, 4, generator=dice).half()
    clean = torch.randn(N, 16, 6, 4, generator=dice).half()
    return Examples(
        clean,
        clean,
        torch.randn(N, 2, 16, 6, 4, generator=dice).half(),
        torch.ones(N, 2, 6, 4, dtype=torch.bool),
        torch.randint(0, 256, (N, 3, 48, 32), generator=dice, dtype=torch.uint8),
        legs,
        legs / 3,
        SAID * 3,
        torch.rand(N, 12, generator=dice),
    )


@pytest.fixture
def painter(examples: Examples, tmp_path: Path) -> Painter:
    return new_painter(examples, tmp_path, colour_steps=1)


def test_who_predicts_nothing_errs_by_the_variance_and_hears_nothing(
    examples: Examples, painter: Painter
):
    errors = held_out_errors(painter, examples, SAID)
    assert errors["legs"] == pytest.approx(1, abs=0.3)
    assert errors["shoes"] == pytest.approx(1, abs=0.3)
    assert errors["words"] == errors["pose"] == 0


def test_who_listens_is_told_apart_by_swapped_words_and_blank_poses(
    examples: Examples, painter: Painter, monkeypatch: pytest.MonkeyPatch
):
    """A perfect painter: it knows the picture by its words and its pose alone."""
    batch = examples.batch(np.arange(N), np.random.default_rng(0))
    known = {(words, i): batch["clean"][i] for i, words in enumerate(SAID)}

    def perfect(
        _modules: object, noisy: torch.Tensor, _times: object, given: dict[str, torch.Tensor]
    ) -> torch.Tensor:
        said = painter.tokenizer.batch_decode(given["tokens"], skip_special_tokens=True)
        return torch.stack(
            [
                known.get((words, i), torch.zeros_like(noisy[0])) * given["pose"][i].any()
                for i, words in enumerate(said)
            ]
        )

    monkeypatch.setattr(validation, "predict", perfect)
    errors = held_out_errors(painter, examples, SAID)
    assert errors["legs"] == errors["shoes"] == errors["rest"] == 0
    assert errors["words"] > 0.5
    assert errors["pose"] > 0.5


def test_curves_are_drawn_from_the_log(tmp_path: Path):
    log = tmp_path / "log.jsonl"
    empty = [{"part": "codec", "step": 1, "loss": 3.0}]
    lines = [{"part": "painter", "step": s, "loss": 1 / s, "legs": 2 / s} for s in range(1, 30)]
    log.write_text("".join(json.dumps(line) + "\n" for line in empty))
    without = np.asarray(draw_curves(log))
    log.write_text("".join(json.dumps(line) + "\n" for line in empty + lines))
    drawn = np.asarray(draw_curves(log))
    panel = (slice(0, validation.PANEL[1]), slice(0, 2 * validation.PANEL[0]))
    rest = (slice(validation.PANEL[1], None), slice(None))
    assert (drawn[panel] != without[panel]).any()
    assert (drawn[rest] == without[rest]).all()


def test_a_curve_takes_steps_that_were_made_again_as_they_were_made_last(tmp_path: Path):
    once = [{"part": "painter", "step": s, "legs": float(s)} for s in (1, 2, 3)]
    again = [{"part": "painter", "step": 2, "legs": 9.0}, *once]
    pictures: list[NDArray[np.uint8]] = []
    for lines in (once, again, once[:1] * 2):
        (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        pictures.append(np.asarray(draw_curves(tmp_path / "log.jsonl")))
    assert (pictures[0] == pictures[1]).all()
    assert (pictures[0] != pictures[2]).any()
