"""A Discord on loopback that is as strict as the real one, and fails when it is told to.

async with discord_api() as world:
    ana = Person(world, "Ana")
    ...  # a bot with `world.token` at `world.api` and `world.gateway_url`
"""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.discord import hooks, rest
from tests.discord.call import Call, read_call
from tests.discord.errors import NOT_FOUND, TOO_LARGE, UNAUTHORIZED, DiscordError
from tests.discord.limits import busy
from tests.discord.world import World
from tests.faults import Fault, Kind, half, met

PAGE = "<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>"
BODY_BYTES = 26 * 1024 * 1024
API = "/api/v10"

# Name, method, path, and what carries it out; the last kind of call needs no token of the bot.
CALLS: tuple[tuple[str, str, str, rest.Method], ...] = (
    ("me", "GET", "/users/@me", rest.me),
    ("application", "GET", "/oauth2/applications/@me", rest.application),
    ("application", "GET", "/applications/@me", rest.application),
    ("gateway", "GET", "/gateway/bot", rest.gateway),
    ("get_commands", "GET", "/applications/{app}/commands", rest.get_commands),
    ("set_commands", "PUT", "/applications/{app}/commands", rest.set_commands),
    ("get_commands", "GET", "/applications/{app}/guilds/{guild}/commands", rest.get_commands),
    ("set_commands", "PUT", "/applications/{app}/guilds/{guild}/commands", rest.set_commands),
    ("open_dm", "POST", "/users/@me/channels", rest.open_dm),
    ("get_user", "GET", "/users/{user}", rest.get_user),
    ("get_guild", "GET", "/guilds/{guild}", rest.get_guild),
    ("get_channel", "GET", "/channels/{channel}", rest.get_channel),
    ("post", "POST", "/channels/{channel}/messages", rest.post),
    ("edit", "PATCH", "/channels/{channel}/messages/{message}", rest.edit),
    ("get_message", "GET", "/channels/{channel}/messages/{message}", rest.get_message),
    ("delete", "DELETE", "/channels/{channel}/messages/{message}", rest.delete),
    ("typing", "POST", "/channels/{channel}/typing", rest.typing),
)
HOOKS: tuple[tuple[str, str, str, rest.Method], ...] = (
    ("callback", "POST", "/interactions/{press}/{token}/callback", hooks.callback),
    ("follow_up", "POST", "/webhooks/{app}/{token}", hooks.follow_up),
    ("edit_response", "PATCH", "/webhooks/{app}/{token}/messages/{message}", hooks.edit_response),
    ("get_response", "GET", "/webhooks/{app}/{token}/messages/{message}", hooks.get_response),
    ("delete_response", "DELETE", "/webhooks/{app}/{token}/messages/{message}",
     hooks.delete_response),
)  # fmt: skip
BY_TOKEN = frozenset({"follow_up", "edit_response", "delete_response"})


class Server:
    """The HTTP side of a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_BYTES)
        for name, method, path, deed in CALLS:
            app.router.add_route(method, API + path, self._call(name, deed, is_open=False))
        for name, method, path, deed in HOOKS:
            app.router.add_route(method, API + path, self._call(name, deed, is_open=True))
        app.router.add_route("*", "/api/{rest:.*}", self._lost)
        app.router.add_get("/gateway", self._world.gateway.serve)
        app.router.add_get("/gateway/", self._world.gateway.serve)
        app.router.add_get("/cdn/{folder}/{channel}/{file}/{name}", self._file)
        return app

    def _call(
        self, name: str, deed: rest.Method, *, is_open: bool
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            world = self._world
            world.calls.append(name)
            if world.limits.is_shut_out:
                return self._fails(Fault(Kind.BANNED))
            if not is_open and request.headers.get("Authorization") != f"Bot {world.token}":
                return self._refused(UNAUTHORIZED)
            try:
                call = await read_call(request)
                headers = world.limits.count(_route(name), _major(request))
            except web.HTTPRequestEntityTooLarge:
                return self._refused(TOO_LARGE)
            except DiscordError as error:
                return self._refused(error)
            carrying_out = self._carry_out(deed, request, call, headers)
            return await met(world.faults.next(name), request, carrying_out, self._fails)

        return handle

    async def _carry_out(
        self, deed: rest.Method, request: web.Request, call: Call, headers: dict[str, str]
    ) -> web.Response:
        try:
            told = await deed(self._world, request.match_info, call)
        except DiscordError as error:
            return self._refused(error, headers)
        return web.Response(status=204, headers=headers) if told is None else _json(told, headers)

    async def _lost(self, request: web.Request) -> web.StreamResponse:
        self._world.calls.append(f"{request.method} {request.path}")
        return self._refused(NOT_FOUND)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        world, number = self._world, request.match_info["file"]
        world.calls.append("cdn")
        file = world.shelf.files.get(int(number)) if number.isdigit() else None
        until, signature = request.query.get("ex", ""), request.query.get("hm", "")
        is_there = file is not None and request.path == f"/cdn/{file.path}"
        if file is None or not is_there or not world.shelf.is_signed(file, until, signature):
            return web.Response(status=404, text="This content is no longer available.")
        fault = world.faults.next("cdn")
        if fault is not None and fault.kind is Kind.CUT_AFTER:
            return await half(request, file.content)
        if fault is not None and fault.kind is Kind.EMPTY:
            return web.Response(body=b"", content_type=file.mime or "application/octet-stream")

        async def carry_out() -> web.Response:
            return web.Response(
                body=file.content, content_type=file.mime or "application/octet-stream"
            )

        return await met(fault, request, carry_out(), self._fails)

    def _fails(self, fault: Fault) -> web.Response:
        match fault.kind:
            case Kind.ERROR:
                return self._refused(DiscordError(500, 0, "500: Internal Server Error"))
            case Kind.UNAVAILABLE:
                return web.Response(status=503, text="upstream connect error")
            case Kind.BUSY:
                return self._refused(busy(fault.seconds))
            case Kind.BANNED:
                return web.Response(status=429, text="error code: 1015")
            case _:
                return web.Response(status=502, text=PAGE, content_type="text/html")

    def _refused(self, error: DiscordError, headers: dict[str, str] | None = None) -> web.Response:
        self._world.limits.note(error.status)
        return _json(error.wire(), {**(headers or {}), **error.headers}, error.status)


def _route(name: str) -> str:
    return "respond" if name in BY_TOKEN else name


def _major(request: web.Request) -> str:
    names = request.match_info
    return names.get("token") or names.get("channel") or names.get("guild") or ""


def _json(told: Any, headers: dict[str, str], status: int = 200) -> web.Response:
    # With a charset beside it, discord.py does not take it for JSON.
    head = {**headers, "Content-Type": "application/json"}
    return web.Response(body=json.dumps(told).encode(), status=status, headers=head)


@asynccontextmanager
async def discord_api(world: World | None = None) -> AsyncGenerator[World]:
    """Serve a world on a free port of loopback."""
    served = world or World()
    runner = web.AppRunner(Server(served).app(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    try:
        await site.start()
        served.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        served.shelf.url = f"{served.url}/cdn"
        yield served
    finally:
        served.gateway.drop()
        await runner.cleanup()
