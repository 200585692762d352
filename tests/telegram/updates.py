"""The updates that wait for a bot, and how it fetches them."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.telegram.bell import Bell
from tests.telegram.rules import UPDATE_LIFE, ApiError, Json

MOST = 100  # in one answer
UNASKED = frozenset({"chat_member", "message_reaction"})  # come only if they are named


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Waiting:
    """One update; `again` if it comes although it was confirmed before."""

    id: int
    kind: str
    chat: int
    body: Json
    at: float
    again: bool = False

    def wire(self) -> Json:
        return {"update_id": self.id, self.kind: self.body}


@dataclass(slots=True)
class Queue:
    """The updates of one bot.

    Attributes:
        now: The clock.
        bell: Rung at every change.
        news: Rung only when there is something to deliver.
        sent: All updates that ever were put in, by number.
        twice: Which updates are delivered once more after they were confirmed.
    """

    now: Callable[[], float]
    bell: Bell
    news: Bell = field(default_factory=Bell)
    waiting: list[Waiting] = field(default_factory=list[Waiting])
    sent: dict[int, Waiting] = field(default_factory=dict[int, Waiting])
    allowed: frozenset[str] = frozenset()
    twice: Callable[[int], bool] = lambda number: False
    _next: int = 700_000_001
    _poll: asyncio.Future[None] | None = None

    def put(self, kind: str, chat: int, body: Json) -> int | None:
        """Add an update, if the bot asked for its kind."""
        if kind not in (self.allowed or {kind} - UNASKED):
            return None
        update = Waiting(id=self._next, kind=kind, chat=chat, body=body, at=self.now())
        self._next += 1
        self.sent[update.id] = update
        self._add(update)
        return update.id

    def repeat(self, number: int) -> None:
        """Deliver an update once more."""
        old = self.sent[number]
        again = Waiting(
            id=old.id, kind=old.kind, chat=old.chat, body=old.body, at=self.now(), again=True
        )
        self._add(again)

    def ask_for(self, kinds: Iterable[str] | None) -> None:
        if kinds is not None:
            self.allowed = frozenset(kinds)

    def confirm(self, offset: int) -> None:
        """Drop what lies before a number; a negative one keeps so many of the newest."""
        if offset < 0:
            self.waiting = self.waiting[offset:]
            return
        done = [update for update in self.waiting if update.id < offset and not update.again]
        if not done:
            return
        self.waiting = [update for update in self.waiting if update.id >= offset or update.again]
        for update in done:
            if self.twice(update.id):
                self.repeat(update.id)
        self.bell.ring()

    def clear(self) -> None:
        self.waiting = []

    def drop(self, update: Waiting) -> None:
        """Drop one that a webhook took."""
        self.waiting = [other for other in self.waiting if other is not update]
        if not update.again and self.twice(update.id):
            self.repeat(update.id)
        self.bell.ring()
        self.news.ring()

    def fresh(self) -> list[Waiting]:
        """List what waits; after a day it is dropped."""
        oldest = self.now() - UPDATE_LIFE
        if self.waiting and self.waiting[0].at <= oldest:
            self.waiting = [update for update in self.waiting if update.at > oldest]
        return self.waiting

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """Answer getUpdates; whoever asks next ends an earlier call.

        Raises:
            ApiError: 409, another one asked meanwhile.
        """
        self.end_poll()
        self.confirm(offset)
        mine = self._poll = asyncio.get_running_loop().create_future()
        with contextlib.suppress(TimeoutError):
            await self.news.until(lambda: bool(self.fresh()) or mine.done(), seconds)
        if mine.done():
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot "
                "instance is running",
            )
        self._poll = None
        return [update.wire() for update in self._take(limit)]

    def end_poll(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
            self.news.ring()

    def _take(self, limit: int) -> list[Waiting]:
        taken = self.fresh()[: limit or MOST]
        # What comes again is forgotten once it was shown; the rest waits to be confirmed.
        shown = {id(update) for update in taken if update.again}
        self.waiting = [update for update in self.waiting if id(update) not in shown]
        return taken

    def _add(self, update: Waiting) -> None:
        self.waiting.append(update)
        self.bell.ring()
        self.news.ring()
