"""Discord's people, for scenarios."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from bot.settings import Settings
from pipeline.commission import Paints
from tests.discord.choosing import offered
from tests.discord.errors import Json
from tests.discord.person import Person, Sent
from tests.discord.values import Message
from tests.discord.world import World
from tests.stories.humans import Button, Shown
from tests.stories.living_discord import living_on_discord

LANGUAGES = {"en": "en-US", "ko": "ko"}
PATIENCE = 20.0
PAUSE = 3.0  # seconds after which a press that was acknowledged is not answered in words


class DiscordHuman:
    """See `Human`; private words and photos are messages, as with friends."""

    def __init__(self, person: Person) -> None:
        self._person = person

    async def sends_photo(self, content: bytes, words: str = "") -> None:
        await self._person.sends_photo(content, words)

    async def sends_file(self, content: bytes, name: str, words: str = "") -> None:
        await self._person.sends_files([Sent(content, name, None)], words)

    async def types(self, words: str) -> None:
        await self._person.types(words)

    async def sends_sticker(self) -> None:
        await self._person.sends_sticker()

    async def shown(self) -> list[Shown]:
        seen = self._person.looks()
        return [_shown(self._person, message) for message in seen if not message.now.is_loading]


class DiscordTown:
    """See `Town`."""

    platform = "discord"

    def __init__(self, world: World, data: Path) -> None:
        self.data = data
        self._world = world

    @asynccontextmanager
    async def newcomer(self, language: str) -> AsyncGenerator[DiscordHuman]:
        yield DiscordHuman(Person(self._world, language=LANGUAGES[language]))


@asynccontextmanager
async def open_town(
    folder: Path, engine: Paints, settings: Settings
) -> AsyncGenerator[DiscordTown]:
    """Open a town of Discord's."""
    async with living_on_discord(folder, engine, settings) as world:
        yield DiscordTown(world, folder / "bot")


def _shown(person: Person, message: Message) -> Shown:
    now = message.now
    buttons = tuple(
        Button(label, partial(_press, person, message, data)) for label, data in offered(now)
    )
    # A picture beside buttons is a card's; one without is a file to keep.
    file = None if buttons or now.file is None else (now.file.name, now.file.content)
    return Shown(text=now.text, buttons=buttons, picture=now.picture, file=file)


async def _press(person: Person, message: Message, data: Json) -> str | None:
    press = await person.chooses(message, data)
    await person.is_acknowledged(press, within=PATIENCE)
    try:
        return await person.is_answered(press, within=PAUSE)
    except TimeoutError:
        return None
