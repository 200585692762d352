"""What people do on Discord, on its way into the conversation: acknowledged first, each in order.

Discord waits three seconds for a sign and then says that the interaction failed; so the sign never
waits for the database, nor for other people.
"""

import asyncio
import logging
from collections import OrderedDict, defaultdict
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import discord

from bot.incoming import Incoming
from bot.platform import Handle, Handled, PlatformError, Shown
from bot.platforms.discord import EPHEMERAL, Discord
from bot.platforms.discord_commands import form
from bot.platforms.discord_grants import Grant
from bot.platforms.discord_layout import link_button
from bot.platforms.discord_updates import (
    COMPONENT,
    read_grant,
    read_interaction,
    read_message,
    wants_form,
)
from bot.words import say, text
from storage.database import StorageError

MESSAGE_LATER, UPDATE_LATER, FORM = 5, 6, 9  # types of first answers
TELLS = 5.0  # seconds after which what was promised to a word is taken back, if nothing came
CARD_COMES = 60.0  # seconds for the card of a photo, which always comes
CROWD = 8  # signs on their way at once from which on the rest waits for them
LINES = 32  # signs at once: a new connection for each of very many takes longer than to wait
YIELDS = 3.0  # seconds that it waits at most: later signs come too late anyway
CLOSING = 5.0  # seconds that what is being taken in has when the bot stops
REMEMBERED = 4096  # people who were told something alone
STORAGE_PAUSES = (0.5, 2.0, 5.0)  # seconds before something that was not kept is taken in again
Json = dict[str, Any]

log = logging.getLogger(__name__)


Refuse = Callable[[Incoming], str | None]


