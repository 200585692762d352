"""Telegram as a door: polled, or posted to where the bot can be reached from outside."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.assembly import Bot
from bot.doors import Opened
from bot.menu import MENU
from bot.platforms.telegram import Telegram, open_telegram
from bot.platforms.telegram_intake import Intake, Moved
from bot.platforms.telegram_polling import Polling, patiently
from bot.platforms.telegram_webhook import Webhook
from bot.settings import Settings
from bot.words import DEFAULT, LANGUAGES, say, text
from storage import people
from storage.database import Database

log = logging.getLogger(__name__)


class TelegramDoor:
    """People come in by Telegram."""

    def __init__(self, telegram: Telegram, *, webhook: str | None) -> None:
        self._telegram = telegram
        self._webhook = webhook

    @property
    def platform(self) -> Telegram:
        return self._telegram

    @asynccontextmanager
    async def opened(self, bot: Bot) -> AsyncGenerator[Opened]:
        """See `bot.doors.Door.opened`."""
        moved = _follow(bot.database, self._telegram.name)
        intake = Intake(self._telegram, bot.studio.handle, busy=_busy, moved=moved)
        parts = {"telegram's menu": self._set_menu, "telegram's name": self._greet}
        try:
            if self._webhook is None:
                yield Opened(parts={**parts, "telegram": Polling(intake).run})
            else:
                webhook = Webhook(intake, public=self._webhook)
                yield Opened(parts={**parts, "telegram": webhook.start}, routes=webhook.routes())
        finally:
            await intake.close()

    async def _set_menu(self) -> None:
        await patiently(lambda: self._telegram.account.set_menu(_menus()))

    async def _greet(self) -> None:
        log.info("here as @%s", (await patiently(self._telegram.account.meet)).username)


@asynccontextmanager
async def telegram_door(settings: Settings, token: str) -> AsyncGenerator[TelegramDoor]:
    """Connect to Telegram; nothing is asked of it yet."""
    webhook = settings.public_url if settings.is_public else None
    async with open_telegram(token, settings.telegram_api, public=settings.public_url) as telegram:
        yield TelegramDoor(telegram, webhook=webhook)


def _follow(database: Database, platform: str) -> Moved:
    async def moved(old: str, new: str) -> None:
        async with database.writing() as db:
            await people.move_chat(db, platform, old, new)

    return moved


def _busy(language: str | None) -> str:
    return say(text("refused.later"), language)


def _menus() -> dict[str | None, list[tuple[str, str]]]:
    """Write the menu in every language, in the default one for all others."""
    told = {
        language: [(name, say(words, language)) for name, words in MENU] for language in LANGUAGES
    }
    return {None: told[DEFAULT], **told}
