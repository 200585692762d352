"""One photo by every method, on small random weights without a pixel-space model."""

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from pipeline.__main__ import app
from pipeline.compare import MARGIN, TILE, Tile, compare, labelled_sheet
from pipeline.errors import PhotoError
from pipeline.extension import Amount, Extension, Unit
from pipeline.fix import Outcome
from pipeline.gpu.engine import Engine
from pipeline.gpu.models import load_models
from pipeline.jobs import Method, Quality, Settings
from pipeline.photo import encode_png
from pipeline.profiles import in_folder

SETTINGS = Settings(seed=5, quality=Quality.DRAFT, steps=2)


@pytest.fixture(scope="module")
def engine(weights: Path) -> Engine:
    return Engine(load_models(in_folder(weights), device="cpu"))


@pytest.fixture(scope="module")
def outcome(engine: Engine) -> Outcome:
    photo = encode_png(Image.fromarray(data.astronaut()))
    return compare(engine, photo, lambda _: None, settings=SETTINGS, caption="a woman")


def test_each_method_has_its_figures_and_the_photo_is_in_all_of_them(outcome: Outcome):
    told = json.loads(outcome.files["compare.json"])
    assert told["seed"] == 5
    assert list(told["methods"]) == [method.value for method in Method]
    for name in ("controlnet", "renoise", "repaint"):
        figures = told["methods"][name]
        assert figures["changed_pixels"] == 0
        assert 0 <= figures["score"]["total"] <= 1


def test_a_method_whose_weights_are_missing_says_so_and_the_others_go_on(outcome: Outcome):
    figures = outcome.record["methods"]["pixel"]
    assert figures["error"].startswith("The profile small has no pixel-space model")
    with Image.open(BytesIO(outcome.files["compare.png"])) as sheet:
        width = TILE.width + 2 * MARGIN
        assert sheet.width == width * (1 + len(Method))
        tiles = [np.asarray(sheet.crop((n * width, 0, (n + 1) * width, 300))) for n in range(5)]
    assert all(tile[60:].std() > 40 for tile in tiles[:4])
    assert 0 < tiles[4].std() < 40


def test_no_two_methods_give_the_same_picture(outcome: Outcome):
    with Image.open(BytesIO(outcome.files["compare.png"])) as sheet:
        width = TILE.width + 2 * MARGIN
        parts = [sheet.crop((n * width, 60, (n + 1) * width, 500)).tobytes() for n in range(1, 4)]
    assert len(set(parts)) == 3


def test_a_photo_that_cannot_be_used_is_refused_as_a_whole(engine: Engine):
    with pytest.raises(PhotoError):
        compare(engine, b"no photo", lambda _: None, settings=SETTINGS)


def test_without_a_person_the_methods_are_compared_all_the_same(engine: Engine):
    photo = encode_png(Image.fromarray(data.coffee()))
    down = Extension(down=Amount(Unit.SHARE, 0.4))
    found = compare(
        engine, photo, lambda _: None, settings=SETTINGS, extension=down, caption="a cup"
    )
    assert found.record["methods"]["repaint"]["score"] is None
    assert found.record["methods"]["repaint"]["changed_pixels"] == 0


def test_a_long_line_is_broken_and_stays_in_its_place():
    told = "What is said here is longer than the tile is wide, so that it has to be broken."
    sheet = labelled_sheet([Tile("one", None, [told]), Tile("two", None, [])])
    width = TILE.width + 2 * MARGIN
    pixels = np.asarray(sheet.convert("L"))
    assert (pixels[50:, width:] == 255).all()
    rows = (pixels[50:, :width] < 200).any(axis=1)
    assert np.diff(rows.astype(int)).clip(0).sum() >= 2


def test_the_command_writes_sheet_and_figures_for_each_photo(weights: Path, tmp_path: Path):
    Image.fromarray(data.astronaut()).save(tmp_path / "one.png")
    (tmp_path / "bad.jpg").write_text("no picture")
    words = ["compare", "one.png", "bad.jpg", "--out", "out", "--seed", "7", "--quality", "draft"]
    at = [str(tmp_path / word) if word in {"one.png", "bad.jpg", "out"} else word for word in words]
    done = CliRunner().invoke(app, [*at, "--profile", str(weights), "--caption", "a woman"])
    assert done.exit_code == 1
    assert done.stdout.strip() == str(tmp_path / "out" / "one" / "compare.png")
    told = json.loads((tmp_path / "out" / "one" / "compare.json").read_text())
    assert told["seed"] == 7
    assert "bad.jpg" in done.stderr
    assert not (tmp_path / "out" / "bad").exists()
    assert "Traceback" not in done.output
