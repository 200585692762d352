"""What a card's picture looks like in a chat: the stored one made small, its skeletons drawn on it.

Stored pictures are of any size; a chat squeezes them to what a phone shows. What is sent is a JPEG
that needs no squeezing. Nothing is kept but small copies of the pictures that were drawn on last,
and a few whole drawings, on which a moved joint is quickly drawn anew.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

import numpy as np
from PIL import Image

from bot.effects import Picture
from bot.states import People
from pipeline.contact import contact_sheet
from pipeline.errors import PhotoError
from pipeline.geometry import Size
from pipeline.photo import encode_jpeg, read_photo
from pipeline.plan import MOST_PIXELS
from pipeline.preview import JPEG_QUALITY
from pipeline.redraw import Drawing

LONGEST = 1280  # pixels; chats show photos no larger than this
LEAST = 960  # pixels of the longer side under a skeleton: numbers need room
TALLEST = 2.5  # times as long as wide; beyond this chats show a thread, or refuse
MOST_SIDES = 10_000  # pixels of width and height together that Telegram takes as a photo
BASE_QUALITY = 93  # drawn on and encoded once more
MEMORY = 32_000_000  # bytes of small copies: about a hundred
DRAWINGS = 3  # that are kept, of up to 10 MB; who comes back later waits 20 ms longer
AT_ONCE = 2  # drawings; more would only share the same cores

_GROUND = (38, 38, 42)


class Unshowable(Exception):
    """The stored picture is gone, or cannot be decoded."""


class Pictures(Protocol):
    """Where the pictures are stored; `KeyError` says that one is gone."""

    async def get(self, picture: str, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """A stored picture as a chat shows it.

    Attributes:
        jpeg: Small, on its ground where it needs one.
        full: The stored picture's size.
        scale: From stored to shown pixels.
        left: Where it lies on its ground, shown pixels.
        top: Likewise.
    """

    jpeg: bytes
    full: Size
    scale: float
    left: int = 0
    top: int = 0


def needs_document(size: Size) -> bool:
    """Whether a chat would squeeze or refuse a picture, so that its file should be sent as well."""
    return _is_strip(size) or size.width + size.height > MOST_SIDES


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A drawing of people, and how to get from stored pixels to its own."""

    drawing: Drawing
    scale: float
    left: float
    top: float

    def jpeg(self, picture: Picture) -> bytes:
        people = [
            person.mapped(scale=self.scale, dx=self.left, dy=self.top)
            for person in (picture.people[picture.person], *_others(picture))
        ]
        return self.drawing.jpeg(people, chosen=picture.joint)


class Easel:
    """Draws cards' pictures, in threads.

    Attributes:
        memory: Bytes of small copies that are kept.
    """

    def __init__(self, pictures: Pictures, *, memory: int = MEMORY) -> None:
        self.memory = memory
        self._pictures = pictures
        self._bases: OrderedDict[str, _Base] = OrderedDict()
        self._kept = 0
        self._drawn: OrderedDict[str, _Drawn] = OrderedDict()
        self._decoding = asyncio.Lock()  # a large picture is 150 MB while it is being made small
        self._drawing = asyncio.Semaphore(AT_ONCE)

    async def draw(self, picture: Picture) -> bytes:
        """Return a JPEG for the chat.

        Raises:
            Unshowable: The picture is gone or damaged; the card must do without.
        """
        if picture.sheet:
            bases = [await self._base(reference) for reference in picture.sheet]
            async with self._drawing:
                return await asyncio.to_thread(_beside, bases)
        base = await self._base(picture.base)
        if not picture.people:
            return base.jpeg
        async with self._drawing:
            drawn = self._drawn.get(picture.base) or await asyncio.to_thread(_prepared, base)
            self._keep_drawn(picture.base, drawn)
            return await asyncio.to_thread(drawn.jpeg, picture)

    async def bare(self, reference: str) -> bytes:
        """Return a stored picture as a JPEG, small, and without the ground that chats need.

        Raises:
            Unshowable: It is gone or damaged.
        """
        base = await self._base(reference)
        if not (base.left or base.top):
            return base.jpeg
        async with self._drawing:
            return await asyncio.to_thread(_cut_out, base)

    async def size_of(self, reference: str) -> Size:
        """Return a stored picture's own size.

        Raises:
            Unshowable: It is gone or damaged.
        """
        return (await self._base(reference)).full

    def forget(self, pictures: Collection[str]) -> None:
        """Drop the small copies of pictures that are deleted."""
        for reference in self._bases.keys() & set(pictures):
            self._kept -= len(self._bases.pop(reference).jpeg)
        for reference in self._drawn.keys() & set(pictures):
            del self._drawn[reference]

    async def _base(self, reference: str) -> _Base:
        known = self._found(reference)
        if known is not None:
            return known
        async with self._decoding:
            known = self._found(reference)  # somebody else may have waited for the same one
            return known or self._keep(reference, await self._made_small(reference))

    async def _made_small(self, reference: str) -> _Base:
        try:
            content = await self._pictures.get(reference)
            return await asyncio.to_thread(_small, content)
        except KeyError as error:
            raise Unshowable("the picture is not stored any more") from error
        except (PhotoError, OSError) as error:
            raise Unshowable("the picture cannot be read") from error

    def _found(self, reference: str) -> _Base | None:
        if reference in self._bases:
            self._bases.move_to_end(reference)
        return self._bases.get(reference)

    def _keep(self, reference: str, base: _Base) -> _Base:
        self._bases[reference] = base
        self._kept += len(base.jpeg)
        while self._kept > self.memory and self._bases:
            _, dropped = self._bases.popitem(last=False)
            self._kept -= len(dropped.jpeg)
        return base

    def _keep_drawn(self, reference: str, drawn: _Drawn) -> None:
        if reference in self._bases:  # it may be forgotten since
            self._drawn[reference] = drawn
            self._drawn.move_to_end(reference)
        while len(self._drawn) > DRAWINGS:
            self._drawn.popitem(last=False)


