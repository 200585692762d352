"""The web chat as a platform: messages are kept in the database and told to open pages.

A page that was closed, or that is too slow to listen, reads them anew when it comes back.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Any, Protocol

from PIL import Image

from bot.assembly import Bot
from bot.incoming import Place, Remote
from bot.platform import Action, FileTooLarge, Label, MessageGone, Rejected, Shown, Unreachable
from storage import people, web_messages
from storage.database import StorageError
from storage.web_messages import WebMessage

NAME = "web"
LARGEST_FILE = 200_000_000  # bytes
Json = dict[str, Any]


class Ear(Protocol):
    """A page that listens; it never makes anybody wait."""

    def tell(self, told: Json) -> None: ...


class Web:
    """Shows things on pages, from when its door is opened."""

    def __init__(self) -> None:
        self._bot: Bot | None = None
        self._ears: defaultdict[str, set[Ear]] = defaultdict(set)

    @property
    def name(self) -> str:
        return NAME

    def open(self, bot: Bot) -> None:
        """Be called from now on."""
        self._bot = bot

    def listen(self, chat: str, ear: Ear) -> None:
        """Tell a page from now on what happens in a chat."""
        self._ears[chat].add(ear)

    def leave(self, chat: str, ear: Ear) -> None:
        self._ears[chat].discard(ear)
        if not self._ears[chat]:
            del self._ears[chat]

    async def fetch(self, remote: Remote) -> bytes:
        """Read a photo that was uploaded; see `Platform.fetch`."""
        try:
            return await self._opened().store.get(remote.file)
        except KeyError as error:
            raise Rejected("the upload is gone") from error

    async def post(self, place: Place, shown: Shown, *, reply_to: str | None = None) -> str:  # noqa: ARG002
        """Write a message down and tell the pages; see `Platform.post`."""
        document, session = await _document(shown), shown.session
        with _storage():
            return await self._add(place.chat, document, picture=shown.picture, session=session)

    async def edit(self, place: Place, message: str, shown: Shown) -> None:
        """Change a message; see `Platform.edit`."""
        document = await _document(shown)

        def changed(old: WebMessage) -> Json:
            kept = {} if shown.picture is not None else {"picture": old.document.get("picture")}
            return document | kept

        session, picture = shown.session, shown.picture
        await self._change(place, message, changed, session=session, picture=picture)

    async def strip(self, place: Place, message: str) -> None:
        """Take the buttons off a message; see `Platform.strip`."""
        with suppress(MessageGone):
            await self._change(place, message, lambda old: {**old.document, "rows": []})

    async def send_file(
        self, place: Place, content: bytes, name: str, *, caption: str | None = None
    ) -> str:
        """Offer a file, byte for byte; see `Platform.send_file`."""
        if len(content) > LARGEST_FILE:
            raise FileTooLarge(f"a file of {len(content)} bytes")
        file = {"name": name, "size": len(content)}
        document: Json = {"text": caption or "", "rows": [], "picture": None, "file": file}
        with _storage():
            stored = await self._opened().store.put(content)
            return await self._add(place.chat, document, file=stored)

    async def answer(self, press: str, text: str | None) -> None:
        """Do nothing: a press is answered on the socket that it came by."""

    async def act(self, place: Place, action: Action) -> None:
        """Show for a few seconds what the bot is doing; see `Platform.act`."""
        self._tell(place.chat, {"type": "action", "action": action.value})

    async def said(self, chat: str, text: str, key: str, *, picture: bytes | None = None) -> str:
        """Write down what the person said, once for each key; return the message.

        Raises:
            StorageError: It cannot be written down now.
        """
        shown = await _document(Shown(text=text, picture=picture))
        return await self._add(chat, shown, mine=True, key=key, picture=picture)

    async def _change(
        self,
        place: Place,
        message: str,
        changed: Callable[[WebMessage], Json],
        *,
        session: str | None = None,
        picture: bytes | None = None,
    ) -> None:
        """Write down how a message is now, and tell the pages.

        Raises:
            MessageGone: There is no such message.
        """
        with _storage():
            async with self._opened().database.writing() as db:
                chat_id = await people.place(db, NAME, place.chat, None, False)
                old = await web_messages.one(db, chat_id, int(message))
                if old is None:
                    raise MessageGone("there is no such message")
                whose = session or old.session
                await web_messages.change(
                    db, chat_id, old.id, changed(old), session=whose, picture=picture
                )
                new = await web_messages.one(db, chat_id, old.id)
        if new is not None:
            self._tell(place.chat, {"type": "message", "message": told(new)})

    async def _add(self, chat: str, document: Json, *, key: str | None = None, **more: Any) -> str:
        bot = self._opened()
        async with bot.database.writing() as db:
            chat_id = await people.place(db, NAME, chat, None, False)
            number = await web_messages.add(db, chat_id, document, key=key, **more)
            if number is None and key is not None:
                return str(await web_messages.by_key(db, key))
            new = await web_messages.one(db, chat_id, number or 0)
        if new is None:
            raise MessageGone("the message was deleted at once")
        self._tell(chat, {"type": "message", "message": told(new)})
        return str(new.id)

    def _tell(self, chat: str, what: Json) -> None:
        for ear in tuple(self._ears.get(chat, ())):
            ear.tell(what)

    def _opened(self) -> Bot:
        if self._bot is None:
            raise Unreachable("the web chat is not open yet")
        return self._bot


def told(message: WebMessage) -> Json:
    """Write a message as pages read it."""
    known = message.document
    picture, file = known.get("picture"), known.get("file")
    return {
        "id": str(message.id),
        "mine": message.mine,
        "text": known["text"],
        "rows": known["rows"],
        "picture": picture
        and {**picture, "url": f"/api/pictures/{message.link}/{message.picture}"},
        "file": file and {**file, "url": f"/api/files/{message.link}"},
        "session": message.session,
        "at": message.created_at.isoformat(timespec="seconds"),
    }


@contextmanager
def _storage() -> Generator[None]:
    """Say that the database cannot do it now as a platform says that it cannot be reached."""
    try:
        yield
    except StorageError as error:
        raise Unreachable(str(error)) from error


async def _document(shown: Shown) -> Json:
    picture = shown.picture and await asyncio.to_thread(_size, shown.picture)
    return {
        "text": shown.text,
        "rows": [[_button(one) for one in row] for row in shown.rows],
        "picture": picture,
        "file": None,
    }


def _button(label: Label) -> Json:
    return {"text": label.text, "token": label.token, "editor": label.editor}


def _size(picture: bytes) -> Json:
    with Image.open(BytesIO(picture)) as image:
        return {"width": image.width, "height": image.height}
