"""The shipped bundle before its judge: few people, so the bounds are loose."""

import json
from pathlib import Path

from PIL import Image
from typer.testing import CliRunner

from pipeline.bundle.__main__ import app


def test_the_shipped_bundle_paints_legs_where_they_belong(tmp_path: Path):
    sheet = tmp_path / "sheet.png"
    command = ["evaluate", "--seed", "11", "--count", "12", "--json", "--sheet", str(sheet)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["count"] == 12
    assert figures["true_iou"] > 0.7
    assert figures["leg_iou"] > figures["flat_iou"] + 0.2
    assert figures["obey_gain_high"] > 0.4
    with Image.open(sheet) as drawn:
        assert drawn.height == 2 * 9 * 144


def test_figures_are_printed_as_a_table_too():
    done = CliRunner().invoke(app, ["evaluate", "--seed", "11", "--count", "1"])
    assert done.exit_code == 0, done.output
    assert "leg_iou" in done.stdout


def test_weights_that_are_not_here_are_told():
    done = CliRunner().invoke(app, ["evaluate", "--count", "1", "--profile", "nothing"])
    assert done.exit_code == 1
    assert "Traceback" not in done.output
