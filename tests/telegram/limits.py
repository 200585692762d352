"""How often a bot may write: roughly what Telegram tells, and what people saw."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.telegram.rules import ApiError


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """One call every so many seconds; a short burst is borne on top of that."""

    every: float
    burst: int


PRIVATE = Allowed(every=1.0, burst=4)
GROUP = Allowed(every=3.0, burst=4)  # 20 a minute
ALL = Allowed(every=1 / 30, burst=60)
OVERALL = 0  # no chat has this id


@dataclass(slots=True)
class Limits:
    """Counts what is sent and edited; whoever goes too fast is shut out for a while.

    Attributes:
        now: The clock.
        penalty: Seconds that are added to what `retry_after` would have to be.
        refused: The chats of the calls that were answered with 429.
    """

    now: Callable[[], float]
    private: Allowed = PRIVATE
    group: Allowed = GROUP
    overall: Allowed = ALL
    penalty: float = 1.0
    refused: list[int] = field(default_factory=list[int])
    _rested: dict[int, float] = field(default_factory=dict[int, float])
    _shut: dict[int, float] = field(default_factory=dict[int, float])

    def count(self, chat: int, *, is_private: bool) -> None:
        """Count one call.

        Raises:
            ApiError: 429; the chat is shut until `retry_after` is over.
        """
        now, allowed = self.now(), self.private if is_private else self.group
        if self._shut.get(chat, 0.0) <= now:
            wait = max(self._wait(chat, allowed), self._wait(OVERALL, self.overall))
            if wait <= 0:
                self._add(chat, allowed)
                self._add(OVERALL, self.overall)
                return
            self._shut[chat] = now + wait + self.penalty
        self.refused.append(chat)
        seconds = max(1, math.ceil(self._shut[chat] - now))
        raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)

    def _wait(self, chat: int, allowed: Allowed) -> float:
        rested = self._rested.get(chat, 0.0)
        return rested - (allowed.burst - 1) * allowed.every - self.now()

    def _add(self, chat: int, allowed: Allowed) -> None:
        self._rested[chat] = max(self._rested.get(chat, 0.0), self.now()) + allowed.every
