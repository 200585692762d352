"""The skeleton editor without the browser: what its page does over HTTP and its socket."""

import asyncio
import copy
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import aiohttp
from PIL import Image

from bot.words import say, text
from tests.telegram.bell import Bell
from tests.web.living import POSED, has
from tests.web.page import OURS, Json, Message, Page, browser

PATIENCE = 5.0  # seconds
EDITOR = say(text("button.editor"))
Answered = tuple[int, Json]


@dataclass(slots=True, eq=False)
class Editing:
    """One open editor.

    Attributes:
        url: Where the bot is served.
        session: Its connections and cookies.
        public: The address that the page has, if a proxy stands between; None if it is `url`.
        visit: What it shows besides its cookie.
        document: What it was opened with.
        heard: All that came over its socket.
    """

    url: str
    session: aiohttp.ClientSession
    public: str | None = None
    visit: str | None = None
    document: Json = field(default_factory=dict[str, Any])
    heard: list[Json] = field(default_factory=list[Json])
    bell: Bell = field(default_factory=Bell)

    @property
    def people(self) -> list[Json]:
        """Everybody as the editor was opened with; to be changed at will."""
        return copy.deepcopy(self.document["people"])

    def moved(self, joint: str, x: float, y: float) -> list[Json]:
        """Move a joint of the first person."""
        people = self.people
        people[0]["keypoints"][joint] = [x, y, 1.0]
        return people

    async def opens(self, key: Json) -> Answered:
        """Show what opens the editor; keep what it answers with."""
        status, told = await self.posts("open", key)
        if status == 200:
            self.document, self.visit = told, told.get("visit")
        return status, told

    async def saves(self, people: object, **more: object) -> Answered:
        """Save people as they came from what the editor was opened with."""
        base = {"version": self.document["version"], "base": self.document["mark"]}
        return await self.posts("save", {**base, "people": people, **more})

    async def posts(self, path: str, told: object) -> Answered:
        return await self.sends(path, json.dumps(told).encode())

    async def sends(self, path: str, body: Any) -> Answered:
        """Post bytes, whatever they are."""
        address = f"{self.url}/api/editor/{path}"
        content = BytesIO(body) if isinstance(body, bytes) else body
        async with self.session.post(address, data=content, headers=self._headers()) as answer:
            return answer.status, await answer.json()

    async def gets(self, path: str) -> Answered:
        address = f"{self.url}/api/editor/{path}"
        async with self.session.get(address, headers=self._headers()) as answer:
            return answer.status, await answer.json()

    async def picture(self) -> Image.Image:
        """Load the picture as an `img` does, which can send no header."""
        address = f"{self.url}{self.document['picture']['url']}"
        async with self.session.get(address) as answer:
            answer.raise_for_status()
            with Image.open(BytesIO(await answer.read())) as image:
                image.load()
                return image

    @asynccontextmanager
    async def listens(self) -> AsyncGenerator[None]:
        """Hear what the bot tells, while the context lasts."""
        address = f"{self.url}/api/editor/live"
        async with self.session.ws_connect(address, headers={"Origin": self.url}) as socket:
            await socket.send_json({"type": "hello", "visit": self.visit})
            reading = asyncio.create_task(self._read(socket))
            try:
                yield
            finally:
                await socket.close()
                await reading

    async def hears(self, kind: str, *, within: float = PATIENCE) -> Json:
        """Wait until something of a kind was told."""

        def found() -> list[Json]:
            return [told for told in self.heard if told["type"] == kind]

        await self.bell.until(lambda: bool(found()), within)
        return found()[-1]

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            self.heard.append(json.loads(frame.data))
            self.bell.ring()

    def _headers(self) -> dict[str, str]:
        page = self.public or self.url
        headers = {**OURS, "Origin": page, "Host": page.partition("//")[2]}
        return headers | ({"X-Toeframe-Visit": self.visit} if self.visit else {})


async def posed(page: Page, content: bytes, *, within: float = 20.0) -> Message:
    """Upload a photo and wait until it can be posed."""
    status, _ = await page.sends_photo(content)
    assert status == 202
    return await page.sees(has(POSED), within=within)


async def token_of(page: Page, card: Message) -> str:
    """Press the button that opens the editor; return the token of the link."""
    answer = await page.is_answered(await page.taps(card, EDITOR))
    address, _, token = str(answer["link"]).partition("#")
    assert address == "/edit"
    return token


@asynccontextmanager
async def editor(url: str, token: str) -> AsyncGenerator[Editing]:
    """Open the editor by a link, in a browser of its own."""
    async with browser() as session:
        opened = Editing(url, session)
        status, told = await opened.opens({"token": token})
        assert status == 200, told
        yield opened


def mask_of(size: tuple[int, int], draw: Callable[[Image.Image], None] | None = None) -> bytes:
    """Draw a mask as the page does: black, and white where something is to be new."""
    mask = Image.new("L", size)
    if draw is not None:
        draw(mask)
    file = BytesIO()
    mask.save(file, "PNG")
    return file.getvalue()
