"""Pictures, files and versions of web chats: for their owner alone, by unguessable links."""

import asyncio
from typing import Any
from urllib.parse import quote

from aiohttp import hdrs, web

from bot.assembly import Bot
from bot.easel import Unshowable
from bot.saving import load_state
from bot.states import State, Version
from bot.web.uploads import thumbnail
from bot.web.visitors import Visitor, Visitors
from pipeline.geometry import Size
from storage import sessions, web_messages

SMALL = 320  # pixels of the longer side that may be asked for
KEPT = "private, max-age=86400, immutable"

Json = dict[str, Any]


class Gallery:
    """Serves what web chats show."""

    def __init__(self, bot: Bot, visitors: Visitors) -> None:
        self._bot = bot
        self._visitors = visitors

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/pictures/{link}/{count}", self._picture),
            web.get("/api/files/{link}", self._file),
            web.get("/api/sessions/{session}", self._session),
            web.get("/api/sessions/{session}/pictures/{picture}", self._version),
        ]

    async def _picture(self, request: web.Request) -> web.Response:
        visitor = await self._visitors.known(request)
        async with self._bot.database.reading() as db:
            message = await web_messages.by_link(db, request.match_info["link"], visitor.name)
            content = await web_messages.picture(db, message.id) if message else None
        if message is None or content is None:
            raise web.HTTPNotFound
        # An older picture of the same message is gone; what is asked for gets the one of now.
        is_now = request.match_info["count"] == str(message.picture)
        return _jpeg(content, kept=is_now)

    async def _file(self, request: web.Request) -> web.Response:
        visitor = await self._visitors.known(request)
        async with self._bot.database.reading() as db:
            message = await web_messages.by_link(db, request.match_info["link"], visitor.name)
        if message is None or message.file is None:
            raise web.HTTPNotFound
        try:
            content = await self._bot.store.get(message.file)
        except KeyError:
            raise web.HTTPGone from None
        name = quote(str(message.document["file"]["name"]))
        headers = {hdrs.CONTENT_DISPOSITION: f"attachment; filename*=UTF-8''{name}"}
        return web.Response(body=content, headers=headers, content_type="application/octet-stream")

    async def _session(self, request: web.Request) -> web.Response:
        visitor = await self._visitors.known(request)
        state = await self._state(visitor, request.match_info["session"])
        base = f"/api/sessions/{state.session}/pictures"
        return web.json_response(
            {
                "photo": await self._photo(state, base),
                "at": state.at,
                "versions": [_told(version, base) for version in state.versions],
            }
        )

    async def _photo(self, state: State, base: str) -> Json | None:
        """Tell of the photo itself; None once it is not kept any more."""
        if state.photo is None:
            return None
        try:
            size = await self._bot.easel.size_of(state.photo)
        except Unshowable:
            return None
        return _picture(f"{base}/{state.photo}", size)

    async def _version(self, request: web.Request) -> web.Response:
        visitor = await self._visitors.known(request)
        state = await self._state(visitor, request.match_info["session"])
        picture = request.match_info["picture"]
        if picture not in state.pictures:
            raise web.HTTPNotFound
        try:
            jpeg = await self._bot.easel.bare(picture)
        except Unshowable:
            raise web.HTTPGone from None
        if request.query.get("size") == str(SMALL):
            jpeg = await asyncio.to_thread(thumbnail, jpeg, SMALL)
        return _jpeg(jpeg, kept=True)

    async def _state(self, visitor: Visitor, name: str) -> State:
        async with self._bot.database.reading() as db:
            saved = await sessions.load(db, name)
        if saved is None or saved.user_id != visitor.visit.user_id:
            raise web.HTTPNotFound
        return load_state(saved.state)


def _told(version: Version, base: str) -> Json:
    canvas = version.made.canvas
    size, photo = canvas.size, canvas.photo
    return {
        "number": version.number,
        "parent": version.parent,
        "kind": version.order.kind.value,
        "score": version.made.score,
        "edited": version.is_edited,
        "picture": _picture(f"{base}/{version.made.picture}", size),
        "photo": {"url": f"{base}/{version.order.photo}"},
        "canvas": {
            "width": size.width,
            "height": size.height,
            "photo": {
                "x": photo.left,
                "y": photo.top,
                "width": photo.width,
                "height": photo.height,
            },
        },
    }


def _picture(url: str, size: Size) -> Json:
    return {"url": url, "width": size.width, "height": size.height}


def _jpeg(content: bytes, *, kept: bool) -> web.Response:
    headers = {hdrs.CACHE_CONTROL: KEPT if kept else "no-store"}
    return web.Response(body=content, headers=headers, content_type="image/jpeg")
