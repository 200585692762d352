from importlib import import_module
from typing import Any

import numpy as np
import pytest

from pipeline.ciede import difference, lab_of


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0011), 7.2195),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_differences_are_those_of_the_paper_s_table(
    one: tuple[float, float, float], other: tuple[float, float, float], apart: float
):
    assert difference(one, other) == pytest.approx(apart, abs=1e-4)
    assert difference(other, one) == pytest.approx(apart, abs=1e-4)


SKIMAGE: Any = import_module("skimage.color")  # has no types
DICE = np.random.default_rng(0)
COLOURS = DICE.integers(0, 256, (200, 3))


def test_lab_is_scikit_image_s():
    ours = [lab_of(colour) for colour in COLOURS]
    assert np.allclose(ours, SKIMAGE.rgb2lab(COLOURS / 255), atol=0.5)


def test_colours_are_as_far_apart_as_scikit_image_has_them():
    labs: Any = SKIMAGE.rgb2lab(COLOURS / 255)
    theirs = SKIMAGE.deltaE_ciede2000(labs[1:], labs[:-1])
    pairs = zip(labs[1:].tolist(), labs[:-1].tolist(), strict=True)
    assert [difference(*pair) for pair in pairs] == pytest.approx(theirs)
