"""Whose turn it is when several painters share one model: a step at a time, the shortest first.

A painter is an iterator that does a step's work whenever it is asked for the next item, as
`gpu.paint.paint` does. Steps of different painters may follow each other in any order; each paints
what it would have painted alone.

Whoever has least left to do goes first, even where somebody else is half way (Schrage 1968, "A
proof of the optimality of the shortest remaining processing time discipline": no order has a
smaller mean time). Nobody pays for it with more than a share of the time that first come, first
served would have taken: a step is given to a shorter job only where all others can still keep that
promise. What joins later never breaks it, because in both orders equally much is left to do at any
time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")

# Of the time that first come, first served would take: how much longer anybody may have to wait. So
# much lets a refine of one window go before an outpaint of four that has just begun.
PATIENCE = 0.25


@dataclass(frozen=True, slots=True)
class Waiting(Generic[K]):
    """A job that is not finished.

    Attributes:
        key: Whose it is.
        step: How long its next step takes.
        left: How long all steps that are left take, the next one included.
        due: When it has to be finished, on the clock that `step` is measured by.
    """

    key: K
    step: float
    left: float
    due: float


def choose(waiting: Sequence[Waiting[K]], now: float) -> Waiting[K]:
    """Choose whose step is next.

    That is the job with least left, unless somebody would then be late; then it is the one that is
    due first.

    Args:
        waiting: At least one; of equals the first is chosen.
        now: The time.
    """
    by_due = sorted(waiting, key=lambda one: one.due)
    shortest = sorted(waiting, key=lambda one: one.left)
    return next((one for one in shortest if _in_time(by_due, one, now)), by_due[0])


def _in_time(by_due: Sequence[Waiting[K]], first: Waiting[K], now: float) -> bool:
    """Tell whether nobody is late if one job takes a step now and the others follow as due."""
    ends = accumulate(one.left for one in by_due)
    behind = first.step
    for one, end in zip(by_due, ends, strict=True):
        if one is first:
            behind = 0.0  # from here on its step is among what was added up
        if now + end + behind > one.due:
            return False
    return True


@dataclass(slots=True)
class _Seat(Generic[K, T]):
    """A painter and what is known of its work."""

    key: K
    painter: Iterator[T]
    steps: Sequence[float]
    due: float
    done: int = 0

    def waiting(self) -> Waiting[K]:
        rest = self.steps[self.done :]
        return Waiting(self.key, rest[0] if rest else 0.0, sum(rest), self.due)


@dataclass(slots=True)
class Turns(Generic[K, T]):
    """Painters that share one model. Not safe to call from several threads.

    Attributes:
        patience: How much longer than first come, first served anybody may have to wait, as a share
            of that time. Steps that take longer than they were said to are not made up for.
    """

    patience: float = PATIENCE
    _seats: list[_Seat[K, T]] = field(default_factory=list[_Seat[K, T]])
    _served: float = 0.0  # when first come, first served would have finished all who joined

    def __len__(self) -> int:
        return len(self._seats)

    def join(self, key: K, painter: Iterator[T], steps: Sequence[float], *, now: float) -> None:
        """Let one more painter take turns.

        Args:
            key: Whose it is.
            painter: Does a step's work for each item.
            steps: How long each of its items takes, on the same clock as `now`.
            now: The time.
        """
        self._served = max(self._served, now) + sum(steps)
        due = now + (1 + self.patience) * (self._served - now)
        self._seats.append(_Seat(key, painter, steps, due))

    def leave(self, key: K) -> None:
        """Forget a painter that is not wanted any more."""
        self._seats = [seat for seat in self._seats if seat.key != key]

    def take(self, now: float) -> tuple[K, T] | None:
        """Do one step of somebody's; None when nobody is waiting.

        A painter that has finished, or that raises, has left by then.
        """
        while self._seats:
            chosen = choose([seat.waiting() for seat in self._seats], now)
            seat = next(seat for seat in self._seats if seat.key == chosen.key)
            try:
                item = next(seat.painter)
            except StopIteration:
                self._seats.remove(seat)
                continue
            except BaseException:
                self._seats.remove(seat)
                raise
            seat.done += 1
            return seat.key, item
        return None
