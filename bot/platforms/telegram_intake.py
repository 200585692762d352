"""Telegram's updates on their way into the conversation: none lost, each chat's in their order.

An update is confirmed to Telegram only after the database holds it.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, cast

from telegram import Update

from bot.incoming import Incoming, PressedButton
from bot.platform import Handle, PlatformError, Shown, Unreachable
from bot.platforms.telegram import Telegram
from bot.platforms.telegram_account import Raw
from bot.platforms.telegram_updates import moved, translate
from storage.database import StorageError

RETRIES = (0.5, 2.0)  # seconds before a press is answered again; after some 15 s it is too late

log = logging.getLogger(__name__)


Moved = Callable[[str, str], Awaitable[None]]
Busy = Callable[[str | None], str]


class Intake:
    """Hands updates to the conversation.

    Args:
        telegram: Where they come from.
        handle: Takes one in; a `StorageError` says that it could not be kept.
        busy: The sentence for that, by the person's language.
        moved: Told the old and new id of a group that was made a supergroup.
    """

    def __init__(self, telegram: Telegram, handle: Handle, *, busy: Busy, moved: Moved) -> None:
        self.telegram = telegram
        self._handle = handle
        self._busy = busy
        self._moved = moved
        self._told: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def take_all(self, updates: Sequence[Raw]) -> set[int]:
        """Take updates in, chats side by side; return the numbers of those that were not kept."""
        chats: defaultdict[str, list[Raw]] = defaultdict(list)
        for update in updates:
            chats[chat_of(update)].append(update)
        left = await asyncio.gather(*map(self._take_in_order, chats.values()))
        return {number for numbers in left for number in numbers}

    async def take(self, raw: Raw) -> bool:
        """Take one update in; tell whether it may be confirmed."""
        update = _read(raw)
        if update is None:
            return True
        try:
            await self._take(update)
        except StorageError as error:
            log.warning("update %s is not kept: %s", update.update_id, error)
            return False
        except Exception:
            # One update that cannot be handled must not hold up all that come after it.
            log.exception("update %s is dropped", update.update_id)
            if update.callback_query is not None:
                self._start(self._answer(update.callback_query.id, None))
        return True

    async def close(self) -> None:
        """Drop the answers that are still under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take_in_order(self, updates: Sequence[Raw]) -> list[int]:
        for at, update in enumerate(updates):
            if not await self.take(update):
                return [later["update_id"] for later in updates[at:]]
        return []

    async def _take(self, update: Update) -> None:
        group = moved(update)
        if group is not None:
            await self._moved(*group)
        incoming = translate(update, self.telegram.account.me)
        if incoming is None:
            return
        try:
            handled = await self._handle(incoming)
        except StorageError:
            self._tell_busy(incoming)
            raise
        self._told.discard(incoming.place.chat)
        if isinstance(incoming.what, PressedButton):
            self._start(self._answer(incoming.what.press, handled.answer))
            if handled.link is not None and not incoming.place.is_group:
                self._start(self._say(incoming, handled.link))

    def _tell_busy(self, incoming: Incoming) -> None:
        """Say once, until something can be kept again, that it is not the person's fault."""
        if incoming.place.chat in self._told:
            return
        self._told.add(incoming.place.chat)
        sentence = self._busy(incoming.sender.language)
        if isinstance(incoming.what, PressedButton):
            self._start(self._answer(incoming.what.press, sentence))
        else:
            self._start(self._say(incoming, sentence))

    async def _say(self, incoming: Incoming, sentence: str) -> None:
        await self.telegram.post(incoming.place, Shown(text=sentence), reply_to=incoming.message)

    async def _answer(self, press: str, text: str | None) -> None:
        for wait in RETRIES:
            try:
                return await self.telegram.answer(press, text)
            except Unreachable:
                await asyncio.sleep(wait)
        return await self.telegram.answer(press, text)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that no other update has to wait for."""
        task = asyncio.create_task(_calmly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def chat_of(update: Raw) -> str:
    """Name the chat of an update as Telegram writes it; those without one are taken as one."""
    message = _part(update, "message") or _part(_part(update, "callback_query"), "message")
    return str(_part(message, "chat").get("id"))


def _part(told: Raw, name: str) -> Raw:
    part = told.get(name)
    return cast(Raw, part) if isinstance(part, dict) else {}


def _read(raw: Raw) -> Update | None:
    try:
        return Update.de_json(raw)
    except (TypeError, ValueError, KeyError, AttributeError):
        log.exception("update %s cannot be read and is dropped", raw.get("update_id"))
        return None


async def _calmly(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except PlatformError as error:
        log.info("Telegram did not take an answer: %s", error)
