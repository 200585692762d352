"""When the next call to a chat may go out, so that a platform never has to say "too many".

Times come from the clock that is passed in; nothing here waits or sends.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many calls are borne: `burst` at once, then one `every` so many seconds."""

    every: float
    burst: int


# Telegram publishes about 1 message a second to a chat, 20 a minute to a group and 30 a second in
# all, and counts edits too; a little slower leaves room for what it counts otherwise.
PRIVATE = Rate(every=1.1, burst=3)
GROUP = Rate(every=3.5, burst=1)
OVERALL = Rate(every=1 / 30, burst=30)
# Discord tells how many it bears: 5 in 5 seconds to a channel, and 50 a second in all. A window of
# so long then never holds more, even if calls arrive a little closer together than they left.
CHANNEL = Rate(every=1.3, burst=2)
CHANNELS = Rate(every=1 / 25, burst=25)
# Pages are told by ourselves, and draw nothing more often than this; each has its own machine.
PAGE = Rate(every=1 / 20, burst=20)
FREE = Rate(every=0.0, burst=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What one platform bears: in a private chat, in a group, and in all chats together."""

    private: Rate = PRIVATE
    group: Rate = GROUP
    overall: Rate = OVERALL


# Platforms that bear something else.
OTHERS: Mapping[str, Rates] = {
    "discord": Rates(private=CHANNEL, group=CHANNEL, overall=CHANNELS),
    "web": Rates(private=PAGE, group=PAGE, overall=FREE),
}

FEW = 256  # chats that are remembered without looking which of them rest


@dataclass(frozen=True, slots=True)
class Bucket:
    """What of a rate is used up.

    Attributes:
        rate: What is borne.
        full_at: When the whole burst is free again.

    Source: the generic cell rate algorithm (virtual scheduling), ITU-T I.371, annex A.
    """

    rate: Rate
    full_at: float = float("-inf")

    def opens_at(self, *, spare: int = 0) -> float:
        """Tell when a call may go out that leaves room for `spare` more."""
        return self.full_at - (self.rate.burst - 1 - spare) * self.rate.every

    def after(self, call: float) -> "Bucket":
        """Count a call at this time."""
        return replace(self, full_at=max(self.full_at, call) + self.rate.every)


class Pace:
    """The calls to each chat, and to all those of a platform."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        private: Rate = PRIVATE,
        group: Rate = GROUP,
        overall: Rate = OVERALL,
        others: Mapping[str, Rates] = OTHERS,
    ) -> None:
        self._clock = clock
        self._others = others
        self._usual = Rates(private=private, group=group, overall=overall)
        self._all: dict[str, Bucket] = {}
        self._chats: dict[str, Bucket] = {}
        self._parked: dict[str, float] = {}
        self._look_at = FEW

    def ready_in(self, chat: str, is_group: bool, *, progress: bool = False) -> float:
        """Tell how many seconds the next call to a chat has to wait; 0 means none.

        Args:
            chat: Its id, after its platform's name and a colon.
            is_group: Whether others are there too.
            progress: Whether it only tells how far a job is: such a call leaves room for one to
                this chat that somebody waits for, and for many to others.
        """
        rates = self._rates(chat)
        rate = rates.group if is_group else rates.private
        bucket = replace(self._chats.get(chat, Bucket(rate)), rate=rate)
        self._chats[chat] = bucket
        overall = self._overall(chat)
        opens = max(
            bucket.opens_at(spare=int(progress)),
            overall.opens_at(spare=overall.rate.burst // 2 if progress else 0),
            self._parked.get(chat, float("-inf")),
        )
        return max(0.0, opens - self._clock())

    def took(self, chat: str) -> None:
        """Count a call to a chat; one that was not asked about counts as a group."""
        now = self._clock()
        self._chats[chat] = self._chats.get(chat, Bucket(self._rates(chat).group)).after(now)
        self._all[_platform(chat)] = self._overall(chat).after(now)
        if len(self._chats) > self._look_at:
            self._forget_rested(now)

    def slow_down(self, chat: str, seconds: float) -> None:
        """Let a chat rest, as its platform asked for; the others go on."""
        rested = self._clock() + seconds
        self._parked[chat] = max(rested, self._parked.get(chat, rested))

    def _rates(self, chat: str) -> Rates:
        return self._others.get(_platform(chat), self._usual)

    def _overall(self, chat: str) -> Bucket:
        return self._all.get(_platform(chat), Bucket(self._rates(chat).overall))

    def _forget_rested(self, now: float) -> None:
        self._parked = {chat: until for chat, until in self._parked.items() if until > now}
        self._chats = {chat: used for chat, used in self._chats.items() if used.full_at > now}
        self._look_at = max(FEW, 2 * len(self._chats))


def _platform(chat: str) -> str:
    return chat.partition(":")[0] if ":" in chat else ""
