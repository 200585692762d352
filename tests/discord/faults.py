"""What goes wrong on the way to Discord and back, as planned by a test."""

import random
from collections import defaultdict, deque
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What happens to a call."""

    ERROR = "500 Internal Server Error"
    GATEWAY = "502 with a page in HTML"
    UNAVAILABLE = "503 Service Unavailable"
    BUSY = "429 Too Many Requests"
    BANNED = "429 of the proxy before Discord, without a word on when to come again"
    CUT_BEFORE = "the connection is cut before the call was carried out"
    CUT_AFTER = "the connection is cut after the call was carried out"
    STALL = "the call is carried out, and answered late"
    EMPTY = "a file is answered with no bytes at all"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; `seconds` is how long a stall lasts or what `retry_after` says."""

    kind: Kind
    seconds: float = 1.0


class Faults:
    """Faults by call; `cdn` is a download, the others are named as in `world.calls`."""

    def __init__(self) -> None:
        self._planned: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._share = 0.0
        self._dice = random.Random(0)
        self._kinds: tuple[Kind, ...] = ()
        self.happened: list[tuple[str, Kind]] = []

    def plan(self, call: str, *faults: Fault | Kind) -> None:
        """Let the next calls of a name meet these, one each."""
        self._planned[call].extend(
            fault if isinstance(fault, Fault) else Fault(fault) for fault in faults
        )

    def sometimes(self, share: float, *kinds: Kind, seed: int = 0) -> None:
        """Let any call meet one of these by chance."""
        self._share, self._kinds, self._dice = share, kinds, random.Random(seed)

    def next(self, call: str) -> Fault | None:
        """Take what the next call of a name meets."""
        fault = None
        if self._planned[call]:
            fault = self._planned[call].popleft()
        elif self._kinds and self._dice.random() < self._share:
            fault = Fault(self._dice.choice(self._kinds))
        if fault is not None:
            self.happened.append((call, fault.kind))
        return fault
