"""What tests of the adapters share: a Bot API server, and a bot's connection to it."""

from collections.abc import AsyncGenerator

import pytest

from bot.platforms.telegram import Telegram, open_telegram
from tests.bot.platforms.book import Book
from tests.telegram.person import Person
from tests.telegram.server import bot_api
from tests.telegram.world import World


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[World]:
    monkeypatch.setattr("bot.platforms.telegram_polling.FIRST_WAIT", 0.05)
    async with bot_api() as world:
        yield world


@pytest.fixture
async def telegram(world: World) -> AsyncGenerator[Telegram]:
    async with open_telegram(world.token, world.url) as telegram:
        yield telegram


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
async def ana(world: World) -> Person:
    ana = Person(world)
    await ana.types("hello")
    return ana
