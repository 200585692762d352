"""A bot that serves its web chat, living in the test's own process and loop."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.serving import serve
from bot.settings import Settings
from pipeline.commission import Paints
from tests.bot.fakes import FakeEngine
from tests.web.page import Message

POSED = "Refine"  # the button that is there once a photo was completed
DONE = "Variants"  # the button that is there once it was painted anew


@asynccontextmanager
async def web_bot(
    folder: Path,
    engine: Paints | None = None,
    settings: Settings | None = None,
    *,
    port: int | None = None,
) -> AsyncGenerator[str]:
    """Run a bot with nothing but its web chat; yields its address."""
    known = replace(
        settings or Settings(daily=0, waiting=100),
        web=True,
        data=folder / "bot",
        port=port or free_port(),
        metrics_port=0,
    )
    stop, paints = asyncio.Event(), engine or FakeEngine(pace=0.002)
    serving = asyncio.create_task(serve(known, lambda: paints, stop))
    try:
        await _is_served(known.port, serving)
        yield f"http://127.0.0.1:{known.port}"
    finally:
        stop.set()
        await asyncio.wait_for(serving, 30)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def _is_served(port: int, serving: asyncio.Task[None]) -> None:
    async with asyncio.timeout(30):
        while not serving.done():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
            else:
                writer.close()
                await writer.wait_closed()
                return


def has(label: str) -> Callable[[Message], bool]:
    """Tell whether a message has a button."""

    def is_there(message: Message) -> bool:
        return any(label in row for row in message.labels)

    return is_there
