import io
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.console import bytes_of, photos_of, shown
from pipeline.errors import PhotoError
from pipeline.jobs import Progress, Stage


def test_a_directory_stands_for_the_pictures_in_it(tmp_path: Path):
    for name in ("b.png", "a.JPG", "notes.txt", "c.webp"):
        (tmp_path / name).touch()
    (tmp_path / "d.png").mkdir()
    assert [name for name, _ in photos_of([str(tmp_path)])] == ["a", "b", "c"]


def test_photos_of_the_same_name_get_a_number(tmp_path: Path):
    names = [name for name, _ in photos_of(["x/photo.jpg", "y/photo.png", "photo.webp"])]
    assert names == ["photo", "photo-2", "photo-3"]


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"jpeg")))
    (name, file), *others = photos_of(["-"])
    assert (name, file, others) == ("stdin", None, [])
    assert bytes_of(file) == b"jpeg"


def test_a_file_that_is_not_there_gets_one_sentence(tmp_path: Path):
    with pytest.raises(PhotoError, match="There is no such file"):
        bytes_of(tmp_path / "gone.jpg")


def test_a_directory_in_a_file_s_place_gets_one_sentence(tmp_path: Path):
    with pytest.raises(PhotoError, match="cannot be read"):
        bytes_of(tmp_path)


def test_progress_names_the_photo_and_what_is_being_done():
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120)
    with shown(console, "holiday") as report:
        report(Progress(Stage.OUTPAINT, 3, 20))
    assert "holiday" in screen.getvalue()
    assert "painting what is missing" in screen.getvalue()
    assert "3/20" in screen.getvalue()
