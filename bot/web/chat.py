"""The web chat's socket: what a page says is taken in as any platform's updates are.

A page that says too much, or nonsense, or does not listen, is cut off with a reason; it comes back
and reads the chat anew. What it said and was not told that it is taken, it says again.
"""

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import WSMsgType, web

from bot.assembly import Bot
from bot.incoming import Incoming, Place, PressedButton, Said, Sender, storable
from bot.platforms.web import NAME, Json, Web, told
from bot.web.allowance import Allowance, Rate
from bot.web.guard import refusal
from bot.web.sockets import AWAY, NO_TEXT, TOO_MUCH, Socket
from bot.web.uploads import LARGEST_PHOTO
from bot.web.visitors import COOKIE, LIFETIME, Visitor, Visitors, set_cookie
from bot.words import LANGUAGES, say, text, tongue
from storage import people, web_messages
from storage.database import StorageError

LONGEST_TEXT = 4096  # characters
LONGEST_KEY = 64
SAYING = Rate(at_once=40, per_second=20)
UNTAKEN = 64  # things that a page may say before the first of them is taken in
TABS = 12  # sockets of one browser

log = logging.getLogger(__name__)


class Chat:
    """Serves the sockets of the web chat."""

    def __init__(self, bot: Bot, platform: Web, visitors: Visitors) -> None:
        self._bot = bot
        self._web = platform
        self._visitors = visitors
        self._saying = Allowance(SAYING)
        self._open: dict[str, set[Socket]] = {}
        self._is_open = False

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/visit", self._visit), web.get("/api/chat", self._chat)]

    async def run(self) -> None:
        """Let pages in until cancelled; then all are sent away, and come back when the bot does."""
        self._is_open = True
        try:
            await asyncio.Event().wait()
        finally:
            self._is_open = False
            open_now = [socket for sockets in self._open.values() for socket in sockets]
            await asyncio.gather(*(socket.close(AWAY, "Come back soon.") for socket in open_now))

    async def _visit(self, request: web.Request) -> web.Response:
        try:
            asked: Any = await request.json()
            language = str(asked["language"])[:16]
        except (ValueError, TypeError, KeyError):
            language = None
        known = tongue(language)
        token = await self._visitors.let_in(request, known)
        response = web.json_response({"language": known, "languages": list(LANGUAGES)})
        if token is not None:
            set_cookie(
                response, COOKIE, token, lifetime=LIFETIME, secure=self._bot.settings.is_public
            )
        return response

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        visitor = await self._visitors.known(request)
        if not self._is_open:
            return refusal(503, say(text("web.soon"), visitor.language), Retry_After="2")
        others = self._open.setdefault(visitor.visit.name, set())
        if len(others) >= TABS:
            return refusal(429, say(text("web.tabs"), visitor.language), Retry_After="30")
        socket = Socket(request)
        others.add(socket)
        try:
            await socket.prepare()
            await self._talk(_Talk(request=request, visitor=visitor, socket=socket))
        finally:
            others.discard(socket)
            if not others:
                self._open.pop(visitor.visit.name, None)
        return socket.response

    async def _talk(self, talk: "_Talk") -> None:
        writing = asyncio.create_task(talk.socket.write())
        self._web.listen(talk.visitor.name, talk.socket)
        try:
            await self._greet(talk)
            await self._listen(talk)
        finally:
            self._web.leave(talk.visitor.name, talk.socket)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def _greet(self, talk: "_Talk") -> None:
        """Tell a page all that there is."""
        async with self._bot.database.writing() as db:
            chat_id = await people.place(db, NAME, talk.visitor.name, None, False)
            messages = await web_messages.newest(db, chat_id)
        talk.socket.tell(
            {
                "type": "hello",
                "language": tongue(talk.visitor.language),
                "messages": [told(message) for message in messages],
                "limits": {"bytes": LARGEST_PHOTO},
            }
        )

    async def _listen(self, talk: "_Talk") -> None:
        """Take in what a page says, until it ends or is sent away for how it behaves."""
        untaken: asyncio.Queue[str | None] = asyncio.Queue(UNTAKEN)
        taking = asyncio.create_task(self._take_all(talk, untaken))
        try:
            if not await self._hear(talk, untaken):
                while not untaken.empty():
                    untaken.get_nowait()
        finally:
            # Not cancelled: a transaction that is broken off can leave its connection unusable.
            await untaken.put(None)
            await asyncio.wait([taking])

    async def _hear(self, talk: "_Talk", untaken: "asyncio.Queue[str | None]") -> bool:
        """Hear a page out; tell whether it behaved."""
        async for message in talk.socket.response:
            if message.type is not WSMsgType.TEXT:
                await talk.socket.close(NO_TEXT, "Only text is understood here.")
                return False
            if untaken.full():
                await talk.socket.close(TOO_MUCH, "That was too much at once.")
                return False
            untaken.put_nowait(message.data)
        return True

    async def _take_all(self, talk: "_Talk", untaken: "asyncio.Queue[str | None]") -> None:
        while (said := await untaken.get()) is not None:
            try:
                await self._take(talk, said)
            except StorageError as error:
                log.warning("a page is told to wait: %s", error)
                talk.says("error", text=say(text("refused.later"), talk.visitor.language))
            except Exception:
                log.exception("what a page said is dropped")
                talk.says("error", text=say(text("web.broken"), talk.visitor.language))

    async def _take(self, talk: "_Talk", data: str) -> None:
        """Take in one thing that a page says; what comes after waits for its turn."""
        while wait := self._saying.take(talk.visitor.visit.name):  # noqa: ASYNC110
            await asyncio.sleep(wait)
        said = _read(data)
        if said is None:
            talk.says("error", text=say(text("web.nonsense"), talk.visitor.language))
        else:
            await self._handle(talk, said)

    async def _handle(self, talk: "_Talk", said: Json) -> None:
        key = f"{NAME}:{talk.visitor.visit.name}:{said['id']}"
        if said["type"] == "press":
            await self._press(talk, said, key)
        else:
            await self._say(talk, said, key)
        talk.says("taken", id=said["id"])
        if not await self._visitors.stays(talk.request, talk.visitor):
            await self._greet(talk)  # nothing is left of what the page shows

    async def _press(self, talk: "_Talk", said: Json, key: str) -> None:
        pressed = PressedButton(press=key, carried=said["token"], message=said["message"])
        handled = await self._bot.studio.handle(_incoming(talk.visitor, key, pressed))
        talk.says("answer", press=said["id"], text=handled.answer, link=handled.link)

    async def _say(self, talk: "_Talk", said: Json, key: str) -> None:
        words = said["text"].strip()
        if not words:
            return
        message = await self._web.said(talk.visitor.name, words, key)
        incoming = _incoming(talk.visitor, key, Said(words), message, said.get("reply_to"))
        await self._bot.studio.handle(incoming)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Talk:
    """A page that is open: who it is, and how it is spoken to."""

    request: web.Request
    visitor: Visitor
    socket: Socket

    def says(self, kind: str, **told: object) -> None:
        self.socket.tell({"type": kind, **told})


def _incoming(
    visitor: Visitor,
    key: str,
    what: Said | PressedButton,
    message: str | None = None,
    reply_to: str | None = None,
) -> Incoming:
    return Incoming(
        source=key,
        place=Place(platform=NAME, chat=visitor.name),
        sender=Sender(visitor.name, visitor.language),
        what=what,
        message=message,
        reply_to=reply_to,
    )


def _read(data: str) -> Json | None:
    """Read what a page says; None if it is nothing that a page of ours says."""
    try:
        said: Any = json.loads(data)
        kind, key = said["type"], said["id"]
        wanted = {"say": ("text",), "press": ("token", "message")}[kind]
        texts = [key, *(said[name] for name in wanted)]
        texts += [said["reply_to"]] if said.get("reply_to") is not None else []
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not all(isinstance(one, str) and len(one) <= LONGEST_TEXT for one in texts):
        return None
    if not 0 < len(key) <= LONGEST_KEY or any(one != storable(one) for one in texts):
        return None
    return cast("Json", said)
