"""A bot that lives in the test's own process and loop, against the local Bot API server."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from bot.serving import serve
from bot.settings import Settings
from pipeline.commission import Paints
from tests.bot.fakes import FakeEngine
from tests.telegram.server import bot_api
from tests.telegram.world import World

POSED = "Refine"  # the button that is there once a photo was completed
DONE = "Variants"  # the button that is there once it was painted anew


class Buttoned(Protocol):
    """A message of any platform, as far as its buttons go."""

    @property
    def labels(self) -> list[list[str]]: ...


def shows(label: str) -> Callable[[Buttoned], bool]:
    """Tell whether a message has a button."""

    def is_there(message: Buttoned) -> bool:
        return label in labels_of(message)

    return is_there


def labels_of(message: Buttoned) -> list[str]:
    return [label for row in message.labels for label in row]


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
            async with asyncio.timeout(30):
                while "getUpdates" not in world.calls and not serving.done():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)  # calls ring no bell
            yield world
        finally:
            stop.set()
            await asyncio.wait_for(serving, 30)
