"""A bot that serves its page to a browser: in the test's own loop, or in a process of its own."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.serving import serve
from bot.settings import Settings
from pipeline.commission import Paints
from tests.bot.fakes import FakeEngine
from tests.pages.browser import Opened

PATIENCE = 60.0  # seconds that a start may take
PACE = 0.02  # seconds that the fast engine takes for a step


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def living_page(
    folder: Path,
    visitors: Opened,
    engine: Paints | None = None,
    port: int | None = None,
    *,
    stays: bool = False,
) -> AsyncGenerator[str]:
    """Run a bot that paints with the fast engine; yields where its page is.

    Args:
        folder: Its data.
        visitors: The browser, whose pages are closed before the bot is told to stop.
        engine: What paints.
        port: Where it is served; None for any.
        stays: Whether pages stay open when it stops.
    """
    settings = Settings(
        web=True, data=folder, port=port or free_port(), metrics_port=0, daily=0, waiting=100
    )
    stop, paints = asyncio.Event(), engine or FakeEngine(pace=PACE)
    serving = asyncio.create_task(serve(settings, lambda: paints, stop))
    url = f"http://127.0.0.1:{settings.port}"
    try:
        await _answers(url, serving)
        yield url
        if not stays:
            await visitors.leave()
    finally:
        stop.set()
        await asyncio.wait_for(serving, 30)


@asynccontextmanager
async def real_page(folder: Path, visitors: Opened) -> AsyncGenerator[str]:
    """Run a bot as people start it, painting with the shipped bundle; see `living_page`."""
    port = free_port()
    settings = {
        "TOEFRAME_DATA_DIR": str(folder),
        "TOEFRAME_PORT": str(port),
        "TOEFRAME_METRICS_PORT": "0",
        "TOEFRAME_PROFILE": "tiny",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", env={**os.environ, **settings}
    )
    url = f"http://127.0.0.1:{port}"
    ended = asyncio.create_task(process.wait())
    try:
        await _answers(url, ended)
        yield url
        await visitors.leave()
    finally:
        if process.returncode is None:
            process.terminate()
        await ended


async def _answers(url: str, running: "asyncio.Task[None] | asyncio.Task[int]") -> None:
    """Wait until a page is served."""
    async with aiohttp.ClientSession() as client, asyncio.timeout(PATIENCE):
        while not running.done():
            try:
                async with client.get(url) as answer:
                    assert answer.status == 200
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
    running.result()
