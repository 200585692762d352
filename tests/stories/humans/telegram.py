"""Telegram's people, for scenarios."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from bot.settings import Settings
from pipeline.commission import Paints
from tests.stories.humans import Answer, Button, Shown
from tests.stories.living import living_bot
from tests.telegram.limits import Allowed
from tests.telegram.person import Person
from tests.telegram.rules import Json
from tests.telegram.values import Message
from tests.telegram.world import World

PATIENCE = 20.0
STICKER: Json = {
    "file_id": "s",
    "file_unique_id": "s",
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
}


class TelegramHuman:
    """See `Human`."""

    def __init__(self, person: Person) -> None:
        self._person = person

    async def sends_photo(self, content: bytes, words: str = "") -> None:
        await self._person.sends_photo(content, words)

    async def sends_file(self, content: bytes, name: str, words: str = "") -> None:
        await self._person.sends_file(content, name, None, words)

    async def types(self, words: str) -> None:
        await self._person.types(words)

    async def sends_sticker(self) -> None:
        await self._person.sends("sticker", STICKER)

    async def shown(self) -> list[Shown]:
        return [_shown(self._person, message) for message in self._person.looks()]


class TelegramTown:
    """See `Town`."""

    platform = "telegram"

    def __init__(self, world: World, data: Path) -> None:
        self.data = data
        self._world = world

    @asynccontextmanager
    async def newcomer(self, language: str) -> AsyncGenerator[TelegramHuman]:
        yield TelegramHuman(Person(self._world, language=language))


@asynccontextmanager
async def open_town(
    folder: Path, engine: Paints, settings: Settings
) -> AsyncGenerator[TelegramTown]:
    async with living_bot(folder, engine, settings) as world:
        world.limits.private = world.limits.overall = Allowed(every=0.0, burst=1)
        yield TelegramTown(world, folder / "bot")


def _shown(person: Person, message: Message) -> Shown:
    now = message.now
    return Shown(
        text=now.text,
        buttons=tuple(
            Button(button["text"], partial(_press, person, message, button["callback_data"]))
            for row in now.keyboard
            for button in row
        ),
        picture=now.picture,
        file=None if now.file is None else (now.file.name or "", now.file.content),
    )


async def _press(person: Person, message: Message, carried: str) -> Answer:
    press = await person.forges(message, carried)
    return partial(person.is_answered, press, within=PATIENCE)
