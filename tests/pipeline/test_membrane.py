import numpy as np
import pytest

from pipeline.geometry import Size
from pipeline.membrane import Membrane, Rim, Values, coarsening, stretch

FAR = 1e4  # pixels of reach; nothing fades


def along(row: int, width: int) -> np.ndarray:
    """List the points of a row."""
    return np.stack([np.arange(width), np.full(width, row)], axis=1)


def whole(membrane: Membrane) -> Values:
    return membrane.rows(0, membrane.size.height)


def wave(width: int, halves: int) -> Values:
    """Make a wave that meets the picture's borders level, (width, 1)."""
    return np.cos(np.pi * halves * (np.arange(width) + 0.5) / width)[:, None].astype(np.float32)


@pytest.mark.parametrize(
    ("size", "halves"),
    [
        (Size(100, 90), 12),
        (Size(100, 90), 6),
        (Size(1000, 700), 100),
        (Size(1000, 700), 30),
        (Size(1000, 700), 8),
    ],
)
def test_a_wave_dies_out_as_a_level_plate_s_does(size: Size, halves: int):
    row = size.height // 2
    values = wave(size.width, halves)
    field = whole(stretch(Rim(along(row, size.width), values), size, reach=FAR))[..., 0]
    depth = np.pi * halves / size.width * np.abs(np.arange(size.height) - row)
    expected = ((1 + depth) * np.exp(-depth))[:, None] * values.T
    assert np.abs(field - expected).max() < 0.08


@pytest.mark.parametrize("size", [Size(120, 100), Size(700, 500)])
def test_it_is_what_it_is_held_at_along_its_rim(size: Size):
    values = np.random.default_rng(1).normal(0, 30, (size.width, 3)).astype(np.float32)
    field = whole(stretch(Rim(along(40, size.width), values), size, reach=100))
    assert np.abs(field[40] - values).max() < 1e-3


@pytest.mark.parametrize("size", [Size(60, 120), Size(400, 900)])
def test_an_even_step_fades_to_a_third_at_its_reach(size: Size):
    values = np.full((size.width, 1), 50, np.float32)
    reach = size.height // 4
    field = whole(stretch(Rim(along(0, size.width), values), size, reach=reach))[..., 0]
    column = field[:, size.width // 2]
    assert column[reach] == pytest.approx(50 / np.e, rel=0.1)
    assert np.abs(column[-1]) < 2
    assert np.ptp(field, axis=1).max() < 0.1


def test_inside_a_closed_rim_of_any_shape_an_even_step_is_even():
    size = Size(300, 260)
    angle = np.linspace(0, 2 * np.pi, 4000)
    radius = 90 + 25 * np.sin(3 * angle)
    ring = np.stack([150 + radius * np.cos(angle), 130 + radius * np.sin(angle)], axis=1)
    places = np.unique(ring.round().astype(np.int64), axis=0)
    values = np.full((len(places), 3), -20, np.float32)
    field = whole(stretch(Rim(places, values), size, reach=FAR))
    assert np.abs(field[130, 150] + 20).max() < 0.2
    assert np.abs(field[100:160, 120:180] + 20).max() < 0.2


def test_rows_in_pieces_are_the_rows_of_the_whole():
    size = Size(500, 333)
    assert coarsening(size) == 2
    values = np.random.default_rng(2).normal(0, 30, (size.width, 3)).astype(np.float32)
    membrane = stretch(Rim(along(100, size.width), values), size, reach=80)
    pieces = [membrane.rows(start, min(start + 7, 333)) for start in range(0, 333, 7)]
    assert (np.concatenate(pieces) == whole(membrane)).all()


def test_solved_tile_by_tile_it_is_what_it_is_solved_at_once(monkeypatch: pytest.MonkeyPatch):
    size = Size(1400, 80)
    values = np.random.default_rng(3).normal(0, 30, (size.width, 1)).astype(np.float32)
    rim = Rim(along(30, size.width), values)
    tiled = whole(stretch(rim, size, reach=200))
    monkeypatch.setattr("pipeline.membrane.TILE", size.width)
    assert np.abs(tiled - whole(stretch(rim, size, reach=200))).max() < 0.3
