"""Sends the messages that are not cards: lines of text, and files.

A file is marked before it is sent. Where nobody knows whether it arrived it is not sent again: a
line with a File button asks the person instead.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.buttons import button
from bot.carrying import SAY
from bot.commands import Word
from bot.easel import Pictures
from bot.effects import Rows, Say, SendFile
from bot.line import Line
from bot.platform import (
    Action,
    ChatGone,
    ChatMoved,
    FileTooLarge,
    PlatformError,
    Rejected,
    SlowDown,
    Unreachable,
)
from bot.saving import load_effect, load_state, save_effect
from bot.spoken import spoken
from bot.states import State
from bot.words import text
from storage import outbox, people, sessions
from storage.database import Database
from storage.outbox import Message

log = logging.getLogger(__name__)

UPLOADS = 8  # at once; each is in memory as a whole
ORIGINAL = "original"  # how the file of the photo itself is named


class Messages:
    """Sends messages of the outbox."""

    def __init__(self, database: Database, pictures: Pictures) -> None:
        self._database = database
        self._pictures = pictures
        self._unrecorded: dict[int, str] = {}  # what lines became that were posted
        self._uploading = asyncio.Semaphore(UPLOADS)

    @property
    def are_uploading(self) -> bool:
        """Whether as many files are on their way as may be: another would have to wait."""
        return self._uploading.locked()

    async def send(self, line: Line, message: Message) -> None:
        """Send a message, and note that it was sent or never will be.

        Raises:
            PlatformError: It cannot be sent now.
        """
        match load_effect(message.payload):
            case Say() as said:
                await self._say(line, message, said)
            case SendFile() as file:
                async with self._uploading:
                    await self._send_file(line, message, file)
            case other:
                raise TypeError(f"{type(other).__name__} is no message")

    async def settle_doubts(self) -> None:
        """Ask about the files of which a crash left unknown whether they were sent."""
        async with self._database.reading() as db:
            doubtful = await outbox.doubtful(db)
        for message in doubtful:
            await self._instead(message, "file.doubtful")

    async def give_up(self, message: Message) -> None:
        """Never send a message that cannot be sent."""
        async with self._database.writing() as db:
            await outbox.give_up(db, message.id)

    async def _say(self, line: Line, message: Message, said: Say) -> None:
        if message.id not in self._unrecorded:
            async with self._database.reading() as db:
                language = await _language(db, message)
            try:
                posted = await line.post(spoken((said.text,), said.rows, language))
            except Rejected:
                log.exception("message %d was refused", message.id)
                await self.give_up(message)
                return
            self._unrecorded[message.id] = posted
        # Where this fails the line is not posted again: a full disk must not flood a chat.
        async with self._database.writing() as db:
            await outbox.sent(db, message.id, self._unrecorded[message.id])
        del self._unrecorded[message.id]

    async def _send_file(self, line: Line, message: Message, file: SendFile) -> None:
        try:
            content = await self._pictures.get(file.picture)
        except KeyError:
            await self._instead(message, "file.gone")
            return
        async with self._database.writing() as db:
            await outbox.attempting(db, message.id)
        try:
            await line.act(Action.UPLOADING)
        except PlatformError as error:
            log.debug("no sign of an upload: %s", error)
        await self._upload(line, message, content, file.name)

    async def _upload(self, line: Line, message: Message, content: bytes, name: str) -> None:
        try:
            posted = await line.send_file(content, name)
        except (SlowDown, ChatMoved, ChatGone):
            await self._again(message)
            raise
        except (FileTooLarge, Rejected) as error:
            log.warning("a file of %d bytes was refused: %s", len(content), error)
            await self._instead(message, "file.refused")
        except Unreachable:
            await self._instead(message, "file.doubtful")
            raise
        else:
            async with self._database.writing() as db:
                await outbox.sent(db, message.id, posted)

    async def _again(self, message: Message) -> None:
        """Put a file back that was surely not sent."""
        async with self._database.writing() as db:
            await outbox.later(db, message.id, datetime.now(UTC) - timedelta(seconds=1))

    async def _instead(self, message: Message, key: str) -> None:
        async with self._database.writing() as db:
            await self._ask(db, message, key)

    async def _ask(self, db: AsyncSession, message: Message, key: str) -> None:
        """Say a sentence in a file's stead."""
        await outbox.give_up(db, message.id)
        state = await _state(db, message)
        rows = _file_button(state, message) if state and key == "file.doubtful" else ()
        await outbox.put(
            db,
            f"instead:{message.id}",
            chat_id=message.chat_id,
            session_id=message.session_id,
            kind=SAY,
            payload=save_effect(Say(text(key), rows)),
        )


def _file_button(state: State, message: Message) -> Rows:
    file = load_effect(message.payload)
    original = isinstance(file, SendFile) and file.name.startswith(ORIGINAL)
    return ((button(state, "button.file", Word.ORIGINAL if original else Word.FILE),),)


async def _language(db: AsyncSession, message: Message) -> str | None:
    """Return the language of whom a message is for; one that is told already has it with it."""
    told = message.payload.get("language")
    if message.session_id is None:
        return str(told) if told else None
    saved = await sessions.load(db, message.session_id)
    if saved is None:
        return None
    state = load_state(saved.state)
    return state.language or (await people.known(db, saved.user_id)).language


async def _state(db: AsyncSession, message: Message) -> State | None:
    saved = await sessions.load(db, message.session_id) if message.session_id else None
    return load_state(saved.state) if saved else None
