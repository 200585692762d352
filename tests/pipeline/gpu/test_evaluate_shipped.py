"""The shipped bundle before its judge: few people, so the bounds are loose."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image
from typer.testing import CliRunner

from pipeline.bundle.__main__ import app
from pipeline.bundle.report import WANTED
from pipeline.profiles import TINY_FOLDER
from tests.pipeline.gpu.conftest import damaged

COLOURED = ("leg_iou", "garment_de", "shoe_de", "seam_ratio", "clone_rate", "third_leg_rate")


def evaluated(*words: str) -> Result:
    return CliRunner().invoke(app, ["evaluate", "--seed", "11", *words])


def test_the_shipped_bundle_paints_legs_where_they_belong(tmp_path: Path):
    sheet = tmp_path / "sheet.png"
    done = evaluated("--count", "10", "--json", "--sheet", str(sheet))
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["count"] == 10
    assert set(WANTED) <= set(figures)
    assert {f"{before}{name}" for before in ("flat_", "true_") for name in COLOURED} <= set(figures)
    assert all(figures[f"{n}_low"] <= figures[n] <= figures[f"{n}_high"] for n in WANTED)
    assert figures["true_leg_iou"] > 0.7
    assert figures["leg_iou"] > figures["flat_leg_iou"] + 0.2
    assert figures["obey_gain_high"] > 0.4
    assert figures["seam_ratio"] < 1.5 < figures["flat_seam_ratio"]
    with Image.open(sheet) as drawn:
        assert drawn.height == 2 * 9 * 144


def test_figures_are_printed_as_a_table_too():
    done = evaluated("--count", "1", "--seeds", "2")
    assert done.exit_code == 0, done.output
    assert all(name in done.stdout for name in ("leg_iou", "plan_excess", "seconds_per_picture"))


def test_plans_alone_are_judged_without_painting():
    done = evaluated("--count", "2", "--plan-only", "--json")
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["count"] == 2
    assert 0 <= figures["plan_toes_in_frame"] <= 1
    assert "leg_iou" not in figures


def test_real_photos_are_judged_without_a_truth(tmp_path: Path):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "broken.jpg").write_bytes(b"no photo")
    shutil.copy(TINY_FOLDER.parent.parent / "samples" / "astronaut.png", folder)
    sheet = tmp_path / "sheet.png"
    done = evaluated("--photos", str(folder), "--json", "--sheet", str(sheet))
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["completed"] == 0.5
    assert figures["changed_pixels"] == 0
    assert figures["seam_ratio"] < 1.5
    assert "broken.jpg" in done.stderr
    assert sheet.is_file()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--count", "0"], "nothing to evaluate"),
        (["--seeds", "0"], "nothing to evaluate"),
        (["--method", "magic"], "no method 'magic'"),
        (["--count", "1", "--profile", "nowhere"], "no profile or folder"),
        (["--photos", "nowhere"], "no folder 'nowhere'"),
    ],
)
def test_what_cannot_be_evaluated_is_told_in_one_sentence(words: list[str], told: str):
    done = evaluated(*words)
    assert done.exit_code == 1
    assert told in done.stderr
    assert "Traceback" not in done.output


def test_a_folder_without_photos_is_told(tmp_path: Path):
    done = evaluated("--photos", str(tmp_path))
    assert done.exit_code == 1
    assert "no photo in" in done.stderr


@pytest.mark.parametrize("part", ["unet", "judge"])
def test_weights_that_are_cut_off_are_told(tmp_path: Path, part: str):
    folder = tmp_path / "weights"
    shutil.copytree(TINY_FOLDER, folder)
    damaged(folder, part)
    done = evaluated("--count", "1", "--profile", str(folder))
    assert done.exit_code == 1
    assert done.stderr.count(".") < 6
    assert "Traceback" not in done.output
