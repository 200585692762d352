"""The one HTTP server of a bot: what its doors serve, guarded alike."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one machine may ask for.

    Attributes:
        requests: Of any kind.
    """

    requests: Rate = field(default_factory=lambda: Rate(at_once=400, per_second=100))


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
async def serving_http(app: web.Application, settings: Settings) -> AsyncGenerator[str]:
    """Serve an application; yields the address that it has on this machine.

    Raises:
        SettingsError: The port is taken, or the address is not this machine's.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=PATIENCE)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as error:
            raise SettingsError(
                f"{settings.host}:{settings.port} cannot be served ({error.strerror}). "
                "Set TOEFRAME_PORT to another number, or TOEFRAME_HOST."
            ) from error
        host, port = runner.addresses[0][:2]
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        await runner.cleanup()
