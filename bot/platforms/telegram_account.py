"""A bot's own side of the Bot API: who it is, its updates, its menu, and the connections to it."""

import asyncio
import json
import logging
import os
import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from telegram import Bot, BotCommand, User
from telegram.error import InvalidToken
from telegram.request import HTTPXRequest

from bot.platforms.addresses import is_loopback
from bot.platforms.telegram_errors import as_platform_errors
from pipeline.errors import StudioError

API = "https://api.telegram.org"
WANTED = ("message", "callback_query")  # kinds of updates; an edited message is no new job
LONG_POLL = 25  # seconds that Telegram may hold a call for updates
PATIENCE = 20.0  # seconds without an answer
PATIENCE_FOR_ROOM = 30.0  # seconds for a free connection
CONNECTIONS = 64
KEPT_OPEN = 30.0  # seconds; to open a new one costs somebody's first answer some 0.1 s

Raw = dict[str, Any]


class TokenRefused(StudioError):
    """Telegram does not know the token."""


class Account:
    """One bot on Telegram.

    Args:
        bot: The Bot API.
        polls: A connection of its own for updates: a long poll must not hold up a call.
    """

    def __init__(self, bot: Bot, polls: HTTPXRequest) -> None:
        self._bot = bot
        self._polls = polls

    @property
    def me(self) -> User:
        """Who the bot is, once `meet` has asked."""
        return self._bot.bot

    @property
    def username(self) -> str | None:
        """What the bot is called; None while nobody has asked."""
        try:
            return self._bot.bot.username
        except RuntimeError:
            return None

    async def meet(self) -> User:
        """Ask Telegram who the bot is.

        Raises:
            TokenRefused: It does not know the token.
        """
        with as_platform_errors():
            try:
                return await self._bot.get_me()
            except InvalidToken:
                # The library's error is dropped: it may hold the token.
                raise TokenRefused(
                    "Telegram does not know this token. Copy it anew from @BotFather, "
                    "and look at TOEFRAME_TELEGRAM_API_BASE if you set one."
                ) from None

    async def updates(self, offset: int) -> list[Raw]:
        """Wait for updates from this number on; all before it count as confirmed.

        They come as Telegram writes them, so that one that cannot be read holds up no others.
        """
        asked = {
            "offset": offset,
            "timeout": LONG_POLL,
            "allowed_updates": json.dumps(WANTED),
        }
        with as_platform_errors():
            payload = await self._polls.retrieve(
                f"{self._bot.base_url}/getUpdates?{urlencode(asked)}",
                read_timeout=LONG_POLL + PATIENCE,
            )
            answered: Raw = self._polls.parse_json_payload(payload)
        return answered["result"]

    async def stop_webhook(self) -> None:
        """Let updates be fetched; those that wait are kept."""
        with as_platform_errors():
            await self._bot.delete_webhook(drop_pending_updates=False)

    async def start_webhook(self, url: str, secret: str) -> None:
        """Have updates posted to an address, with this secret in their header."""
        with as_platform_errors():
            await self._bot.set_webhook(url, secret_token=secret, allowed_updates=WANTED)

    async def set_menu(self, menus: Mapping[str | None, Sequence[tuple[str, str]]]) -> None:
        """Set the menu's (command, description) by language; None is for all others."""
        for language, menu in menus.items():
            commands = [BotCommand(command, described) for command, described in menu]
            with as_platform_errors():
                await self._bot.set_my_commands(commands, language_code=language)


@asynccontextmanager
async def open_bot(token: str, api: str = API) -> AsyncGenerator[tuple[Bot, Account]]:
    """Open the connections to a bot's API; nothing is asked of it yet."""
    hush()
    trust = await _certificates(api)
    calls, polls = _connections(api, CONNECTIONS, trust), _connections(api, 2, trust)
    bot = Bot(
        token,
        base_url=f"{api}/bot",
        base_file_url=f"{api}/file/bot",
        request=calls,
        get_updates_request=polls,
    )
    async with AsyncExitStack() as stack:
        for connections in (calls, polls):
            await connections.initialize()
            stack.push_async_callback(connections.shutdown)
        yield bot, Account(bot, polls)


def hush() -> None:
    """Keep the token and what people say out of the log."""
    # These write the address of each call, which holds the token, or its parameters.
    for name in ("httpx", "httpcore", "telegram.Bot"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # This writes whole answers that it cannot read; they are raised as errors too.
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)
    # Without it the library warns of its own future at each "too many requests".
    os.environ.setdefault("PTB_TIMEDELTA", "1")


async def _certificates(api: str) -> ssl.SSLContext:
    """Read whom to trust, which takes a while; plain HTTP needs nobody."""
    if urlsplit(api).scheme == "https":
        return await asyncio.to_thread(httpx.create_ssl_context)
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _connections(api: str, size: int, trust: ssl.SSLContext) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=size,
        connect_timeout=PATIENCE,
        read_timeout=PATIENCE,
        write_timeout=PATIENCE,
        media_write_timeout=3 * PATIENCE,
        pool_timeout=PATIENCE_FOR_ROOM,
        httpx_kwargs={
            # A proxy from the environment cannot reach this machine itself.
            "trust_env": not is_loopback(api),
            "verify": trust,
            "limits": httpx.Limits(max_connections=size, keepalive_expiry=KEPT_OPEN),
        },
    )
