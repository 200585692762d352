"""How figures are judged and told."""

import json
from dataclasses import replace

import pytest
from rich.console import Console

from pipeline.bench.rows import Reached, Row, table_of
from pipeline.bench.run import UnknownFigureError, benchmarks, document_of, measure

ROW = Row(
    name="P1", what="outpaint A", baseline="inpaint_full", measured=0.6, must=0.65, stretch=0.62
)


@pytest.mark.parametrize(
    ("measured", "reached"),
    [(0.62, Reached.STRETCH), (0.63, Reached.MUST), (0.65, Reached.MUST), (0.66, Reached.NO)],
)
def test_less_is_better(measured: float, reached: Reached):
    assert replace(ROW, measured=measured).reached is reached


@pytest.mark.parametrize(("measured", "reached"), [(1.2, Reached.MUST), (1.1, Reached.NO)])
def test_of_some_figures_more_is_better(measured: float, reached: Reached):
    gain = replace(ROW, measured=measured, must=1.15, stretch=None, at_least=True)
    assert gain.reached is reached


def test_programs_are_told_what_was_missed():
    told = json.loads(document_of([ROW, replace(ROW, name="P2", measured=1.0)]))
    assert told["missed"] == ["P2"]
    assert told["figures"][0]["reached"] == "stretch"


def test_people_see_every_figure_beside_its_goal():
    console = Console(width=120)
    with console.capture() as shown:
        console.print(table_of([ROW]))
    for word in ("P1", "outpaint A", "inpaint_full", "0.6", "<= 0.65", "0.62", "stretch"):
        assert word in shown.get()


def test_a_figure_that_is_not_there_is_refused_with_the_names_of_those_that_are():
    with pytest.raises(UnknownFigureError, match="Name one of P1, P2"):
        measure("Q7")


def test_no_figure_is_measured_twice():
    names = [name for one in benchmarks() for name in one.names]
    assert len(names) == len(set(names))