def _small(content: bytes) -> _Base:
    image = _decoded(content)
    full = Size(*image.size)
    scale = min(1.0, LONGEST / max(image.size))
    shown = full.scaled(scale)
    if scale < 1:
        image = image.resize(
            (shown.width, shown.height), Image.Resampling.LANCZOS, reducing_gap=3.0
        )
    ground = _ground(shown)
    left, top = (ground.width - shown.width) // 2, (ground.height - shown.height) // 2
    if ground != shown:
        card = Image.new("RGB", (ground.width, ground.height), _GROUND)
        card.paste(image, (left, top))
        image = card
    jpeg = encode_jpeg(image, BASE_QUALITY)
    return _Base(jpeg=jpeg, full=full, scale=scale, left=left, top=top)


def _decoded(content: bytes) -> Image.Image:
    """Read a stored picture: the pipeline's own, which may be larger than a photo, or a photo."""
    if content.startswith(b"\x89PNG"):
        with Image.open(BytesIO(content), formats=["PNG"]) as opened:
            plain = opened.mode == "RGB" and not opened.info.keys() - {"dpi"}
            if plain and opened.width * opened.height <= MOST_PIXELS:
                opened.load()
                return opened
    return read_photo(content).image


def _is_strip(size: Size) -> bool:
    return max(size.width, size.height) > TALLEST * min(size.width, size.height)


def _ground(shown: Size) -> Size:
    """Return the size of the plain ground that makes a strip broad enough."""
    least = round(max(shown.width, shown.height) / TALLEST)
    return Size(max(shown.width, least), max(shown.height, least))


def _prepared(base: _Base) -> _Drawn:
    with Image.open(BytesIO(base.jpeg)) as image:
        image.load()
    larger = max(1.0, LEAST / max(image.size))
    if larger > 1:
        size = Size(*image.size).scaled(larger)
        image = image.resize((size.width, size.height), Image.Resampling.BICUBIC)
    return _Drawn(
        Drawing(np.asarray(image)), base.scale * larger, base.left * larger, base.top * larger
    )


def _cut_out(base: _Base) -> bytes:
    """Take the ground away again."""
    shown = base.full.scaled(base.scale)
    with Image.open(BytesIO(base.jpeg)) as image:
        box = (base.left, base.top, base.left + shown.width, base.top + shown.height)
        return encode_jpeg(image.crop(box), BASE_QUALITY)


def _beside(bases: Sequence[_Base]) -> bytes:
    """Lay several pictures out on one, numbered."""
    images: list[Image.Image] = []
    for base in bases:
        with Image.open(BytesIO(base.jpeg)) as image:
            image.load()
        images.append(image)
    return encode_jpeg(contact_sheet(images), JPEG_QUALITY)


def _others(picture: Picture) -> People:
    return (*picture.people[: picture.person], *picture.people[picture.person + 1 :])
