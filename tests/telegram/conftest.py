"""What tests of the server itself share: the library's plain client, and somebody to talk to."""

from collections.abc import AsyncGenerator

import pytest
from telegram import Bot

from tests.telegram.client import client
from tests.telegram.server import bot_api
from tests.telegram.world import World


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[World]:
    # Without it the library warns of its own future at each 429.
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with bot_api() as world:
        yield world


@pytest.fixture
async def bot(world: World) -> AsyncGenerator[Bot]:
    async with client(world) as bot:
        yield bot
