"""A bot that lives in the test's own process and loop, against the local Bot API server."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.serving import serve
from bot.settings import Settings
from pipeline.commission import Paints
from tests.bot.fakes import FakeEngine
from tests.telegram.server import bot_api
from tests.telegram.values import Message, Press
from tests.telegram.world import World

POSED = "Refine"  # the button that is there once a photo was completed
DONE = "Variants"  # the button that is there once it was painted anew


def shows(label: str):
    """Tell whether a message has a button."""

    def is_there(message: Message) -> bool:
        return label in labels_of(message)

    return is_there


def labels_of(message: Message) -> list[str]:
    return [label for row in message.now.labels for label in row]


def refused(world: World) -> list[Press]:
    """List the presses that were never answered."""
    return [press for press in world.presses.values() if not press.answers]


@asynccontextmanager
async def living_bot(
    folder: Path, engine: Paints | None = None, settings: Settings | None = None
) -> AsyncGenerator[World]:
    """Run a bot; it is told to stop at the end, and whatever broke it is raised."""
    async with bot_api() as world:
        known = replace(
            settings or Settings(daily=0, waiting=100),
            telegram_token=world.token,
            telegram_api=world.url,
            data=folder / "bot",
            metrics_port=0,
        )
        stop, paints = asyncio.Event(), engine or FakeEngine(pace=0.002)
        serving = asyncio.create_task(serve(known, lambda: paints, stop))
        try:
            await asyncio.wait(
                [serving, asyncio.create_task(world.bell.until(lambda: _polls(world), 30))],
                return_when=asyncio.FIRST_COMPLETED,
            )
            yield world
        finally:
            stop.set()
            await asyncio.wait_for(serving, 30)


def _polls(world: World) -> bool:
    return "getUpdates" in world.calls
