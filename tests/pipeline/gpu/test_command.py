"""`python -m pipeline` with the shipped weights: files, sentences, exit codes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from pipeline.__main__ import app
from pipeline.demo import SAMPLES, demo_photos, demo_wish
from pipeline.quality import WEIGHTS

MAN = SAMPLES / "rendered-man.jpg"


def run(*arguments: str | Path, given: bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)


def record(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "record.json").read_text())


def test_a_photo_is_completed_and_not_a_pixel_of_it_changes(tmp_path: Path):
    done = run("fix", MAN, "--out", tmp_path, "--profile", "tiny")
    assert done.exit_code == 0, done.output
    assert done.stdout.strip() == str(tmp_path / "rendered-man" / "result.png")
    told = record(tmp_path / "rendered-man")
    left, top, width, height = told["photo_box"]
    with Image.open(tmp_path / "rendered-man" / "result.png") as result, Image.open(MAN) as photo:
        assert list(result.size) == told["canvas_size"]
        kept = np.asarray(result)[top : top + height, left : left + width]
        assert (kept == np.asarray(photo.convert("RGB"))).all()
        assert np.asarray(result)[top + height :].std() > 5
    assert told["changed_pixels"] == 0
    assert told["profile_label"]


def test_one_bad_photo_is_named_and_does_not_stop_the_others(tmp_path: Path):
    bad = tmp_path / "notes.jpg"
    bad.write_text("no picture at all")
    done = run("fix", bad, MAN, tmp_path / "none.jpg", "--out", tmp_path / "out", "--down", "30%")
    assert done.exit_code == 1
    assert (tmp_path / "out" / "rendered-man" / "result.png").is_file()
    assert not (tmp_path / "out" / "notes").exists()
    sentences = [line for line in done.stderr.splitlines() if line.startswith(str(tmp_path))]
    assert len(sentences) == 2
    assert "There is no such file" in sentences[1]
    assert "Traceback" not in done.output


def test_standard_input_and_directories_are_photos_too(tmp_path: Path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").write_bytes(MAN.read_bytes())
    (tmp_path / "photos" / "readme.txt").write_text("not a photo")
    done = run("fix", "-", tmp_path / "photos", "--out", tmp_path / "out", given=MAN.read_bytes())
    assert done.exit_code == 0, done.output
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"stdin", "one"}


def test_a_nudge_repaints_and_shows_its_stages(tmp_path: Path):
    wish = ("--nudge", "right_ankle left 20", "--stages", "--seed", "3")
    done = run("fix", MAN, "--out", tmp_path, *wish)
    assert done.exit_code == 0, done.output
    folder = tmp_path / "rendered-man"
    pictures = {file.name for file in folder.glob("?-*.png")}
    assert len(pictures) == 5
    assert record(folder)["seed"] == 3
    assert record(folder)["skeletons"]["edited"] != record(folder)["skeletons"]["planned"]
    assert (folder / "5-refined.png").read_bytes() == (folder / "result.png").read_bytes()
    assert (folder / "5-refined.png").read_bytes() != (folder / "2-outpainted.png").read_bytes()


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (("--nudge", "left_nose up 3"), "left nose"),
        (("--down", "a lot"), "a lot"),
        (("--profile", "huge"), "There is no profile or folder 'huge'"),
    ],
)
def test_a_wish_that_cannot_be_read_is_told_before_anything_is_loaded(
    tmp_path: Path, wish: tuple[str, str], says: str
):
    done = run("fix", MAN, "--out", tmp_path / "out", *wish)
    assert done.exit_code == 1
    assert says in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_empty_directory_is_told(tmp_path: Path):
    done = run("fix", tmp_path, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "There are no photos in that directory" in done.stderr


def test_the_doctor_finds_this_machine_well():
    done = run("doctor")
    assert done.exit_code == 0, done.output
    for subject in ("torch", "device", "profile tiny", "profile sd15", "profile auto"):
        assert subject in done.stdout


def test_the_demo_asks_for_every_stage_of_three_photos():
    photos = demo_photos()
    assert [photo.stem for photo in photos] == ["astronaut", "rendered-man", "rendered-woman"]
    assert all(demo_wish(photo).stages and demo_wish(photo).refine for photo in photos)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (("--anywhere",), "nothing is refined"),
        (("--method", "pixel", "--nudge", "right_ankle left 20"), "pixel knows no pose"),
        (("--method", "pixel", "--floor", "sand"), "pixel reads no words"),
        (("--variants", "8", "--best", "8"), "64 pictures to paint"),
        (("--variants", "2", "--stages"), "either stages or variants"),
        (("--mask", "nowhere.png"), "nowhere.png cannot be read"),
        (("--down", "0"), "Nothing is to be extended"),
        (("--down", "250%"), "3 times is the most"),
    ],
)
def test_a_wish_that_cannot_be_fulfilled_leaves_nothing_behind(
    tmp_path: Path, wish: tuple[str, ...], says: str
):
    done = run("fix", MAN, "--out", tmp_path / "out", "--profile", "tiny", *wish)
    assert done.exit_code == 1
    assert says in done.stderr
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


def mask_file(folder: Path, size: tuple[int, int], white: tuple[int, int, int, int]) -> Path:
    mask = Image.new("L", size, 0)
    mask.paste(255, white)
    mask.save(folder / "mask.png")
    return folder / "mask.png"


@pytest.mark.parametrize(
    ("size", "white", "says"),
    [
        ((480, 418), (0, 0, 99, 99), "The mask has 480 x 418 pixels, the picture 480 x"),
        ((480, 543), (0, 0, 9, 9), "Nothing of the painted part would change"),
        ((480, 543), (0, 0, 0, 0), "all black"),
    ],
)
def test_a_mask_that_does_not_fit_leaves_nothing_behind(
    tmp_path: Path, size: tuple[int, int], white: tuple[int, int, int, int], says: str
):
    mask = mask_file(tmp_path, size, white)
    done = run("fix", MAN, "--out", tmp_path / "out", "--down", "30%", "--mask", mask)
    assert done.exit_code == 1
    assert says in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("anywhere", [False, True])
def test_only_what_is_white_in_a_mask_changes(tmp_path: Path, anywhere: bool):
    mask = mask_file(tmp_path, (480, 543), (100, 350, 300, 500))
    wish = ("--down", "30%", "--mask", mask, "--stages", "--profile", "tiny")
    done = run("fix", MAN, "--out", tmp_path, *wish, *(["--anywhere"] if anywhere else []))
    assert done.exit_code == 0, done.output
    folder = tmp_path / "rendered-man"
    before, after = (
        np.asarray(Image.open(folder / name)) for name in ("2-outpainted.png", "result.png")
    )
    changed = (before != after).any(axis=2)
    assert changed[418:500, 100:300].mean() > 0.5
    assert changed[350:418, 100:300].any() == anywhere
    assert record(folder)["changed_pixels"] == int(changed[:418].sum())
    changed[350:500, 100:300] = False
    assert not changed.any()


def test_variants_differ_and_lie_beside_each_other(tmp_path: Path):
    done = run("fix", MAN, "--out", tmp_path, "--variants", "2", "--seed", "7", "--down", "30%")
    assert done.exit_code == 0, done.output
    folder = tmp_path / "rendered-man"
    assert done.stdout.split() == [
        str(folder / name) for name in ("result-1.png", "result-2.png", "result-sheet.png")
    ]
    assert (folder / "result-1.png").read_bytes() != (folder / "result-2.png").read_bytes()
    variants = record(folder)["variants"]
    assert [one["seed"] for one in variants] == [7, 8]
    assert [set(one["score"]["parts"]) for one in variants] == [set(WEIGHTS)] * 2
    assert all(one["passes"][-1]["windows"] for one in variants)


def test_crossed_legs_of_which_one_is_named_are_painted_one_after_the_other(tmp_path: Path):
    """Cross the shins, which the photo does not show."""
    nudges = [
        word
        for nudge in ("right_ankle right 150", "left_ankle left 150", "front left")
        for word in ("--nudge", nudge)
    ]
    done = run("fix", MAN, "--out", tmp_path, "--profile", "tiny", *nudges)
    assert done.exit_code == 0, done.output
    told = record(tmp_path / "rendered-man")
    assert told["skeletons"]["edited"]["people"][0]["front"] == "left_hip"
    assert len(told["refine_passes"]) >= 2
