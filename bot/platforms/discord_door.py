"""Discord as a door: a connection to its gateway, and what people do there."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import discord

from bot.assembly import Bot
from bot.doors import Opened
from bot.incoming import Incoming
from bot.platforms.discord import Discord, Owner
from bot.platforms.discord_account import Account, open_account
from bot.platforms.discord_grants import Grants
from bot.platforms.discord_intake import Intake, Refuse
from bot.settings import Settings
from bot.words import say, text
from storage import people, sessions
from storage.database import Database

LOOK_EVERY = 10.0  # seconds between two looks for what will soon be out of reach


class DiscordDoor:
    """People come in by Discord."""

    def __init__(self, account: Account, *, editor: bool = False) -> None:
        self._account = account
        self._platform = Discord(account.calls, Grants(), editor=editor)

    @property
    def platform(self) -> Discord:
        return self._platform

    @asynccontextmanager
    async def opened(self, bot: Bot) -> AsyncGenerator[Opened]:
        """See `bot.doors.Door.opened`."""
        self._platform.owner = _owner_in(bot.database)
        refuse = _refuse_by(bot.settings)
        intake = Intake(self._platform, bot.studio.handle, refuse=refuse)

        async def heard(message: discord.Message) -> None:
            await intake.heard(message, self._account.me)

        async def done(told: dict[str, Any]) -> None:
            await intake.done(told, self._account.me)

        self._account.listen_with(heard, done)
        try:
            yield Opened(
                parts={"discord": self._account.run_on, "discord's clock": self._warn_in_time}
            )
        finally:
            await intake.close()

    async def _warn_in_time(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self._platform.warn()


@asynccontextmanager
async def discord_door(settings: Settings, token: str) -> AsyncGenerator[DiscordDoor]:
    """Make a connection to Discord ready; nothing is asked of it yet."""
    async with open_account(token, settings.discord_api, settings.discord_gateway) as account:
        yield DiscordDoor(account, editor=settings.public_url is not None)


def _owner_in(database: Database) -> Owner:
    async def owner(session: str) -> str | None:
        async with database.reading() as db:
            saved = await sessions.load(db, session)
            return None if saved is None else await people.name_of(db, saved.user_id)

    return owner


def _refuse_by(settings: Settings) -> Refuse:
    def refuse(incoming: Incoming) -> str | None:
        place = incoming.place
        name = f"{place.platform}:{incoming.sender.id}"
        if settings.allows(name, f"{place.platform}:{place.chat}"):
            return None
        return say(text("refused.private", name=name), incoming.sender.language)

    return refuse
