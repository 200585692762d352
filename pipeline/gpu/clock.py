"""Reports the stages of one job and adds up their seconds."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pipeline.canvas import Painted
from pipeline.gpu.paint import Stroke
from pipeline.jobs import Progress, Report, Stage
from pipeline.windows import Layout


class Clock:
    """Reports the stages of one job and adds up their seconds.

    Attributes:
        seconds: By stage.
    """

    def __init__(self, report: Report) -> None:
        self.seconds: dict[str, float] = {}
        self._report = report

    @contextmanager
    def stage(self, stage: Stage) -> Generator[None]:
        """Report a stage that has one step."""
        self._report(Progress(stage, 0, 1))
        begun = time.perf_counter()
        yield
        self._add(stage, begun)
        self._report(Progress(stage, 1, 1))

    def counting(self, stage: Stage, number: int, tries: int) -> "FollowTry":
        """Follow one of several tries, counting steps through all of them."""
        return FollowTry(self, stage, number, tries)

    def tell(self, stage: Stage, stroke: Stroke, part: int, parts: int) -> None:
        """Report a stroke of one of several equal parts."""
        done, steps = part * stroke.steps + stroke.step, parts * stroke.steps
        self._report(Progress(stage, done, steps, stroke.look))

    @contextmanager
    def adding(self, stage: Stage) -> Generator[None]:
        """Add what this takes to a stage, without a report."""
        begun = time.perf_counter()
        yield
        self._add(stage, begun)

    def _add(self, stage: Stage, begun: float) -> None:
        spent = self.seconds.get(stage.value, 0.0) + time.perf_counter() - begun
        self.seconds[stage.value] = round(spent, 3)


@dataclass(frozen=True, slots=True)
class Last:
    """What a painter ended with.

    Attributes:
        painted: What it delivers.
        layouts: Of its passes, in their order; what is delivered comes from the last.
    """

    painted: Painted
    layouts: tuple[Layout, ...]


@dataclass(frozen=True, slots=True)
class FollowTry:
    """Follows one of several tries.

    Attributes:
        clock: Whom it is reported to.
        stage: As what.
        number: Which try this is, from 0.
        tries: Of how many.
    """

    clock: Clock
    stage: Stage
    number: int
    tries: int

    def part(self, coat: int, coats: int) -> "FollowPart":
        """Follow one of the try's coats of paint."""
        return FollowPart(self.clock, self.stage, self.number * coats + coat, self.tries * coats)


@dataclass(frozen=True, slots=True)
class FollowPart:
    """Drives a painter to its end, reporting each step as of one of several equal parts."""

    clock: Clock
    stage: Stage
    part: int
    parts: int

    def __call__(self, strokes: Iterator[Stroke]) -> Last:
        """Return what the painter ended with."""
        layouts: list[Layout] = []
        with self.clock.adding(self.stage):
            for stroke in strokes:
                self.clock.tell(self.stage, stroke, self.part, self.parts)
                if stroke.layout not in layouts[-1:]:
                    layouts.append(stroke.layout)
                if stroke.painted is not None:
                    return Last(stroke.painted, tuple(layouts))
        raise RuntimeError("the painter ended without a picture")