@dataclass(slots=True)
class _Turn:
    """A chat's lock, and how many want it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wanted: int = 0


class Intake:
    """Hands to the conversation what people do.

    Args:
        platform: Where they do it.
        handle: Takes one thing in; a `StorageError` says that it could not be kept.
        refuse: The sentence for somebody who may not use the bot.
    """

    def __init__(self, platform: Discord, handle: Handle, *, refuse: Refuse) -> None:
        self._platform = platform
        self._handle = handle
        self._refuse = refuse
        self._turns: defaultdict[str, _Turn] = defaultdict(_Turn)
        self._told: OrderedDict[tuple[str, str], tuple[Grant, str]] = OrderedDict()
        self._busy: set[str] = set()
        self._signs = 0  # that are on their way
        self._lines = asyncio.Semaphore(LINES)
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._working: set[asyncio.Task[Any]] = set()  # which the library started

    async def heard(self, message: discord.Message, me: int) -> None:
        """Take in what somebody wrote."""
        with self._at_work():
            await self._hear(message, me)

    async def _hear(self, message: discord.Message, me: int) -> None:
        for incoming in read_message(message, me):
            if await self._in_turn(incoming) is not None:
                self._busy.discard(incoming.place.chat)
            elif incoming.place.chat not in self._busy:
                # Said once, until something can be kept again.
                self._busy.add(incoming.place.chat)
                shown = Shown(text=_busy(incoming.sender.language))
                self._start(self._say(incoming, shown))

    async def done(self, told: Json, me: int) -> None:
        """Take in what somebody pressed, called or filled in."""
        with self._at_work():
            await self._do(told, me)

    async def _do(self, told: Json, me: int) -> None:
        grant = read_grant(told, self._platform.grants.clock())
        wanted = wants_form(told)
        if wanted is not None:
            body: Json = {"type": FORM, "data": form(wanted, grant.language)}
            await self._acknowledge(grant, body)
            return
        incoming = read_interaction(told, me)
        if told["type"] == COMPONENT:
            await self._pressed(grant, incoming)
        else:
            await self._called(grant, incoming)

    async def close(self) -> None:
        """Let what is being taken in be kept, for Discord does not tell it again; drop the rest.

        Whatever is left at work would use the database after it is closed.
        """
        if self._working:
            await asyncio.wait(self._working, timeout=CLOSING)
        left = [*self._working, *self._tasks]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    @contextmanager
    def _at_work(self) -> Generator[None]:
        """Note that the running task takes something in."""
        running = {task for task in [asyncio.current_task()] if task is not None}
        self._working |= running
        try:
            yield
        finally:
            self._working -= running

    async def _pressed(self, grant: Grant, incoming: Incoming | None) -> None:
        acknowledging = asyncio.create_task(self._acknowledge(grant, {"type": UPDATE_LATER}))
        if grant.is_away:
            await acknowledging  # nothing can be shown there before
        handled = None if incoming is None else await self._in_turn(incoming)
        if not await acknowledging or incoming is None:
            return
        if handled is None:
            await self._whisper(grant, _busy(grant.language))
        elif handled.link is not None:
            told = say(text("button.editor"), grant.language)
            await self._whisper(grant, handled.answer or told, link_button(told, handled.link))
        elif handled.answer is not None:
            await self._whisper(grant, handled.answer)

    async def _called(self, grant: Grant, incoming: Incoming | None) -> None:
        refused = _nothing(grant.language) if incoming is None else self._refuse(incoming)
        is_public = refused is None and (grant.for_photo or grant.is_away)
        flags = 0 if is_public else EPHEMERAL
        body: Json = {"type": MESSAGE_LATER, "data": {"flags": flags}}
        grant.is_open = await self._acknowledge(grant, body)
        if refused is not None or incoming is None:
            await self._whisper(grant, refused or _nothing(grant.language))
            return
        handled = await self._in_turn(incoming)
        if handled is None and grant.is_open:
            await self._whisper(grant, _busy(grant.language))
        elif is_public:
            self._start(self._withdraw(grant, CARD_COMES if grant.for_photo else TELLS))
        else:
            await self._platform.withdraw(grant)

    async def _acknowledge(self, grant: Grant, body: Json) -> bool:
        """Give Discord its sign; from then on what was pressed can be answered."""
        try:
            async with self._sign():
                calls = self._platform.calls
                is_taken = await calls.acknowledge(grant.press, grant.token, body)
        except PlatformError as error:
            log.info("an interaction was acknowledged in vain: %s", error)
            return False
        if is_taken and body["type"] != FORM:
            grant.is_open = body["type"] == MESSAGE_LATER
            self._platform.grants.remember(grant)
        return is_taken

    async def _in_turn(self, incoming: Incoming) -> Handled | None:
        """Take one thing in after all that came before it in its chat; None if it is not kept."""
        async with self._turn(incoming.place.chat):
            await self._let_pass()
            for pause in (*STORAGE_PAUSES, None):
                try:
                    return await self._handle(incoming)
                except StorageError as error:
                    log.warning("%s is not kept yet: %s", incoming.source, error)
                except Exception:
                    log.exception("%s is dropped", incoming.source)
                    return None
                if pause is not None:
                    await asyncio.sleep(pause)
        return None

    async def _let_pass(self) -> None:
        """Wait while very many signs are on their way."""
        if not self._quiet.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(YIELDS):
                    await self._quiet.wait()

    @asynccontextmanager
    async def _sign(self) -> AsyncGenerator[None]:
        """Count the signs on their way: many at once go before all else."""
        self._signs += 1
        if self._signs > CROWD:
            self._quiet.clear()
        try:
            async with self._lines:
                yield
        finally:
            self._signs -= 1
            if self._signs <= CROWD:
                self._quiet.set()

    @asynccontextmanager
    async def _turn(self, chat: str) -> AsyncGenerator[None]:
        turn = self._turns[chat]
        turn.wanted += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.wanted -= 1
            if not turn.wanted:
                del self._turns[chat]

    async def _whisper(
        self, grant: Grant, words: str, components: list[Json] | None = None
    ) -> None:
        """Say something to one person alone, in the place of what was said so before."""
        grant.is_open = False
        await self._let_pass()
        try:
            message = await self._platform.whisper(grant, words, components)
        except PlatformError as error:
            log.info("Discord did not take an answer: %s", error)
            return
        key = (grant.chat, grant.user)
        before = self._told.pop(key, None)
        if message is not None:
            self._told[key] = (grant, message)
            if len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
        if before is not None and self._platform.grants.left(before[0]) > 0:
            self._start(self._platform.calls.remove(before[0].token, before[1]))

    async def _withdraw(self, grant: Grant, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._platform.withdraw(grant)

    async def _say(self, incoming: Incoming, shown: Shown) -> None:
        await self._platform.post(incoming.place, shown, reply_to=incoming.message)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody has to wait for."""
        task = asyncio.create_task(_calmly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _busy(language: str | None) -> str:
    return say(text("refused.later"), language)


def _nothing(language: str | None) -> str:
    return say(text("discord.no_photo"), language)


async def _calmly(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except PlatformError as error:
        log.info("Discord did not take what was said: %s", error)
