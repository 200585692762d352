"""The web chat's socket: what a page says is taken in as any platform's updates are.

A page that says too much, or nonsense, or does not listen, is cut off with a reason; it comes back
and reads the chat anew. What it said and was not told that it is taken, it says again.
"""

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any, cast

from aiohttp import WSCloseCode, WSMsgType, web

from bot.assembly import Bot
from bot.incoming import Incoming, Place, PressedButton, Said, Sender
from bot.platforms.web import NAME, Json, Web, told
from bot.web.allowance import Allowance, Rate
from bot.web.uploads import LARGEST_PHOTO
from bot.web.visitors import COOKIE, LIFETIME, Visitor, Visitors, set_cookie
from bot.words import LANGUAGES, say, text, tongue
from storage import people, web_messages
from storage.database import StorageError

LARGEST_FRAME = 64_000  # bytes
LONGEST_TEXT = 4096  # characters
LONGEST_KEY = 64
UNHEARD = 256  # messages that wait for a slow page
HEARTBEAT = 25.0  # seconds
SAYING = Rate(at_once=40, per_second=10)
PATIENCE = 100  # nonsense and haste, until a page is cut off
TABS = 12  # sockets of one browser

log = logging.getLogger(__name__)


class Chat:
    """Serves the sockets of the web chat."""

    def __init__(self, bot: Bot, platform: Web, visitors: Visitors) -> None:
        self._bot = bot
        self._web = platform
        self._visitors = visitors
        self._saying = Allowance(SAYING)
        self._open: dict[str, set[_Socket]] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/visit", self._visit), web.get("/api/chat", self._chat)]

    async def close(self) -> None:
        """Send every page away; they come back when the bot does."""
        for sockets in list(self._open.values()):
            for socket in list(sockets):
                await socket.close(WSCloseCode.GOING_AWAY, "The bot is starting anew.")

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
        others = self._open.setdefault(visitor.visit.name, set())
        if len(others) >= TABS:
            raise web.HTTPTooManyRequests(reason="Close another tab of this chat first.")
        socket = _Socket(web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LARGEST_FRAME))
        await socket.response.prepare(request)
        others.add(socket)
        self._web.listen(visitor.name, socket)
        try:
            async with asyncio.TaskGroup() as group:
                writing = group.create_task(socket.write())
                await self._greet(visitor, socket)
                await self._listen(visitor, socket)
                writing.cancel()
        finally:
            self._web.leave(visitor.name, socket)
            others.discard(socket)
            if not others:
                self._open.pop(visitor.visit.name, None)
        return socket.response

    async def _greet(self, visitor: Visitor, socket: "_Socket") -> None:
        """Tell a page all that it missed."""
        async with self._bot.database.writing() as db:
            chat_id = await people.place(db, NAME, visitor.name, None, False)
            messages = await web_messages.newest(db, chat_id)
        socket.tell(
            {
                "type": "hello",
                "language": tongue(visitor.language),
                "messages": [told(message) for message in messages],
                "limits": {"bytes": LARGEST_PHOTO},
            }
        )

    async def _listen(self, visitor: Visitor, socket: "_Socket") -> None:
        left = PATIENCE
        async for message in socket.response:
            if message.type is not WSMsgType.TEXT:
                await socket.close(WSCloseCode.UNSUPPORTED_DATA, "Only text is understood here.")
                return
            taken = await self._take(visitor, socket, message.data)
            left = min(PATIENCE, left + 1) if taken else left - 1
            if left <= 0:
                await socket.close(WSCloseCode.POLICY_VIOLATION, "That was too much at once.")
                return

    async def _take(self, visitor: Visitor, socket: "_Socket", data: str) -> bool:
        """Take in one thing that a page says; tell whether it was one."""
        said = _read(data)
        if said is None:
            socket.tell({"type": "error", "text": say(text("web.nonsense"), visitor.language)})
            return False
        wait = self._saying.take(visitor.visit.name)
        if wait > 0:
            await asyncio.sleep(min(wait, 1.0))  # what follows waits in the socket, not in memory
        try:
            await self._handle(visitor, socket, said)
        except StorageError as error:
            log.warning("a page is told to wait: %s", error)
            socket.tell({"type": "error", "text": say(text("refused.later"), visitor.language)})
        return wait == 0

    async def _handle(self, visitor: Visitor, socket: "_Socket", said: Json) -> None:
        key = f"{NAME}:{visitor.visit.name}:{said['id']}"
        if said["type"] == "press":
            pressed = PressedButton(press=key, carried=said["token"], message=said["message"])
            handled = await self._bot.studio.handle(_incoming(visitor, key, pressed))
            answer = {"type": "answer", "press": said["id"], "text": handled.answer}
            socket.tell(answer)
        else:
            words = said["text"].strip()
            message = await self._web.said(visitor.name, words, key) if words else None
            if message is not None or words:
                await self._bot.studio.handle(
                    _incoming(visitor, key, Said(words), message, said.get("reply_to"))
                )
        socket.tell({"type": "taken", "id": said["id"]})


class _Socket:
    """A page's socket, written to by one task so that nobody waits for a slow page."""

    def __init__(self, response: web.WebSocketResponse) -> None:
        self.response = response
        self._unheard: asyncio.Queue[Json] = asyncio.Queue(UNHEARD)
        self._is_behind = False

    def tell(self, told: Json) -> None:
        """Tell a page something; one that is too far behind is cut off, and reads all anew."""
        try:
            self._unheard.put_nowait(told)
        except asyncio.QueueFull:
            self._is_behind = True

    async def write(self) -> None:
        """Write what is to be told until cancelled."""
        while True:
            told = await self._unheard.get()
            if self._is_behind:
                await self.close(WSCloseCode.TRY_AGAIN_LATER, "This page is too far behind.")
                return
            with suppress(ConnectionError):
                await self.response.send_str(json.dumps(told, ensure_ascii=False))

    async def close(self, code: WSCloseCode, reason: str) -> None:
        await self.response.close(code=code, message=reason.encode())


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
    if not 0 < len(key) <= LONGEST_KEY or not all(_is_clean(one) for one in texts):
        return None
    return cast("Json", said)


def _is_clean(told: str) -> bool:
    """Whether a database takes a text: no zero bytes, and no halves of characters."""
    return "\0" not in told and told == told.encode("utf-8", "ignore").decode()
