"""Runs a whole bot in one process, and ends it in good order."""

import asyncio
import logging
import signal
from collections.abc import AsyncGenerator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from datetime import UTC, datetime
from importlib.util import find_spec

from aiohttp import web
from sqlalchemy import select

from bot.assembly import Bot, Load, Run, assembled
from bot.doors import Door
from bot.metrics import ops_app, serve_ops
from bot.platforms.telegram_door import telegram_door
from bot.platforms.telegram_webhook import PATH
from bot.platforms.web_door import WebDoor
from bot.settings import Settings, SettingsError
from bot.web.editor import Editor
from bot.web.live import Live
from bot.web.server import http_app, serving_http
from pipeline.commission import Paints
from pipeline.errors import ModelError, StudioError
from pipeline.profiles import find_weights
from storage import jobs
from storage.database import StorageError
from storage.retention import sweep

log = logging.getLogger(__name__)

SWEEP_EVERY = 600.0  # seconds between two looks for what was kept long enough
PAUSE = 5.0  # seconds before a part that broke is started anew


async def serve(
    settings: Settings, load: Load | None = None, stop: asyncio.Event | None = None
) -> None:
    """Run a bot until it is told to stop.

    Args:
        settings: How.
        load: Loads what paints; None takes the profile of the settings.
        stop: Set when it shall stop; None waits for SIGINT or SIGTERM.

    Raises:
        StudioError: It cannot start; the sentence says why.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    stop = stop or _signalled()
    load = load or profile_loader(settings)
    async with AsyncExitStack() as stack:
        doors = [await stack.enter_async_context(door) for door in _doors(settings)]
        platforms = {door.platform.name: door.platform for door in doors}
        bot = await stack.enter_async_context(assembled(settings, platforms, load))
        await _run(bot, doors, stop)
    log.info("stopped")


def _doors(settings: Settings) -> list[AbstractAsyncContextManager[Door]]:
    """List the ways in for which there is what they need.

    Raises:
        SettingsError: There is none.
    """
    doors: list[AbstractAsyncContextManager[Door]] = []
    if settings.telegram_token is not None:
        doors.append(telegram_door(settings, settings.telegram_token))
    if settings.discord_token is not None:
        from bot.platforms.discord_door import discord_door

        doors.append(discord_door(settings, settings.discord_token))
    if settings.web:
        doors.append(nullcontext(WebDoor()))
    if not doors:
        raise SettingsError(
            "There is no way in: no platform has a token, and TOEFRAME_WEB says no (see README)."
        )
    return doors


def _signalled() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def profile_loader(settings: Settings) -> Load:
    """Say how the profile's models are loaded; that itself is left to the painting thread.

    Raises:
        ModelError: There are no such weights here, or nothing to load them with.
    """
    if find_spec("torch") is None:
        raise ModelError(
            "Painting needs torch, which is not installed here. "
            "Install Toeframe with the gpu extra."
        )
    weights = find_weights(settings.profile)
    log.info("painting with %s. %s", weights.profile.name, weights.profile.label)

    def load() -> Paints:
        from pipeline.gpu.engine import Engine
        from pipeline.gpu.models import load_models

        return Engine(load_models(weights))

    return load


class _Stop(Exception):
    """The bot was told to stop."""


async def _run(bot: Bot, doors: Sequence[Door], stop: asyncio.Event) -> None:
    """Run all parts until one cannot go on, or the bot is told to stop."""
    parts = {**bot.parts, "sweeper": lambda: _sweep(bot), "weights": bot.link.warm}
    routes: list[web.AbstractRouteDef] = []
    with suppress(_Stop):
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(_ops(bot))
            for door in doors:
                opened = await stack.enter_async_context(door.opened(bot))
                parts |= opened.parts
                routes += opened.routes
            if routes or bot.settings.public_url:
                routes += await stack.enter_async_context(_editor(bot))
                app = http_app(bot.settings, routes, open_to=frozenset({PATH}))
                address = await stack.enter_async_context(serving_http(app, bot.settings))
                log.info("serving %s", bot.settings.public_url or address)
            # Entered last, so that doors stand open until the last part has ended.
            group = await stack.enter_async_context(_unwrapped())
            for name, run in parts.items():
                group.create_task(_kept_up(name, run))
            group.create_task(_stopped(stop))


@asynccontextmanager
async def _unwrapped() -> AsyncGenerator[asyncio.TaskGroup]:
    """Give a group of tasks that raises the first of what its tasks raised, and not all of it."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as errors:
        # Not from the group: a cause that holds what it caused cannot be printed.
        raise errors.exceptions[0] from None


async def _stopped(stop: asyncio.Event) -> None:
    await stop.wait()
    log.info("stopping")
    raise _Stop


async def _kept_up(name: str, run: Run) -> None:
    """Run a part; should it break, log it and run it again after a pause."""
    while True:
        try:
            return await run()
        except StudioError:
            raise
        except Exception:
            log.exception("the %s broke and is started anew", name)
            await asyncio.sleep(PAUSE)


async def _sweep(bot: Bot) -> None:
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        try:
            await sweep(bot.database, bot.store, datetime.now(UTC))
        except StorageError as error:
            log.warning("what was kept long enough is deleted later: %s", error)


@asynccontextmanager
async def _editor(bot: Bot) -> AsyncGenerator[list[web.RouteDef]]:
    """Serve the skeleton editor, whose pages hear what the chat does meanwhile."""
    editor = Editor(bot)
    live = Live(bot, editor)
    bot.bells.watchers.add(live.watch)
    try:
        yield [*editor.routes(), *live.routes()]
    finally:
        bot.bells.watchers.discard(live.watch)
        await live.close()


@asynccontextmanager
async def _ops(bot: Bot) -> AsyncGenerator[None]:
    if not bot.settings.metrics_port:
        yield
        return

    async def database() -> str | None:
        try:
            async with bot.database.reading() as db:
                await db.execute(select(1))
        except StorageError as error:
            return str(error)
        return None

    async def waiting() -> int:
        async with bot.database.reading() as db:
            return len(await jobs.waiting(db))

    app = ops_app(bot.metrics, {"database": database}, waiting)
    runner = await serve_ops(app, bot.settings.metrics_port)
    try:
        yield
    finally:
        await runner.cleanup()
