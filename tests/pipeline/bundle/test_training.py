"""Trainings of a few steps, from scenes on disk to weights that the product loads."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from pipeline.bundle import training, validation
from pipeline.bundle.__main__ import app
from pipeline.bundle.checkpoints import load_checkpoint, save_checkpoint
from pipeline.bundle.codec import build_codec
from pipeline.bundle.export import export_all, label_of, unpack_all
from pipeline.bundle.painter import CHECKPOINT
from pipeline.bundle.pixels import new_pixel_model, save_pixel_model
from pipeline.errors import ModelError
from pipeline.profiles import in_folder


@pytest.fixture(scope="module", autouse=True)
def few_held_out() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validation, "COUNT", 4)
        yield


@pytest.fixture(scope="module")
def work(scenes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything, trained for three steps."""
    folder = tmp_path_factory.mktemp("work")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "SHEET_EVERY", 3)
        patch.setattr(training, "train_painter", partial(training.train_painter, colour_steps=1))
        for part in ("codec", "painter", "captioner"):
            training.run(part, scenes, folder, minutes=0, steps=3)
    training.run_judge(scenes, folder, steps=2)
    return folder


def state(folder: Path) -> dict[str, torch.Tensor]:
    return build_codec().from_pretrained(folder / "vae").state_dict()


def test_an_interrupted_codec_ends_as_an_uninterrupted_one(scenes: Path, tmp_path: Path):
    training.run("codec", scenes, tmp_path / "whole", minutes=0, steps=2)
    for steps in (1, 2):
        training.run("codec", scenes, tmp_path / "parts", minutes=0, steps=steps)
    whole, parts = state(tmp_path / "whole"), state(tmp_path / "parts")
    assert [key for key in whole if not torch.equal(whole[key], parts[key])] == []


def test_the_codecs_encoder_stays_as_it_started(scenes: Path, tmp_path: Path):
    training.run("codec", scenes, tmp_path, minutes=0, steps=1)
    before = state(tmp_path)
    training.run("codec", scenes, tmp_path, minutes=0, steps=3)
    after = state(tmp_path)
    changed = {key.split(".")[0] for key in before if not torch.equal(before[key], after[key])}
    assert "decoder" in changed
    assert not changed & {"encoder", "quant_conv"}


def test_the_painter_draws_a_contact_sheet_and_a_log(work: Path):
    with Image.open(work / "painter-000003.png") as picture:
        assert picture.size == (96 * training.SHEET_WIDTH, 144 * 3)
    assert load_checkpoint(work / CHECKPOINT, part="painter")["step"] == 3


def test_the_log_tells_part_step_and_loss(tmp_path: Path):
    training._log(tmp_path, "codec", 50, loss=0.123456)
    training._log(tmp_path, "codec", 100, loss=0.1)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert lines[0] == {"part": "codec", "step": 50, "loss": 0.12346}
    assert len(lines) == 2


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_training_that_is_told_to_end_saves_first(
    told: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def told_to_end(_part: str, _data: Path, work: Path, **_: object) -> None:
        try:
            os.kill(os.getpid(), told)
            raise AssertionError("the signal was ignored")
        finally:
            (work / "saved").touch()

    monkeypatch.setattr(training, "run", told_to_end)
    handlers = {
        each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        result = CliRunner().invoke(app, ["train", "--part", "painter", "--work", str(tmp_path)])
    finally:
        for each, handler in handlers.items():
            signal.signal(each, handler)
    assert (tmp_path / "saved").exists()
    assert result.exit_code != 0


def test_an_unknown_part_is_told(tmp_path: Path):
    with pytest.raises(ModelError, match="Use codec, painter, captioner or pixel"):
        training.run("nose", tmp_path, tmp_path, minutes=0, steps=1)


def test_a_painter_without_codec_is_told(scenes: Path, tmp_path: Path):
    with pytest.raises(ModelError, match="train --part codec first"):
        training.run("painter", scenes, tmp_path, minutes=0, steps=1)


def test_no_scenes_are_told(tmp_path: Path):
    with pytest.raises(ModelError, match=r"python -m pipeline\.bundle data"):
        training.run("codec", tmp_path / "none", tmp_path, minutes=0, steps=1)


def test_a_training_ends_when_its_time_is_over():
    steps = training._until(iter(range(10**9)), minutes=1e-9)
    assert list(steps) == [0]


def test_what_is_exported_is_a_profile_with_an_honest_label(work: Path, tmp_path: Path):
    export_all(work, tmp_path / "weights")
    weights = in_folder(tmp_path / "weights")
    assert weights.profile.name == "tiny"
    assert weights.profile.label == label_of(3)
    assert "24 rendered examples" in label_of(3)
    assert (tmp_path / "weights" / "judge" / "judge.safetensors").is_file()


def test_a_pixel_space_model_is_exported_when_there_is_one(work: Path, tmp_path: Path):
    partly = tmp_path / "work"
    shutil.copytree(work, partly)
    save_pixel_model(new_pixel_model(partly / "pixel"), partly / "pixel")
    export_all(partly, tmp_path / "weights")
    assert in_folder(tmp_path / "weights").parts["pixel"].is_dir()
    export_all(work, tmp_path / "without")
    assert "pixel" not in in_folder(tmp_path / "without").parts


def test_exported_weights_unpack_to_where_training_goes_on(work: Path, tmp_path: Path):
    export_all(work, tmp_path / "weights")
    unpack_all(tmp_path / "weights", tmp_path / "again")
    first, again = (
        load_checkpoint(folder / CHECKPOINT, part="painter")
        for folder in (work, tmp_path / "again")
    )
    assert again["step"] == first["step"]
    for name, weights in first["averages"].items():
        assert again["modules"][name].keys() == weights.keys()
        assert all(
            torch.equal(again["modules"][name][key], weight.half().float())
            for key, weight in weights.items()
        )


def test_training_goes_on_from_unpacked_weights(scenes: Path, work: Path, tmp_path: Path):
    export_all(work, tmp_path / "weights")
    unpack_all(tmp_path / "weights", tmp_path / "again")
    training.run("painter", scenes, tmp_path / "again", minutes=0, steps=4)
    assert load_checkpoint(tmp_path / "again" / CHECKPOINT, part="painter")["step"] == 4


def test_unpacking_never_overwrites_a_training(work: Path, tmp_path: Path):
    save_checkpoint(tmp_path / CHECKPOINT, {"part": "painter"})
    with pytest.raises(ModelError, match="would be overwritten"):
        unpack_all(tmp_path, tmp_path)


def test_unpacking_something_else_is_told(tmp_path: Path):
    with pytest.raises(ModelError, match="not a complete folder"):
        unpack_all(tmp_path, tmp_path / "again")


@pytest.mark.parametrize("part", ["vae", "tokenizer", "captioner", "judge"])
def test_an_export_names_what_is_not_trained_yet(work: Path, tmp_path: Path, part: str):
    partly = tmp_path / "work"
    shutil.copytree(work, partly)
    shutil.rmtree(partly / part)
    with pytest.raises(ModelError, match=f"The {part} is not in"):
        export_all(partly, tmp_path / "weights")
    assert not (tmp_path / "weights").exists()
