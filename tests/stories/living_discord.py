"""A bot that lives in the test's own process and loop, against the local Discord."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.serving import serve
from bot.settings import Settings
from pipeline.commission import Paints
from tests.bot.fakes import FakeEngine
from tests.discord.server import discord_api
from tests.discord.world import World


@asynccontextmanager
async def living_on_discord(
    folder: Path,
    engine: Paints | None = None,
    settings: Settings | None = None,
    world: World | None = None,
) -> AsyncGenerator[World]:
    """Run the only bot on Discord; it is told to stop at the end, and what broke it is raised."""
    before = set(threading.enumerate())
    async with discord_api(world) as served, awake(served, folder, engine, settings):
        yield served
    await asyncio.to_thread(_check_closed, set(threading.enumerate()) - before)


@asynccontextmanager
async def awake(
    world: World, folder: Path, engine: Paints | None = None, settings: Settings | None = None
) -> AsyncGenerator[None]:
    """Run a bot in a Discord that is there already, as a bot that is started again."""
    known = replace(
        settings or Settings(daily=0, waiting=100),
        discord_token=world.token,
        discord_api=world.api,
        discord_gateway=world.gateway_url,
        data=folder / "bot",
        metrics_port=0,
    )
    stop, paints = asyncio.Event(), engine or FakeEngine(pace=0.002)
    serving = asyncio.create_task(serve(known, lambda: paints, stop))
    try:
        async with asyncio.timeout(30):
            while not (is_up(world) or serving.done()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # calls ring no bell
        yield
    finally:
        stop.set()
        await asyncio.wait_for(serving, 30)


def _check_closed(started: set[threading.Thread]) -> None:
    """Fail where a connection to the database was left open: its process would never end."""
    connections = [thread for thread in started if "connection" in thread.name]
    for thread in connections:
        thread.join(2)
    assert not any(thread.is_alive() for thread in connections)


def is_up(world: World) -> bool:
    """Whether the bot hears, and people find its commands."""
    return world.gateway.is_connected and bool(world.commands.get(None))
