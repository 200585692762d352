"""What goes wrong on the way to a platform and back, as planned by a test."""

import asyncio
import random
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiohttp import web


class Kind(StrEnum):
    """What happens to a call."""

    ERROR = "500 Internal Server Error"
    PAGE = "502 with a page in HTML"
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
    """Faults by call, as the local platform names its calls and its downloads."""

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


async def met(
    fault: Fault | None,
    request: web.Request,
    carrying_out: Coroutine[Any, Any, web.Response],
    fails: Callable[[Fault], web.Response],
) -> web.Response:
    """Carry a call out, or let it meet its fault.

    Args:
        fault: What goes wrong, if anything does.
        request: The call.
        carrying_out: Does what was asked for.
        fails: Answers in the platform's words where nothing is done.
    """
    if fault is None:
        return await carrying_out
    if fault.kind in (Kind.CUT_AFTER, Kind.STALL):
        answer = await carrying_out
        if fault.kind is Kind.CUT_AFTER:
            cut(request)
        else:
            await asyncio.sleep(fault.seconds)
        return answer
    carrying_out.close()
    if fault.kind is Kind.CUT_BEFORE:
        cut(request)
        return web.Response()
    return fails(fault)


async def half(request: web.Request, content: bytes) -> web.StreamResponse:
    """Send half a file, and cut the connection."""
    answer = web.StreamResponse()
    answer.content_length = len(content)
    await answer.prepare(request)
    await answer.write(content[: len(content) // 2])
    cut(request)
    return answer


def cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
