from pathlib import Path

import numpy as np
import pytest

from pipeline.bundle import shards
from pipeline.bundle.scenes import draw_scene
from pipeline.bundle.shards import Series, contact_sheet, read_shards, write_series


@pytest.fixture
def series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Series:
    monkeypatch.setattr(shards, "SHARD", 3)
    return Series(seed=8, count=5, folder=tmp_path / "data")


def test_a_series_comes_back_as_it_was_drawn(series: Series):
    assert write_series(series) == 2
    first, second = read_shards(series.folder)
    assert [len(first.captions), len(second.captions)] == [3, 2]
    scene = draw_scene(8, 4)
    assert (second.pictures[1] == scene.picture).all()
    assert (second.labels[1] == scene.labels).all()
    assert (second.joints[1] == scene.joints).all()
    assert second.captions[1] == scene.caption
    assert second.attributes[1] == scene.attributes
    assert second.pictures.dtype == np.uint8


def test_finished_shards_are_not_drawn_again(series: Series):
    write_series(series)
    kept, lost = (series.shard_path(scenes) for scenes in series.shards())
    before = kept.stat().st_mtime_ns
    lost.unlink()
    assert write_series(series) == 1
    assert kept.stat().st_mtime_ns == before
    assert lost.exists()
    assert not list(series.folder.glob("*.partial"))


def test_a_contact_sheet_shows_every_scene():
    sheet = contact_sheet(Series(seed=8, count=5, folder=Path("unused"), size=(48, 72)), columns=3)
    assert sheet.size == (144, 144)
    assert np.asarray(sheet)[72:, :96].std() > 5
