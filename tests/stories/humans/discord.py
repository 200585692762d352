"""Discord's people, for scenarios."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from bot.settings import Settings
from pipeline.commission import Paints
from tests.discord.choosing import offered
from tests.discord.errors import Json
from tests.discord.limits import Allowed
from tests.discord.person import Person, Sent
from tests.discord.presses import Press
from tests.discord.server import discord_api
from tests.discord.values import Message
from tests.discord.world import World
from tests.stories.humans import Answer, Button, Shown
from tests.stories.living_discord import awake

LANGUAGES = {"en": "en-US", "ko": "ko"}
PATIENCE = 20.0
PICTURE = "picture.jpg"  # how a card's picture is called; what is to be kept has another name
PAUSE = 0.3  # seconds after which a press that the bot has done with is not answered in words


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
        # Words for one pair of eyes are answers to presses.
        lasting = [one for one in seen if one.viewer is None and not one.now.is_loading]
        return [_shown(self._person, message) for message in lasting]


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
    async with discord_api() as world, awake(world, folder, engine, settings):
        world.limits.routes.clear()
        world.limits.overall = Allowed(calls=1_000_000, seconds=1.0)
        yield DiscordTown(world, folder / "bot")


def _shown(person: Person, message: Message) -> Shown:
    now = message.now
    buttons = tuple(
        Button(label, partial(_press, person, message, data)) for label, data in offered(now)
    )
    is_file = now.file is not None and now.file.name != PICTURE
    file = (now.file.name, now.file.content) if now.file is not None and is_file else None
    picture = now.picture if file is None else None
    return Shown(text=now.text, buttons=buttons, picture=picture, file=file)


async def _press(person: Person, message: Message, data: Json) -> Answer:
    press = await person.chooses(message, data)
    return partial(_answer, person, press)


async def _answer(person: Person, press: Press) -> str | None:
    """Wait for words; a press need not be answered with any."""
    await person.is_acknowledged(press, within=PATIENCE)
    try:
        return await person.is_answered(press, within=PAUSE)
    except TimeoutError:
        return None
