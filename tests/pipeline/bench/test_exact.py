"""Equalities that hold on every machine."""

from collections.abc import Callable, Sequence

import pytest

from pipeline.bench import exact
from pipeline.bench.rows import Reached, Row


@pytest.mark.parametrize(
    "measured",
    [exact.control_skip, exact.refining_again, exact.taking_turns, exact.batching, exact.upkeep],
    ids=lambda measured: measured.__name__,
)
def test_it_is_exact(measured: Callable[[], Sequence[Row]]):
    rows = measured()
    assert [(row.name, row.measured) for row in rows if row.reached is Reached.NO] == []
