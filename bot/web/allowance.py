"""How often somebody may do something: a bucket that fills up steadily, for each name."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

REMEMBERED = 10_000  # names; who was longest not here begins with a full bucket again


@dataclass(frozen=True, slots=True)
class Rate:
    """How often.

    Attributes:
        at_once: How many times in a row.
        per_second: How many times a second, on and on.
    """

    at_once: float
    per_second: float


class Allowance:
    """Counts for many names at once."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> float:
        """Count once; return 0, or how many seconds too early it was, which counts for nothing."""
        now = self._clock()
        left, at = self._left.pop(name, (self._rate.at_once, now))
        left = min(self._rate.at_once, left + (now - at) * self._rate.per_second)
        wait = 0.0 if left >= 1 else (1 - left) / self._rate.per_second
        self._left[name] = (left - (wait == 0), now)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return wait
