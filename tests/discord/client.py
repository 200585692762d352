"""The library's plain client, for tests of the server itself."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discord.world import World


def point_at(world: World) -> None:
    """Let the library find Discord here; it keeps the addresses in two classes."""
    Route.BASE = f"{world.api}/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(world.gateway_url)


@asynccontextmanager
async def running(
    world: World, client: discord.Client, *, within: float = 10.0
) -> AsyncGenerator[discord.Client]:
    """Run a client from when it is ready until the context ends."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    point_at(world)
    await client.login(world.token)
    serving = asyncio.create_task(client.connect())
    try:
        await asyncio.wait_for(client.wait_until_ready(), within)
        yield client
    finally:
        await client.close()
        await asyncio.gather(serving, return_exceptions=True)
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
