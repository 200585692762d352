"""Figures: what was measured, beside what must be reached."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rich.table import Table


class Reached(StrEnum):
    """How far a figure got."""

    STRETCH = "stretch"
    MUST = "must"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. Unless `at_least`, less is better.

    Attributes:
        name: As the list of goals has it; parts of a goal have a word after it.
        what: What was done.
        baseline: What it is measured against.
        measured: The figure.
        must: What it must not exceed.
        stretch: What would be better still; None where there is no such thing.
        at_least: Whether it must not fall below `must` instead.
        note: What else there is to say about it.
    """

    name: str
    what: str
    baseline: str
    measured: float
    must: float
    stretch: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def reached(self) -> Reached:
        """Compare with what is wanted."""
        sign = -1 if self.at_least else 1
        if sign * self.measured > sign * self.must:
            return Reached.NO
        if self.stretch is not None and sign * self.measured > sign * self.stretch:
            return Reached.MUST
        return Reached.STRETCH if self.stretch is not None else Reached.MUST

    def document(self) -> dict[str, Any]:
        """Write it for programs."""
        return {**asdict(self), "reached": self.reached.value}


COLOURS = {Reached.STRETCH: "green", Reached.MUST: "green", Reached.NO: "red"}


def table_of(rows: Sequence[Row]) -> Table:
    """Lay figures out for people."""
    table = Table(box=None, pad_edge=False)
    for title in ("", "what", "against", "measured", "must", "stretch", "reached"):
        justify = "right" if title in ("measured", "must", "stretch") else "left"
        table.add_column(title, justify=justify, no_wrap=title in ("", "measured"))
    for row in rows:
        sign = ">=" if row.at_least else "<="
        table.add_row(
            row.name,
            row.what + (f" [dim]({row.note})[/]" if row.note else ""),
            row.baseline,
            number(row.measured),
            f"{sign} {number(row.must)}",
            "" if row.stretch is None else number(row.stretch),
            f"[{COLOURS[row.reached]}]{row.reached}[/]",
        )
    return table


def number(value: float) -> str:
    """Write three significant digits, and counts whole."""
    return f"{value:.0f}" if value == round(value) else f"{value:.3g}"
