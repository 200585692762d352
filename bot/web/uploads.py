"""Photos on their way from a page: read piece by piece, stored, and handed to the conversation."""

import asyncio
import logging
from io import BytesIO
from typing import Final
from urllib.parse import unquote

from aiohttp import web
from PIL import Image

from bot.assembly import Bot
from bot.incoming import Incoming, Photo, Place, Remote, Sender
from bot.platforms.web import NAME, Web
from bot.web.guard import refusal
from bot.web.visitors import Visitor, Visitors
from bot.words import say, text
from pipeline.errors import PhotoError
from pipeline.photo import MAX_BYTES, encode_jpeg, read_photo
from storage.database import StorageError, StorageFull

LARGEST_PHOTO: Final = MAX_BYTES
LONGEST_CAPTION = 1024  # characters
LONGEST_KEY = 64
PIECE_PATIENCE = 30.0  # seconds for the next piece of a photo
AT_ONCE = 4  # uploads; each is in memory as a whole
PREVIEW = 640  # pixels of the longer side of what the chat shows
CAPTION = "X-Toeframe-Caption"

log = logging.getLogger(__name__)


class Uploads:
    """Takes photos in."""

    def __init__(self, bot: Bot, platform: Web, visitors: Visitors) -> None:
        self._bot = bot
        self._web = platform
        self._visitors = visitors
        self._room = asyncio.Semaphore(AT_ONCE)
        self._looking = asyncio.Semaphore(1)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/photos", self._take)]

    async def _take(self, request: web.Request) -> web.Response:
        visitor = await self._visitors.known(request)
        key = request.query.get("id", "")
        if not 0 < len(key) <= LONGEST_KEY or not key.isascii():
            return refusal(400, "The upload has no id.")
        if (request.content_length or 0) > LARGEST_PHOTO:
            return self._too_large(visitor)
        async with self._room:
            content = await _read(request)
            if content is None:
                return self._too_large(visitor)
            if not content:
                return refusal(400, say(text("web.empty"), visitor.language))
            try:
                return await self._keep(request, visitor, key, content)
            except StorageFull:
                return refusal(507, say(text("refused.later"), visitor.language))
            except StorageError as error:
                log.warning("an upload is to come again: %s", error)
                return refusal(503, say(text("refused.later"), visitor.language), Retry_After="2")

    async def _keep(
        self, request: web.Request, visitor: Visitor, key: str, content: bytes
    ) -> web.Response:
        caption = unquote(request.headers.get(CAPTION, ""))[:LONGEST_CAPTION].strip()
        photo = await self._bot.store.put(content)
        async with self._looking:
            preview = await asyncio.to_thread(_preview, content)
        source = f"{NAME}:{visitor.visit.name}:{key}"
        message = await self._web.said(visitor.name, caption, source, picture=preview)
        remote = Remote(file=photo, size=len(content))
        await self._bot.studio.handle(
            Incoming(
                source=source,
                place=Place(platform=NAME, chat=visitor.name),
                sender=Sender(visitor.name, visitor.language),
                what=Photo(remote=remote, caption=caption or None),
                message=message,
            )
        )
        return web.json_response({"message": message}, status=202)

    def _too_large(self, visitor: Visitor) -> web.Response:
        megabytes = LARGEST_PHOTO // 1_000_000
        return refusal(413, say(text("web.too_large", megabytes=megabytes), visitor.language))


async def _read(request: web.Request) -> bytes | None:
    """Read a body; None for one that is too large, of which no more is read."""
    content = bytearray()
    while True:
        async with asyncio.timeout(PIECE_PATIENCE):
            piece = await request.content.readany()
        if not piece:
            return bytes(content)
        content += piece
        if len(content) > LARGEST_PHOTO:
            return None


def _preview(content: bytes) -> bytes | None:
    """Make a small picture of a photo; None of what is none, which the conversation tells of."""
    try:
        image = read_photo(content).image
    except PhotoError:
        return None
    image.thumbnail((PREVIEW, PREVIEW), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return encode_jpeg(image, 88)


def thumbnail(jpeg: bytes, longest: int) -> bytes:
    """Make a JPEG smaller."""
    with Image.open(BytesIO(jpeg)) as image:
        image.draft("RGB", (longest, longest))
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        return encode_jpeg(image, 85)
