"""Brings cards up to date: the newest state only, as text first, with its picture by an edit.

A kill between two calls can double a line of text but never a picture: pictures only come by edits
of a message that is on record.
"""

import logging
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TypeVar

from bot.card import card_of
from bot.carrying import FILE
from bot.easel import Easel, Unshowable, needs_document
from bot.effects import Picture, SendFile
from bot.line import Line
from bot.platform import FileTooLarge, MessageGone, PlatformError, Rejected, Shown
from bot.saving import load_state, save_effect
from bot.spoken import spoken
from bot.states import Page, State
from storage import outbox, sessions
from storage.database import Database
from storage.sessions import CardPlace, Saved

log = logging.getLogger(__name__)
T = TypeVar("T")

PROGRESS_EVERY = 1.0  # seconds between edits that only tell how far a job is
REMEMBERED = 4096  # cards whose looks are known, so that nothing is sent twice
AT_WORK = 60.0  # seconds without news after which nobody claims to be at work

_BUSY = frozenset({Page.RECEIVING, Page.WORKING})
_FINAL = frozenset({Page.RESULT, Page.DONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A card as it should look now.

    Attributes:
        session: Whose.
        chat: Where.
        state: What it shows.
        place: The message, and how far it is behind.
        words: Its text and buttons.
        picture: What is above them.
    """

    session: str
    chat: int
    state: State
    place: CardPlace
    words: Shown
    picture: Picture | None

    @property
    def is_new(self) -> bool:
        return self.place.message is None or self.place.fresh

    @property
    def busy(self) -> bool:
        return self.state.page in _BUSY


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How a card looked when it was last sent; what it showed is only kept as a mark.

    Attributes:
        words: Its text and buttons.
        picture: What is above them, if anything.
        busy: Whether it told how far a job is.
        at: When that was, by the monotonic clock.
        painting: Its chat, where a job was running.
    """

    words: bytes
    picture: bytes | None
    busy: bool
    at: float
    painting: Line | None


class Cards:
    """Shows cards, and remembers how they look."""

    def __init__(self, database: Database, easel: Easel) -> None:
        self._database = database
        self._easel = easel
        self._looks: OrderedDict[str, _Look] = OrderedDict()
        self._refused: OrderedDict[str, None] = OrderedDict()  # pictures
        self._unrecorded: dict[str, str] = {}  # messages of sessions

    async def show(self, line: Line, saved: Saved, language: str | None) -> float:
        """Bring a card up to date, or tell how many seconds that has to wait.

        Args:
            line: To where it is shown.
            saved: The conversation, just read.
            language: Of its owner.

        Raises:
            PlatformError: It cannot be shown now.
        """
        wanted = _wanted(saved, language)
        wait = self._wait(line, wanted)
        if wait > 0:
            return wait
        if wanted.is_new:
            wanted = await self._post(line, wanted)
            # Other chats' first words go before pictures of photos that their senders know.
            wait = PROGRESS_EVERY if wanted.busy else line.wait()
            if wait > 0 and wanted.picture is not None:
                return wait
        await self._bring_up(line, wanted)
        return 0.0

    async def give_up(self, saved: Saved) -> None:
        """Count a card as shown that cannot be, until it changes again."""
        place = saved.card
        async with self._database.writing() as db:
            await sessions.shown(db, saved.id, place.wanted, place.has_picture)

    def working(self) -> list[Line]:
        """List the places where something is being painted just now."""
        since = time.monotonic() - AT_WORK
        lines = [look.painting for look in self._looks.values() if look.at > since]
        return list({line.place: line for line in lines if line is not None}.values())

    def _wait(self, line: Line, wanted: _Wanted) -> float:
        look = self._looks.get(wanted.session)
        if look is None or not look.busy or not wanted.busy or wanted.is_new:
            return line.wait()
        return max(line.wait(progress=True), look.at + PROGRESS_EVERY - time.monotonic())

    async def _post(self, line: Line, wanted: _Wanted) -> _Wanted:
        """Send a card as a new message of text, and take the buttons off the one before."""
        message = self._unrecorded.pop(wanted.session, None)
        if message is None:
            message = await line.post(wanted.words)
            self._remember(line, wanted, None)
        # Where this fails the message is not posted again: a full disk must not flood a chat.
        self._unrecorded[wanted.session] = message
        async with self._database.writing() as db:
            await sessions.showing(db, wanted.session, message)
        del self._unrecorded[wanted.session]
        if wanted.place.message is not None:
            with suppress(PlatformError):
                await line.strip(wanted.place.message)
        place = replace(wanted.place, message=message, has_picture=False, fresh=False)
        return replace(wanted, place=place)

    async def _bring_up(self, line: Line, wanted: _Wanted) -> None:
        """Make the message look as it should, and note that it does."""
        try:
            picture = await self._match(line, wanted)
        except MessageGone:
            wanted = await self._post(line, wanted)
            picture = await self._match(line, wanted)
        self._remember(line, wanted, picture)
        document = await self._document(wanted)
        async with self._database.writing() as db:
            has_picture = wanted.place.has_picture or picture is not None
            await sessions.shown(db, wanted.session, wanted.place.wanted, has_picture)
            if document is not None:
                await outbox.put(
                    db,
                    f"document:{wanted.session}:{wanted.state.at}",
                    chat_id=wanted.chat,
                    session_id=wanted.session,
                    kind=FILE,
                    payload=save_effect(document),
                )

    async def _match(self, line: Line, wanted: _Wanted) -> bytes | None:
        """Send what differs from how the message looks; return the mark of its picture then.

        Raises:
            MessageGone: There is no message that could look so.
        """
        look = self._looks.pop(wanted.session, None)  # a call that fails may have counted
        picture = wanted.picture
        if picture is not None and picture.base in self._refused:
            picture = None
        if look is not None and picture is not None and _mark(picture) == look.picture:
            picture = None  # it stays
        if picture is not None:
            if await self._picture(line, wanted, picture):
                return _mark(picture)
            if picture.base in self._refused and wanted.place.has_picture:
                raise MessageGone("it would keep another picture than it tells of")
        if look is None or look.words != _mark(wanted.words):
            await self._words(line, wanted)
        return look.picture if look is not None else None

    async def _picture(self, line: Line, wanted: _Wanted, picture: Picture) -> bool:
        """Show a card with its picture; tell whether that can be done."""
        try:
            jpeg = await self._easel.draw(picture)
        except Unshowable as error:
            log.warning("a card goes without its picture: %s", error)
            return False
        try:
            await line.edit(_message(wanted), replace(wanted.words, picture=jpeg))
        except (Rejected, FileTooLarge) as error:
            log.warning("a picture was refused: %s", error)
            _add(self._refused, picture.base, None)
            return False
        return True

    async def _words(self, line: Line, wanted: _Wanted) -> None:
        """Show a card's words and buttons; its message keeps the picture that it has."""
        try:
            await line.edit(_message(wanted), wanted.words)
        except Rejected:
            log.exception("the words of a card were refused")

    async def _document(self, wanted: _Wanted) -> SendFile | None:
        """Name the file to send as well, where a chat cannot show the result as it is."""
        version = wanted.state.version
        if version is None or wanted.picture is None or wanted.state.page not in _FINAL:
            return None
        base = version.made.picture
        with suppress(Unshowable):
            if base in self._refused or needs_document(await self._easel.size_of(base)):
                return SendFile(base, f"toeframe-{version.number}.png")
        return None

    def _remember(self, line: Line, wanted: _Wanted, picture: bytes | None) -> None:
        work = wanted.state.work
        look = _Look(
            words=_mark(wanted.words),
            picture=picture,
            busy=wanted.busy,
            at=time.monotonic(),
            painting=line if work is not None and work.stage is not None else None,
        )
        _add(self._looks, wanted.session, look)


def _wanted(saved: Saved, language: str | None) -> _Wanted:
    state = load_state(saved.state)
    card = card_of(state)
    return _Wanted(
        session=saved.id,
        chat=saved.chat_id,
        state=state,
        place=saved.card,
        words=spoken(card.lines, card.rows, state.language or language),
        picture=card.picture,
    )


def _message(wanted: _Wanted) -> str:
    if wanted.place.message is None:
        raise MessageGone("there is no message yet")
    return wanted.place.message


def _mark(value: object) -> bytes:
    return blake2b(repr(value).encode("utf-8", "replace"), digest_size=16).digest()


def _add(known: OrderedDict[str, T], key: str, value: T) -> None:
    """Remember something, and forget what was longest not touched."""
    known[key] = value
    known.move_to_end(key)
    if len(known) > REMEMBERED:
        known.popitem(last=False)
