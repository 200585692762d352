"""People on the web chat's page, for scenarios."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from bot.settings import Settings
from pipeline.commission import Paints
from tests.stories.humans import Answer, Button, Shown
from tests.web.living import web_bot
from tests.web.page import Message, Page, page

PATIENCE = 20.0


class WebHuman:
    """See `Human`."""

    def __init__(self, opened: Page) -> None:
        self._page = opened
        self._fetched: dict[str, bytes] = {}

    async def sends_photo(self, content: bytes, words: str = "") -> None:
        status, told = await self._page.sends_photo(content, words)
        if status != 202:
            raise ValueError(told)

    async def sends_file(self, content: bytes, name: str, words: str = "") -> None:
        await self.sends_photo(content, words)

    async def types(self, words: str) -> None:
        await self._page.types(words)

    async def sends_sticker(self) -> None:
        raise NotImplementedError("a page has no stickers")

    async def shown(self) -> list[Shown]:
        return [await self._shown(message) for message in self._page.told()]

    async def _shown(self, message: Message) -> Shown:
        picture, file = message.picture, message.file
        return Shown(
            text=message.text,
            buttons=tuple(
                Button(button["text"], partial(_press, self._page, message, button["token"]))
                for row in message.told["rows"]
                for button in row
            ),
            picture=await self._fetch(picture["url"]) if picture else None,
            file=(file["name"], await self._fetch(file["url"])) if file else None,
        )

    async def _fetch(self, address: str) -> bytes:
        """Get what lies at an address; a picture that is changed gets another one."""
        if address not in self._fetched:
            self._fetched[address] = await self._page.fetches(address)
        return self._fetched[address]


class WebTown:
    """See `Town`."""

    platform = "web"

    def __init__(self, url: str, data: Path) -> None:
        self.data = data
        self._url = url

    @asynccontextmanager
    async def newcomer(self, language: str) -> AsyncGenerator[WebHuman]:
        async with page(self._url, language=language) as opened:
            yield WebHuman(opened)


@asynccontextmanager
async def open_town(folder: Path, engine: Paints, settings: Settings) -> AsyncGenerator[WebTown]:
    """Open a town of pages."""
    async with web_bot(folder, engine, settings) as url:
        yield WebTown(url, folder / "bot")


async def _press(opened: Page, message: Message, carried: str) -> Answer:
    press = await opened.forges(message, carried)

    async def answer() -> str | None:
        return (await opened.is_answered(press, within=PATIENCE))["text"]

    return answer
