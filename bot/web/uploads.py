"""Photos on their way from a page: read piece by piece, stored, and handed to the conversation."""

import asyncio
import logging
import re
import time
from collections import Counter
from collections.abc import AsyncGenerator
from io import BytesIO
from math import ceil
from typing import Final
from urllib.parse import unquote

from aiohttp import ClientPayloadError, web
from PIL import Image

from bot.assembly import Bot
from bot.incoming import Incoming, Photo, Place, Remote, Sender, storable
from bot.platforms.web import NAME, Web
from bot.web.allowance import Allowance, Rate
from bot.web.guard import Refused, refusal
from bot.web.visitors import Visitor, Visitors
from bot.words import Text, say, text
from pipeline.errors import PhotoError
from pipeline.photo import MAX_BYTES, encode_jpeg, read_photo
from storage.database import StorageError, StorageFull

LARGEST_PHOTO: Final = MAX_BYTES
LONGEST_CAPTION = 1024  # characters
KEY = re.compile(r"[\w-]{1,64}", re.ASCII)
AT_ONCE = 4  # photos of one browser on their way at a time
ROOM = 8 * LARGEST_PHOTO  # bytes in memory of all that are on their way
HEAD_START = 30.0  # seconds after which a photo has to come at least
SLOWEST = 8_000  # bytes a second
OFTEN = Rate(at_once=20, per_second=0.2)  # from one browser
PREVIEW = 640  # pixels of the longer side of what the chat shows
CAPTION = "X-Toeframe-Caption"

log = logging.getLogger(__name__)


class Uploads:
    """Takes photos in."""

    def __init__(self, bot: Bot, platform: Web, visitors: Visitors) -> None:
        self._bot = bot
        self._web = platform
        self._visitors = visitors
        self._often = Allowance(OFTEN)
        self._coming: Counter[str] = Counter()
        self._held = 0
        self._looking = asyncio.Semaphore(1)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/photos", self._take)]

    async def _take(self, request: web.Request) -> web.Response:
        visitor = await self._visitors.known(request)
        name = visitor.visit.name
        try:
            self._admit(request, visitor)
            self._coming[name] += 1
            try:
                return await self._received(request, visitor)
            finally:
                self._coming[name] -= 1
                self._coming += Counter()  # drops those of whom nothing comes any more
        except Refused as refused:
            return refused.response
        except StorageFull:
            return refusal(507, say(text("refused.later"), visitor.language))
        except StorageError as error:
            log.warning("an upload is to come again: %s", error)
            return refusal(503, say(text("refused.later"), visitor.language), Retry_After="2")

    def _admit(self, request: web.Request, visitor: Visitor) -> None:
        """Look at what comes before any of it is read."""
        if not KEY.fullmatch(request.query.get("id", "")):
            raise _refused(400, text("web.nonsense"), visitor)
        if (request.content_length or 0) > LARGEST_PHOTO:
            raise _too_large(visitor)
        wait = self._often.take(visitor.visit.name)
        if wait > 0:
            seconds = str(ceil(wait))
            raise _refused(429, text("web.often"), visitor, Retry_After=seconds)
        if self._coming[visitor.visit.name] >= AT_ONCE:
            raise _refused(429, text("web.often"), visitor, Retry_After="2")

    async def _received(self, request: web.Request, visitor: Visitor) -> web.Response:
        content = bytearray()
        try:
            async for piece in self._pieces(request, visitor):
                content += piece
            if not content:
                raise _refused(400, text("web.empty"), visitor)
            return await self._keep(request, visitor, bytes(content))
        finally:
            self._held -= len(content)

    async def _pieces(self, request: web.Request, visitor: Visitor) -> AsyncGenerator[bytes]:
        """Give a photo as it comes: not too much of it, nor too slowly, nor more than fits."""
        begun, size = time.monotonic(), 0
        while True:
            left = begun + HEAD_START + size / SLOWEST - time.monotonic()
            try:
                async with asyncio.timeout(left):
                    piece = await request.content.readany()
            except TimeoutError:
                raise _refused(408, text("web.slow"), visitor) from None
            except ClientPayloadError as error:
                raise ConnectionResetError("the upload was broken off") from error
            if not piece:
                return
            size += len(piece)
            if size > LARGEST_PHOTO:
                raise _too_large(visitor)
            if self._held + len(piece) > ROOM:
                raise _refused(503, text("refused.later"), visitor, Retry_After="5")
            self._held += len(piece)
            yield piece

    async def _keep(self, request: web.Request, visitor: Visitor, content: bytes) -> web.Response:
        caption = storable(unquote(request.headers.get(CAPTION, ""))).strip()[:LONGEST_CAPTION]
        photo = await self._bot.store.put(content)
        async with self._looking:
            preview = await asyncio.to_thread(_preview, content)
        source = f"{NAME}:{visitor.visit.name}:{request.query['id']}"
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


def _refused(status: int, sentence: Text, visitor: Visitor, **headers: str) -> Refused:
    return Refused(refusal(status, say(sentence, visitor.language), **headers))


def _too_large(visitor: Visitor) -> Refused:
    return _refused(413, text("web.too_large", megabytes=LARGEST_PHOTO // 1_000_000), visitor)


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
