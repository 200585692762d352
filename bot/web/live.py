"""Tells open editors what the chat does meanwhile: moves, how far a job is, new pictures."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.assembly import Bot
from bot.saving import load_state
from bot.states import State
from bot.web.editor import Editor
from bot.web.people import write_people
from bot.web.seats import COOKIE
from pipeline.merging import mark_of
from storage import sessions
from storage.columns import now
from storage.database import StorageError
from storage.visits import Visit

HELLO_WITHIN = 10.0  # seconds in which a page says who it is
CALM = 0.05  # seconds in which several changes are told as one
LARGEST_FRAME = 4096  # bytes; a page says hello and nothing else
HEARTBEAT = 25.0  # seconds
MOST_OPEN = 8  # pages of one visit

UNTOLD = (None, -1, -1)  # what no job is at: the first look is always told

Json = dict[str, Any]


class Live:
    """Serves the sockets of open editors."""

    def __init__(self, bot: Bot, editor: Editor) -> None:
        self._bot = bot
        self._editor = editor
        self._open: set[_Page] = set()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/editor/live", self._serve)]

    def watch(self, chat_id: int) -> None:
        """Look again at what changed in a chat."""
        for page in self._open:
            if page.chat_id == chat_id:
                page.bell.set()

    async def close(self) -> None:
        """Send every page away; they come back when the bot does."""
        for page in list(self._open):
            await page.socket.close(code=WSCloseCode.GOING_AWAY)

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LARGEST_FRAME)
        await socket.prepare(request)
        visit = await self._hello(request, socket)
        session = visit.session if visit else None
        saved = await self._saved(session)
        if visit is None or saved is None or self._too_many(visit):
            await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"Open it from the chat.")
            return socket
        page = _Page(socket, visit, saved.chat_id)
        self._open.add(page)
        telling = asyncio.create_task(self._tell(page, saved.id))
        try:
            await socket.receive()  # nothing more is said to us: this is its end
        finally:
            self._open.discard(page)
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            await socket.close()
        return socket

    async def _hello(self, request: web.Request, socket: web.WebSocketResponse) -> Visit | None:
        try:
            message = await socket.receive(timeout=HELLO_WITHIN)
        except TimeoutError:
            return None
        if message.type is not WSMsgType.TEXT:
            return None
        try:
            told: Any = json.loads(message.data)
            token = told["visit"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return None
        if token is not None and not isinstance(token, str):
            return None
        return await self._editor.seats.visit(token, request.cookies.get(COOKIE))

    def _too_many(self, visit: Visit) -> bool:
        return sum(page.visit.name == visit.name for page in self._open) >= MOST_OPEN

    async def _saved(self, session: str | None) -> sessions.Saved | None:
        if session is None:
            return None
        async with self._bot.database.reading() as db:
            return await sessions.load(db, session)

    async def _tell(self, page: "_Page", session: str) -> None:
        """Tell a page what is new each time that its chat may have changed."""
        while True:
            await page.bell.wait()
            page.bell.clear()
            with suppress(StorageError):
                is_over = page.visit.expires <= now()
                saved = None if is_over else await self._saved(session)
                news = await self._news(page, load_state(saved.state) if saved else None)
                for told in news:
                    await page.socket.send_str(json.dumps(told))
                if news and news[-1]["type"] == "over":
                    await page.socket.close()
            await asyncio.sleep(CALM)

    async def _news(self, page: "_Page", state: State | None) -> list[Json]:
        if state is None or state.version is None:
            return [{"type": "over"}]
        news: list[Json] = []
        version, people = state.version, state.version.pose.present
        mark = mark_of(people)
        if page.version not in (None, version.number):
            told = self._editor.document_of(state, version)
            news.append({"type": "document", **told})
        elif page.mark != mark:
            pose = {"version": version.number, "mark": mark, "people": write_people(people)}
            news.append({"type": "pose", **pose})
        page.version, page.mark = version.number, mark
        work = state.work
        busy = None if work is None else (work.stage, work.step, work.steps)
        if busy != page.busy:
            stage, step, steps = busy or (None, 0, 0)
            is_busy = busy is not None
            news.append(
                {"type": "busy", "busy": is_busy, "stage": stage, "step": step, "steps": steps}
            )
        page.busy = busy
        return news


class _Page:
    """An open page, and what it was told last."""

    def __init__(self, socket: web.WebSocketResponse, visit: Visit, chat_id: int) -> None:
        self.socket = socket
        self.visit = visit
        self.chat_id = chat_id
        self.bell = asyncio.Event()
        self.bell.set()
        self.version: int | None = None
        self.mark: str | None = None
        self.busy: tuple[object, int, int] | None = UNTOLD
