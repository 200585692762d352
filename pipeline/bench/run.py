"""Runs benchmarks by name and tells what came of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from pipeline.bench import counts, exact, nudges, peaks, timing, waits
from pipeline.bench.rows import Reached, Row


class UnknownFigureError(LookupError):
    """There is no figure of that name."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Figures that are measured together.

    Attributes:
        names: Which figures; `--only` takes the beginning of one.
        run: Measures them.
        asked: The option that asks for it, where it takes minutes or processes of its own.
    """

    names: tuple[str, ...]
    run: Callable[[], Sequence[Row]]
    asked: str | None = None


def benchmarks() -> tuple[Benchmark, ...]:
    """List them in the order of the figures."""
    return (
        Benchmark(("P1", "P2", "P3", "P3b"), counts.outpainting),
        Benchmark(("P4",), counts.against_a_crop),
        Benchmark(("P5",), counts.refining),
        Benchmark(("P6",), exact.control_skip),
        Benchmark(("P7",), timing.timing, asked="timing"),
        Benchmark(("P8",), exact.refining_again),
        Benchmark(("P9", "S3"), nudges.nudging),
        Benchmark(("P10",), _taking_turns),
        Benchmark(("P11",), exact.batching),
        Benchmark(("P12",), exact.precision),
        Benchmark(("S1", "S2 call"), counts.scaling),
        Benchmark(("S2",), peaks.peaks, asked="rss"),
        Benchmark(("S4", "S5"), exact.upkeep),
    )


def _taking_turns() -> list[Row]:
    return [*waits.waiting(), *exact.taking_turns()]


def measure(
    only: str | None = None,
    *,
    asked: frozenset[str] = frozenset(),
    told: Callable[[str], None] = lambda _: None,
) -> list[Row]:
    """Run benchmarks.

    Args:
        only: A figure's name, such as `P5`, or its beginning; None runs all that need not be asked
            for.
        asked: What is asked for besides: `rss`, `timing`.
        told: Is told which figures are being measured.

    Raises:
        UnknownFigureError: No figure has that name.
    """
    chosen = [one for one in benchmarks() if _is_wanted(one, only, asked)]
    if not chosen:
        names = ", ".join(name for one in benchmarks() for name in one.names)
        raise UnknownFigureError(f"There is no figure {only!r}. Name one of {names}.")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # what is timed must not depend on how busy other cores are
    rows: list[Row] = []
    try:
        for one in chosen:
            told(", ".join(one.names))
            rows += one.run()
    finally:
        torch.set_num_threads(threads)
    return [row for row in rows if only is None or row.name.lower().startswith(only.lower())]


def _is_wanted(one: Benchmark, only: str | None, asked: frozenset[str]) -> bool:
    if only is None:
        return one.asked is None or one.asked in asked
    return any(name.lower().startswith(only.lower()) for name in one.names)


def document_of(rows: Sequence[Row]) -> str:
    """Write figures as JSON."""
    missed = [row.name for row in rows if row.reached is Reached.NO]
    return json.dumps({"figures": [row.document() for row in rows], "missed": missed}, indent=2)
