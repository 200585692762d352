"""Pictures for the skeleton editor to show, and masks that are drawn on them."""

import asyncio
from collections import OrderedDict
from io import BytesIO
from struct import pack

from aiohttp import hdrs, web
from PIL import Image

from bot.assembly import Bot
from bot.saving import load_state
from bot.states import State
from bot.web.links import Links
from bot.web.seats import LIFETIME, Seats, calmly
from bot.words import text
from pipeline.canvas import Canvas
from pipeline.errors import EditError
from pipeline.masks import black_and_white, within_painted
from pipeline.photo import encode_jpeg
from storage import pictures, sessions
from storage.columns import now

LARGEST_MASK = 8_000_000  # bytes; a mask of 50 megapixels has some hundred thousand
LONGEST = 2048  # pixels of the longer side of what is shown; people zoom in to see a toe
QUALITY = 88
KEPT = 4  # pictures; an editor loads one once


class Drawings:
    """Shows pictures as they are, and takes masks in."""

    def __init__(self, bot: Bot, seats: Seats, links: Links) -> None:
        self._bot = bot
        self._seats = seats
        self._links = links
        self._shown: OrderedDict[str, bytes] = OrderedDict()
        self._reading = asyncio.Semaphore(1)  # a large picture is 150 MB while it is read

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/editor/mask", calmly(self._mask)),
            web.get("/api/editor/picture/{session}/{picture}", self._picture),
        ]

    def address_of(self, state: State, picture: str) -> str:
        """Seal an address by which a page shows a picture: within a frame there is no cookie."""
        # In whole lifetimes, so that a page that asks again need not load the picture again.
        span = LIFETIME.seconds
        until = (int(now().timestamp()) // span + 2) * span
        seal = self._links.seal(f"{state.session} {picture} {until}")
        return f"/api/editor/picture/{state.session}/{picture}?until={until}&seal={seal}"

    async def _picture(self, request: web.Request) -> web.Response:
        """Show a picture to whoever has its sealed address, while its conversation has it."""
        session, picture = request.match_info["session"], request.match_info["picture"]
        until = request.query.get("until", "")
        told = f"{session} {picture} {until}"
        if not self._links.is_sealed(told, request.query.get("seal", "")):
            raise web.HTTPNotFound(reason="That picture is not here.")
        if int(until) < now().timestamp() or not await self._has(session, picture):
            raise web.HTTPGone(reason="That picture is not kept any more. Load the page anew.")
        headers = {hdrs.CACHE_CONTROL: "private, max-age=3600"}
        jpeg = await self._jpeg(picture)
        return web.Response(body=jpeg, headers=headers, content_type="image/jpeg")

    async def _has(self, session: str, picture: str) -> bool:
        async with self._bot.database.reading() as db:
            saved = await sessions.load(db, session)
        return saved is not None and picture in load_state(saved.state).pictures

    async def _jpeg(self, picture: str) -> bytes:
        async with self._reading:
            if picture not in self._shown:
                try:
                    content = await self._bot.store.get(picture)
                    self._shown[picture] = await asyncio.to_thread(_shown, content)
                except (KeyError, OSError):
                    told = "That picture is not kept any more. Send the photo again."
                    raise web.HTTPGone(reason=told) from None
            self._shown.move_to_end(picture)
            while len(self._shown) > KEPT:
                self._shown.popitem(last=False)
            return self._shown[picture]

    async def _mask(self, request: web.Request) -> web.Response:
        async with self._seats.taken(request) as seat:
            canvas = seat.version.made.canvas
        content = await _limited(request, LARGEST_MASK)
        if content is None:
            raise seat.refused(413, text("editor.mask"))
        async with self._reading:
            fits = await asyncio.to_thread(_is_mask, content, canvas)
        if not fits:
            raise seat.refused(422, text("editor.mask"))
        return web.json_response({"mask": await self._stored(content)})

    async def _stored(self, mask: bytes) -> str:
        reference = await self._bot.store.put(mask)
        async with self._bot.database.writing() as db:
            await pictures.note(db, reference, len(mask), "image/png")
        return reference


async def _limited(request: web.Request, most: int) -> bytes | None:
    """Read a body; None for one that is too large, of which no more is read."""
    content = bytearray()
    async for piece, _ in request.content.iter_chunks():
        content += piece
        if len(content) > most:
            return None
    return bytes(content)


def _shown(content: bytes) -> bytes:
    """Make a stored picture small; its sides keep their ratio, so that joints lie where they lie.

    Raises:
        OSError: It is damaged.
    """
    with Image.open(BytesIO(content), formats=["PNG"]) as image:  # our own: of any allowed size
        small = image.convert("RGB")
    small.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return encode_jpeg(small, QUALITY)


def _is_mask(content: bytes, canvas: Canvas) -> bool:
    """Whether a file is a PNG of a canvas's size, with white in it where something was painted."""
    if content[16:24] != pack(">II", canvas.size.width, canvas.size.height):
        return False  # before a small file becomes a picture that fills the memory
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            mask = black_and_white(image)
    except (OSError, ValueError, SyntaxError, EditError):
        return False
    return within_painted(mask, canvas).getbbox() is not None
