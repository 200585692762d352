"""What tests of the server itself share: the library's plain client, and places to talk in."""

from collections.abc import AsyncGenerator

import pytest

from tests.discord.client import Plain, running
from tests.discord.person import Person
from tests.discord.server import discord_api
from tests.discord.values import Channel
from tests.discord.world import World


@pytest.fixture
async def world() -> AsyncGenerator[World]:
    async with discord_api() as world:
        yield world


@pytest.fixture
def room(world: World) -> Channel:
    """A channel of a guild that the bot is in."""
    return world.new_guild().channels[0]


@pytest.fixture
async def bot(world: World, room: Channel) -> AsyncGenerator[Plain]:
    async with running(world, Plain()) as bot:
        yield bot


@pytest.fixture
def ana(world: World) -> Person:
    return Person(world, "Ana")
