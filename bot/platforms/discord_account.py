"""A bot's own side of Discord: its connection, who it is, and the commands that people find."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.platform import PlatformError
from bot.platforms.addresses import is_loopback
from bot.platforms.discord_calls import Calls
from bot.platforms.discord_commands import commands, digest
from bot.platforms.discord_errors import as_platform_errors
from pipeline.errors import StudioError

VERSION = "v10"
# None of these is privileged: what people write to the bot, or with its name, comes in full.
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds, doubled from one try to the next
LONGEST_REST = 30.0  # seconds that the library may wait itself for its turn
GUILD_WAIT = 2.0  # seconds for the next guild while the bot comes up
SILENCE = 60.0  # seconds; Discord has acknowledged a heartbeat by then, some 41 s apart

Json = dict[str, Any]
Heard = Callable[[discord.Message], Awaitable[None]]
Done = Callable[[Json], Awaitable[None]]

log = logging.getLogger(__name__)


class TokenRefused(StudioError):
    """Discord does not know the token."""


class AddressRefused(StudioError):
    """The token may not be sent to this address."""


class Account(discord.Client):
    """One bot on Discord.

    Args:
        token: Of the bot.
        silence: Seconds without a word after which the connection is made anew.
    """

    def __init__(self, token: str, *, silence: float = SILENCE) -> None:
        super().__init__(
            intents=INTENTS,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_REST,
            guild_ready_timeout=GUILD_WAIT,
            heartbeat_timeout=silence,
        )
        self.calls = Calls(self)
        self._token = token
        self._heard: Heard | None = None
        self._done: Done | None = None

    @property
    def me(self) -> int:
        """The bot's own id."""
        return self.user.id if self.user is not None else 0

    def listen_with(self, heard: Heard, done: Done) -> None:
        """Tell these from now on what people write, and what they press, call and fill in."""
        self._heard, self._done = heard, done

    async def run_on(self) -> None:
        """Be there until cancelled.

        Raises:
            TokenRefused: Discord does not know the token.
        """
        if self.is_closed():
            self.clear()
        try:
            await _patiently(self._log_in)
            log.info("here as %s", self.user)
            register = asyncio.create_task(_patiently(self.register))
            try:
                await self.connect()
            except discord.ConnectionClosed as error:
                raise _refused() if error.code == 4004 else error from None
            finally:
                register.cancel()
                await asyncio.gather(register, return_exceptions=True)
        finally:
            await self.close()

    async def register(self) -> bool:
        """Set the commands that people find, if they are others; tell whether they were."""
        wanted = commands()
        if digest(await self.calls.commands()) == digest(wanted):
            return False
        await self.calls.set_commands(wanted)
        log.info("set %d commands", len(wanted))
        return True

    async def on_message(self, message: discord.Message) -> None:
        """Pass on what somebody wrote."""
        if self._heard is not None:
            await self._heard(message)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Pass on what somebody pressed, called or filled in.

        Everything comes by here, whether or not a view of the library knows it: so there is nothing
        that has to be made known again after a restart.
        """
        if self._done is not None:
            await self._done(_told(interaction))

    async def on_disconnect(self) -> None:
        """Say that nothing comes in for now: the library tells it with a whole traceback."""
        log.info("the connection to Discord broke off and is made anew")

    async def on_error(self, event_method: str, /, *args: Any, **_: Any) -> None:  # noqa: ARG002
        # The library calls this while it handles the exception.
        log.error("%s could not be handled", event_method, exc_info=True)  # noqa: LOG014

    async def _log_in(self) -> None:
        with as_platform_errors():
            try:
                await self.login(self._token)
            except discord.LoginFailure:
                raise _refused() from None


@asynccontextmanager
async def open_account(
    token: str,
    api: str | None = None,
    gateway: str | None = None,
    *,
    silence: float = SILENCE,
) -> AsyncGenerator[Account]:
    """Make a bot's connection ready; nothing is asked of Discord yet.

    Args:
        token: Of the bot.
        api: Where the REST API is, without its version; None is Discord's own.
        gateway: Where the gateway is; None is Discord's own.
        silence: See `Account`.

    Raises:
        AddressRefused: The token would be sent in the clear, or to only one of two strangers.
    """
    hush()
    with _pointed_at(api, gateway):
        account = Account(token, silence=silence)
        try:
            yield account
        finally:
            await account.close()


def hush() -> None:
    """Keep tokens and what people say out of the log."""
    # These write addresses of calls, which hold the tokens of interactions.
    logging.getLogger("discord").setLevel(logging.WARNING)
    for name in ("discord.http", "discord.webhook.async_"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # This writes a traceback for each connection that breaks, and then makes a new one.
    logging.getLogger("discord.client").setLevel(logging.CRITICAL)


def check_addresses(api: str | None, gateway: str | None) -> None:
    """Refuse to send the token where it does not belong.

    Raises:
        AddressRefused: One address is given without the other, or leads off this machine
            unencrypted.
    """
    if (api is None) != (gateway is None):
        raise AddressRefused(
            "Discord has two addresses, and only one of them is set. Set both "
            "TOEFRAME_DISCORD_API_BASE and TOEFRAME_DISCORD_GATEWAY, or neither."
        )
    for address in filter(None, (api, gateway)):
        if urlsplit(address).scheme not in ("https", "wss") and not is_loopback(address):
            raise AddressRefused(
                "The Discord token would go over the network unencrypted. Give an https and a wss "
                "address in TOEFRAME_DISCORD_API_BASE and TOEFRAME_DISCORD_GATEWAY, or ones on "
                "this machine."
            )


@contextmanager
def _pointed_at(api: str | None, gateway: str | None) -> Generator[None]:
    """Let the library find Discord elsewhere; it keeps the addresses in two classes."""
    check_addresses(api, gateway)
    if api is None or gateway is None:
        yield
        return
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = f"{api.rstrip('/')}/{VERSION}"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


async def _patiently(call: Callable[[], Awaitable[object]]) -> None:
    """Ask again and again, with longer waits, until Discord answers."""
    wait = FIRST_WAIT
    while True:
        try:
            await call()
        except (PlatformError, aiohttp.ClientError) as error:
            log.warning("Discord does not answer, next try in %.1f s: %s", wait, error)
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)
        else:
            return


def _refused() -> TokenRefused:
    return TokenRefused(
        "Discord does not know this token. Copy it anew from its developer portal, "
        "and look at TOEFRAME_DISCORD_API_BASE if you set one."
    )


def _told(interaction: discord.Interaction) -> Json:
    """Write an interaction as Discord does, as far as it is read."""
    user = {"id": str(interaction.user.id)}
    owner = "0" if interaction.is_guild_integration() else "1"
    message = interaction.message
    return {
        "id": str(interaction.id),
        "token": interaction.token,
        "type": interaction.type.value,
        "data": interaction.data or {},
        "channel_id": str(interaction.channel_id),
        "context": _context(interaction),
        "locale": str(interaction.locale),
        "user": user,
        "message": None if message is None else {"id": str(message.id)},
        "app_permissions": str(interaction.app_permissions.value),
        "authorizing_integration_owners": {owner: None},
        "attachment_size_limit": interaction.filesize_limit,
    }


def _context(interaction: discord.Interaction) -> int:
    """Say in a number where it was: in a guild, with the bot, among others."""
    if interaction.context.private_channel:
        return 2
    return 1 if interaction.context.dm_channel or interaction.guild_id is None else 0
