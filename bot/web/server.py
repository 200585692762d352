"""The one HTTP server of a bot: what its doors serve, guarded alike."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from bot.settings import Settings, SettingsError
from bot.web.allowance import Rate
from bot.web.guard import NO_CHECK, dress, in_one_sentence, not_too_often, only_ours
from bot.web.static import static_routes

LARGEST_BODY = 1_000_000  # bytes of what is read as a whole; photos are read piece by piece
PATIENCE = 5.0  # seconds for requests to end when the bot does
SILENCE = 30.0  # seconds for a connection to ask for something, whole headers and all


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one machine may ask for.

    Attributes:
        requests: Of any kind.
        connections: That are open at once.
    """

    requests: Rate = field(default_factory=lambda: Rate(at_once=400, per_second=100))
    connections: int = 500


def http_app(
    settings: Settings,
    routes: Sequence[web.AbstractRouteDef],
    *,
    open_to: frozenset[str] = frozenset(),
    limits: Limits | None = None,
) -> web.Application:
    """Put the server's application together.

    Args:
        settings: How the bot is run.
        routes: What is served besides static files.
        open_to: Paths that programs post to, which prove themselves in another way.
        limits: How much one machine may ask for.
    """
    known = limits or Limits()
    behind_proxy = settings.public_url is not None
    app = web.Application(
        client_max_size=LARGEST_BODY,
        middlewares=[
            in_one_sentence,
            not_too_often(known.requests, behind_proxy=behind_proxy),
            only_ours(settings),
        ],
    )
    app[NO_CHECK] = open_to
    app.add_routes([*static_routes(chat=settings.web), *routes])
    app.on_response_prepare.append(dress)
    return app


@asynccontextmanager
async def serving_http(
    app: web.Application, settings: Settings, limits: Limits | None = None
) -> AsyncGenerator[str]:
    """Serve an application; yields the address that it has on this machine.

    Raises:
        SettingsError: The port is taken, or the address is not this machine's.
    """
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=PATIENCE, keepalive_timeout=SILENCE
    )
    await runner.setup()
    try:
        listening = await _listening(runner, settings, limits or Limits())
        try:
            host, port = listening.sockets[0].getsockname()[:2]
            yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
        finally:
            listening.close()
    finally:
        await runner.cleanup()


async def _listening(runner: web.AppRunner, settings: Settings, limits: Limits) -> asyncio.Server:
    # A proxy's connections are all its own.
    most = None if settings.public_url else limits.connections
    loop = asyncio.get_running_loop()
    try:
        return await loop.create_server(
            lambda: _Doorkeeper(runner, most), settings.host, settings.port
        )
    except OSError as error:
        raise SettingsError(
            f"{settings.host}:{settings.port} cannot be served ({error.strerror}). "
            "Set TOEFRAME_PORT to another number, or TOEFRAME_HOST."
        ) from error


class _Doorkeeper(asyncio.Protocol):
    """Hands a new connection on, unless its machine has too many of them."""

    def __init__(self, runner: web.AppRunner, most: int | None) -> None:
        self._runner = runner
        self._most = most

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        server = self._runner.server
        if not isinstance(transport, asyncio.Transport) or server is None:
            return
        if self._most is not None:
            others = (other.transport for other in server.connections)
            same = sum(_peer(other) == _peer(transport) for other in others)
            if same >= self._most:
                transport.abort()
                return
        handler = server()
        transport.set_protocol(handler)
        handler.connection_made(transport)


def _peer(transport: asyncio.BaseTransport | None) -> str | None:
    name = transport.get_extra_info("peername") if transport is not None else None
    return name[0] if name else None
