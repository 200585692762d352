"""The library's plain client, for tests of the server itself."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discord.values import Channel
from tests.discord.world import World

C = TypeVar("C", bound=discord.Client)
NOT_PRIVILEGED = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


class Plain(discord.Client):
    """A bot that does nothing but keep what it hears, for a test to answer.

    Attributes:
        heard: What people wrote.
        presses: What people pressed, called or filled in.
        resumed: How often its session was taken up again.
    """

    def __init__(self, intents: discord.Intents = NOT_PRIVILEGED, **options: Any) -> None:
        super().__init__(intents=intents, guild_ready_timeout=0.05, **options)
        self.heard = asyncio.Queue[discord.Message]()
        self.presses = asyncio.Queue[discord.Interaction[Any]]()
        self.resumed = 0

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot:
            await self.heard.put(message)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        await self.presses.put(interaction)

    async def on_resumed(self) -> None:
        self.resumed += 1

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for nothing: the tests let time pass themselves."""

    async def pressed(self) -> discord.Interaction[Any]:
        return await asyncio.wait_for(self.presses.get(), 5)

    async def heard_one(self) -> discord.Message:
        return await asyncio.wait_for(self.heard.get(), 5)


@contextmanager
def pointed_at(world: World) -> Generator[None]:
    """Let the library find Discord here; it keeps the addresses in two classes."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = f"{world.api}/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(world.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def running(world: World, client: C, *, within: float = 10.0) -> AsyncGenerator[C]:
    """Run a client from when it is ready until the context ends."""
    with pointed_at(world):
        await client.login(world.token)
        serving = asyncio.create_task(client.connect())
        try:
            await asyncio.wait_for(client.wait_until_ready(), within)
            yield client
        finally:
            await client.close()
            await asyncio.gather(serving, return_exceptions=True)


async def refusal(call: Any) -> int:
    """Tell by which code a call is refused."""
    with pytest.raises(discord.HTTPException) as refused:
        await call
    return refused.value.code


async def posted(bot: Plain, room: Channel, **body: object) -> None:
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=room.id)
    await bot.http.request(route, json=body)
