"""The sender: shows wanted cards and sends due messages, chat by chat.

Each chat that has something to send is served by one task, so that its messages keep their order
and no chat waits for another. A chat that must wait, for its turn or for its platform, holds no
task: a timer brings it back. What is to be sent is only ever read from the database.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile
from secrets import SystemRandom

from sqlalchemy.ext.asyncio import AsyncSession

from bot.carrying import FILE
from bot.easel import Easel, Pictures
from bot.line import Line, Lines
from bot.pace import Pace
from bot.platform import (
    Action,
    ChatGone,
    ChatMoved,
    Platform,
    PlatformError,
    SlowDown,
    Unreachable,
)
from bot.posting import Messages
from bot.showing import Cards
from storage import outbox, people, sessions
from storage.database import Database, StorageError
from storage.outbox import Message
from storage.sessions import Saved

log = logging.getLogger(__name__)

AT_ONCE = 64  # chats that are served; more would only wait for the same database
SWEEP = 0.5  # seconds; finds what nobody poked for, as after a restart
ACTION_LASTS = 4.5  # seconds; chats take an action down after 5
FIRST_RETRY, LAST_RETRY = 0.5, 60.0  # seconds
STORAGE_RETRY = 1.0  # seconds
LEAST_REST = 0.01  # seconds

PASSING = (SlowDown, Unreachable, ChatGone, ChatMoved)  # not the fault of what is sent


class Outbox:
    """Sends everything to everybody.

    Attributes:
        patience: Seconds that `run` gives those who are being served when it is cancelled.
    """

    def __init__(
        self,
        database: Database,
        pictures: Pictures,
        platforms: Mapping[str, Platform],
        easel: Easel,
        pace: Pace,
        *,
        patience: float = 5.0,
    ) -> None:
        self.patience = patience
        self._database = database
        self._lines = Lines(database, platforms, pace)
        self._cards = Cards(database, easel)
        self._messages = Messages(database, pictures)
        self._bell = asyncio.Event()
        self._waiting: OrderedDict[int, None] = OrderedDict()
        self._served: dict[int, asyncio.Task[None]] = {}
        self._resting: dict[int, asyncio.TimerHandle] = {}
        self._failures: dict[int, int] = {}
        self._closing = False

    def poke(self, chat_id: int) -> None:
        """Look at a chat now: there may be something to send."""
        timer = self._resting.pop(chat_id, None)
        if timer is not None:
            timer.cancel()
        self._waiting[chat_id] = None
        self._bell.set()

    async def run(self) -> None:
        """Send until cancelled; calls that are under way then are given time to end."""
        self._closing = False
        await self._begin()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._repeat(self._sweep, SWEEP))
                group.create_task(self._repeat(self._act, ACTION_LASTS))
                await self._serve_all()
        finally:
            await self._close()

    async def _begin(self) -> None:
        while True:
            if await self._guard(self._messages.settle_doubts):
                return
            await asyncio.sleep(STORAGE_RETRY)

    async def _repeat(self, do: Callable[[], Awaitable[None]], every: float) -> None:
        while True:
            await self._guard(do)
            await asyncio.sleep(every)

    async def _guard(self, do: Callable[[], Awaitable[None]]) -> bool:
        """Do something, whatever comes of it; tell whether it was done."""
        try:
            await do()
        except StorageError as error:
            log.warning("the sender waits for the database: %s", error)
        except Exception:
            log.exception("the sender goes on after an error")
        else:
            return True
        return False

    async def _serve_all(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            for chat_id in [chat for chat in self._waiting if chat not in self._served]:
                if len(self._served) >= AT_ONCE:
                    break
                del self._waiting[chat_id]
                task = asyncio.create_task(self._serve(chat_id))
                self._served[chat_id] = task
                task.add_done_callback(lambda _, chat_id=chat_id: self._done(chat_id))

    def _done(self, chat_id: int) -> None:
        del self._served[chat_id]
        self._bell.set()

    async def _close(self) -> None:
        self._closing = True
        for timer in self._resting.values():
            timer.cancel()
        self._resting.clear()
        tasks = list(self._served.values())
        if tasks:
            await asyncio.wait(tasks, timeout=self.patience)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _sweep(self) -> None:
        async with self._database.reading() as db:
            chats = {chat_id for _, chat_id in await sessions.wanting(db)}
            chats |= {message.chat_id for message in await outbox.due(db, datetime.now(UTC))}
        for chat_id in chats - self._resting.keys() - self._served.keys():
            self.poke(chat_id)

    async def _act(self) -> None:
        await asyncio.gather(*(self._act_in(line) for line in self._cards.working()))

    async def _act_in(self, line: Line) -> None:
        try:
            await line.act(Action.TYPING)
        except PlatformError as error:
            log.debug("a chat does not see the work: %s", error)

    async def _serve(self, chat_id: int) -> None:
        """Send what a chat waits for, as far as its pace allows."""
        try:
            line = await self._lines.to(chat_id)
            rest = LAST_RETRY if line is None else await self._work(line, chat_id)
            self._rest(chat_id, rest)
        except StorageError as error:
            log.warning("chat %d waits for the database: %s", chat_id, error)
            self._rest(chat_id, STORAGE_RETRY)
        except Exception:
            log.exception("chat %d could not be served", chat_id)
            self._rest(chat_id, self._backoff(chat_id))

    async def _work(self, line: Line, chat_id: int) -> float | None:
        """Return after how many seconds to come back, if at all."""
        try:
            return await self._do_all(line, chat_id)
        except SlowDown as error:
            line.slow_down(error.seconds)
            return error.seconds
        except Unreachable as error:
            return self._unreachable(line, chat_id, error)
        except ChatGone:
            log.info("chat %d cannot be reached and is parked", chat_id)
            await self._lines.park(chat_id)
            return None
        except ChatMoved as error:
            await self._lines.move(line, error.chat)
            return LEAST_REST

    async def _do_all(self, line: Line, chat_id: int) -> float | None:
        """Do what a chat waits for, in its order, until the chat must rest or is poked again."""
        wait = line.wait()
        if wait > 0:
            return wait
        rests: list[float] = []
        for do in await self._to_do(line, chat_id):
            rest = await do()
            self._failures.pop(chat_id, None)
            if rest > 0:
                rests.append(rest)
            if self._is_interrupted(chat_id):
                return 0.0
        return min(rests, default=None)

    async def _to_do(self, line: Line, chat_id: int) -> list[Callable[[], Awaitable[float]]]:
        """List what a chat waits for: words, then cards, then files and the words after them."""
        async with self._database.reading() as db:
            messages = await outbox.due(db, datetime.now(UTC), chat_id)
            wanted = [
                await _read(db, session) for session, _ in await sessions.wanting(db, chat_id)
            ]
        words = list(takewhile(lambda message: message.kind != FILE, messages))
        cards = [partial(self._show, line, *found) for found in wanted if found is not None]
        files = messages[len(words) :]
        return [partial(self._send_all, line, words), *cards, partial(self._send_all, line, files)]

    def _is_interrupted(self, chat_id: int) -> bool:
        """Whether a chat was poked, so that something more important may have come, or all ends."""
        return self._closing or chat_id in self._waiting

    async def _send_all(self, line: Line, messages: Sequence[Message]) -> float:
        for message in messages:
            wait = line.wait()
            if wait > 0 or self._is_interrupted(message.chat_id):
                return wait
            if message.kind == FILE and self._messages.are_uploading:
                return SWEEP
            await self._send(line, message)
        return 0.0

    async def _send(self, line: Line, message: Message) -> None:
        try:
            await self._messages.send(line, message)
        except (StorageError, *PASSING):
            raise
        except Exception:
            log.exception("message %d cannot be sent", message.id)
            await self._messages.give_up(message)

    async def _show(self, line: Line, saved: Saved, language: str | None) -> float:
        try:
            return await self._cards.show(line, saved, language)
        except (StorageError, *PASSING):
            raise
        except Exception:
            log.exception("card %s cannot be shown", saved.id)
            await self._cards.give_up(saved)
            return 0.0

    def _unreachable(self, line: Line, chat_id: int, error: Unreachable) -> float:
        rest = self._backoff(chat_id)
        log.warning("chat %d is tried again in %.1f s: %s", chat_id, rest, error)
        line.slow_down(rest)
        return rest

    def _backoff(self, chat_id: int) -> float:
        failures = self._failures.get(chat_id, 0)
        self._failures[chat_id] = failures + 1
        rest = min(LAST_RETRY, FIRST_RETRY * 2.0 ** min(failures, 10))
        return rest * SystemRandom().uniform(0.5, 1.0)

    def _rest(self, chat_id: int, seconds: float | None) -> None:
        """Come back to a chat later, unless it was poked meanwhile."""
        if seconds is None or self._is_interrupted(chat_id):
            return
        loop = asyncio.get_running_loop()
        self._resting[chat_id] = loop.call_later(max(seconds, LEAST_REST), self.poke, chat_id)


async def _read(db: AsyncSession, session: str) -> tuple[Saved, str | None] | None:
    """Read a conversation and its owner's language."""
    saved = await sessions.load(db, session)
    if saved is None:
        return None
    return saved, (await people.known(db, saved.user_id)).language
