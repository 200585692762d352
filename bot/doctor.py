"""Whether this bot could run as it is set up: folder, database, tokens; painting is asked apart."""

import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.platform import PlatformError
from bot.platforms.discord_account import check_addresses
from bot.platforms.telegram import open_telegram
from bot.settings import Settings
from pipeline.doctor import Finding
from pipeline.errors import StudioError
from storage.database import StorageError, open_database

DISCORD_API = "https://discord.com/api"
PATIENCE = ClientTimeout(total=10)
LEAST_ROOM = 1_000_000_000  # bytes: some hundreds of photos with their results


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    """Look at what this bot needs besides what paints, one finding after the other."""
    yield _folder(settings)
    yield await _database(settings)
    yield await _telegram(settings)
    yield await _discord(settings)
    yield _page(settings)


def _folder(settings: Settings) -> Finding:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data):
            free = shutil.disk_usage(settings.data).free
    except OSError as error:
        says = f"{settings.data} cannot be written ({error.strerror}). Set TOEFRAME_DATA_DIR."
        return Finding("data folder", good=False, says=says, needed=True)
    says = f"{settings.data.resolve()}, {free / 1e9:.0f} GB free."
    if free < LEAST_ROOM:
        says += " Make room: photos and results are kept there."
    return Finding("data folder", good=free >= LEAST_ROOM, says=says)


async def _database(settings: Settings) -> Finding:
    try:
        async with open_database(settings.database_url):
            return Finding("database", good=True, says="Opens, and is up to date.", needed=True)
    except (StorageError, OSError, ValueError) as error:
        says = f"Does not open: {error}. Is another bot running on it?"
        return Finding("database", good=False, says=says, needed=True)


async def _telegram(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        says = "No token. Get one from @BotFather and set TOEFRAME_TELEGRAM_TOKEN."
        return Finding("telegram", good=False, says=says)
    try:
        async with open_telegram(settings.telegram_token, settings.telegram_api) as telegram:
            me = await telegram.account.meet()
    except StudioError as error:
        return Finding("telegram", good=False, says=str(error), needed=True)
    except PlatformError as error:
        says = f"{settings.telegram_api} does not answer ({error}). Is the network up?"
        return Finding("telegram", good=False, says=says, needed=True)
    return Finding("telegram", good=True, says=f"@{me.username}.", needed=True)


async def _discord(settings: Settings) -> Finding:
    if settings.discord_token is None:
        says = "No token. Make a bot at discord.com/developers and set TOEFRAME_DISCORD_TOKEN."
        return Finding("discord", good=False, says=says)
    try:
        check_addresses(settings.discord_api, settings.discord_gateway)
    except StudioError as error:
        return Finding("discord", good=False, says=str(error), needed=True)
    api = settings.discord_api or DISCORD_API
    headers = {"Authorization": f"Bot {settings.discord_token}"}
    try:
        async with (
            ClientSession(timeout=PATIENCE) as session,
            session.get(f"{api}/v10/users/@me", headers=headers) as response,
        ):
            known: Any = await response.json(content_type=None) if response.ok else None
    except (ClientError, TimeoutError, ValueError, KeyError) as error:
        says = f"{api} does not answer ({type(error).__name__}). Is the network up?"
        return Finding("discord", good=False, says=says, needed=True)
    if response.status != 200:
        says = f"Discord refuses this token ({response.status}). Copy it anew from the portal."
        return Finding("discord", good=False, says=says, needed=True)
    return Finding("discord", good=True, says=f"{known['username']}.", needed=True)


def _page(settings: Settings) -> Finding:
    """See that HTTP can be served: to whoever has no token, and to the skeleton editor."""
    address = f"{settings.host}:{settings.port}"
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        with socket.socket(family) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((settings.host, settings.port))
    except OSError as error:
        says = f"{address} cannot be served ({error.strerror}). Set TOEFRAME_PORT."
        return Finding("page", good=False, says=says, needed=settings.web)
    served = (
        "http://" + address if settings.web else "Off, since there is a token; TOEFRAME_WEB=yes."
    )
    return Finding("page", good=True, says=settings.public_url or served)
