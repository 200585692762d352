import cv2
import numpy as np
import pytest

from pipeline.sharpness import AMOUNTS, Values, amount_for, reach_of, sharpened


def edges(softness: float) -> Values:
    """Draw slanted bars, softened."""
    rows, columns = np.mgrid[:200, :200]
    bars = np.where((columns + rows // 3) % 60 < 30, 40, 210).astype(np.float32)
    soft = cv2.GaussianBlur(bars, (0, 0), softness)
    return np.repeat(np.asarray(soft, np.float32)[..., None], 3, axis=2)


def steepest(pixels: Values) -> float:
    return float(np.abs(np.diff(pixels, axis=1)).max())


@pytest.mark.parametrize("amount", AMOUNTS[1:])
def test_edges_get_steeper_without_a_halo(amount: float):
    soft = edges(2.5)
    sharp = sharpened(soft, amount, 4)
    assert steepest(sharp) > 1.05 * steepest(soft)
    assert sharp.min() >= soft.min() - 1e-3
    assert sharp.max() <= soft.max() + 1e-3


def test_no_edge_gets_steeper_than_the_photo_s():
    sharp, soft = edges(1.2), edges(2.5)
    amount = amount_for([soft], [sharp], 4)
    assert amount > 0
    assert steepest(sharpened(soft, amount, 4)) <= 1.1 * steepest(sharp)


@pytest.mark.parametrize(("photo", "enlargement"), [(3.0, 4.0), (1.0, 1.0)])
def test_a_soft_photo_and_paint_that_is_not_enlarged_leave_it_alone(
    photo: float, enlargement: float
):
    assert amount_for([edges(2.5)], [edges(photo)], enlargement) == 0


def test_a_part_with_its_reach_around_it_is_sharpened_as_the_whole_is():
    soft, reach = edges(2), reach_of(4)
    whole = sharpened(soft, 2, 4)[60:100, 60:100]
    around = slice(60 - reach, 100 + reach)
    part = sharpened(soft[around, around], 2, 4)[reach:-reach, reach:-reach]
    assert np.abs(part - whole).max() < 1e-2
