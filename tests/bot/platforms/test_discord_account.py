"""A bot's own connection to Discord, without a bot behind it."""

import asyncio

import discord

from bot.platforms.discord_account import Json, open_account
from tests.discord.person import Person
from tests.discord.server import discord_api
from tests.discord.world import World

SILENCE = 1.0  # seconds; the real one would hold up the test for a minute


async def ignore(_: Json) -> None:
    """Do nothing with what people press: nobody presses here."""


async def test_a_connection_whose_heartbeats_nobody_acknowledges_is_replaced():
    world, heard = World(), list[str]()
    world.gateway.beat = 0.25

    async def hear(message: discord.Message) -> None:
        heard.append(message.content)
        world.bell.ring()

    async with (
        discord_api(world),
        open_account(world.token, world.api, world.gateway_url, silence=SILENCE) as account,
    ):
        account.listen_with(hear, ignore)
        here = asyncio.create_task(account.run_on())
        await world.bell.until(lambda: bool(world.gateway.identified), 10)
        ana = Person(world)
        await ana.types("first")
        await world.bell.until(lambda: heard == ["first"], 10)
        world.gateway.is_deaf = True
        await world.bell.until(lambda: bool(world.gateway.resumed), 10)
        world.gateway.is_deaf = False
        await ana.types("second")
        await world.bell.until(lambda: heard == ["first", "second"], 10)
        here.cancel()
        await asyncio.wait([here])
