"""A Bot API server on loopback that is as strict as Telegram's, and fails when it is told to.

async with bot_api() as world:
    ana = Person(world, "Ana")
    ...  # a bot with `world.token` at `world.url`
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.faults import Fault, Kind, half, met
from tests.telegram.call import read_call
from tests.telegram.reading import READING
from tests.telegram.rules import UPLOAD_BYTES, ApiError
from tests.telegram.world import World
from tests.telegram.writing import WRITING

METHODS = {name.lower(): (name, method) for name, method in {**READING, **WRITING}.items()}
PAGE = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class Server:
    """The HTTP side of a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def app(self) -> web.Application:
        app = web.Application(client_max_size=UPLOAD_BYTES + 1_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self.method)
        app.router.add_get("/file/bot{token}/{path:.+}", self.file)
        return app

    async def method(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self._world.token:
            return _refused(ApiError(401, "Unauthorized"))
        known = METHODS.get(request.match_info["method"].lower())
        if known is None:
            return _refused(ApiError(404, "Not Found: method not found"))
        name, method = known
        try:
            call = await read_call(request)
        except ApiError as error:
            return _refused(error)
        self._world.calls.append(name)

        async def carry_out() -> web.Response:
            try:
                return web.json_response({"ok": True, "result": await method(self._world, call)})
            except ApiError as error:
                return _refused(error)

        return await met(self._world.faults.next(name), request, carry_out(), _fails)

    async def file(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        found = self._world.paths.get(path)
        is_live = self._world.links.get(path, 0.0) > self._world.now()
        if request.match_info["token"] != self._world.token or found is None or not is_live:
            return _refused(ApiError(404, "Not Found"))
        fault = self._world.faults.next("file")
        if fault is not None and fault.kind is Kind.CUT_AFTER:
            return await half(request, found.content)

        async def carry_out() -> web.Response:
            return web.Response(body=found.content)

        return await met(fault, request, carry_out(), _fails)


def _fails(fault: Fault) -> web.Response:
    match fault.kind:
        case Kind.ERROR:
            return _refused(ApiError(500, "Internal Server Error: restart"))
        case Kind.BUSY:
            seconds = max(1, round(fault.seconds))
            told = f"Too Many Requests: retry after {seconds}"
            return _refused(ApiError(429, told, retry_after=seconds))
        case Kind.PAGE:
            return web.Response(status=502, text=PAGE, content_type="text/html")
        case _:
            raise ValueError(f"Telegram does not fail by {fault.kind}")


def _refused(error: ApiError) -> web.Response:
    told: dict[str, Any] = {
        "ok": False,
        "error_code": error.code,
        "description": error.description,
    }
    if error.parameters:
        told["parameters"] = error.parameters
    return web.json_response(told, status=error.code)


@asynccontextmanager
async def bot_api(world: World | None = None) -> AsyncGenerator[World]:
    """Serve a world on a free port of loopback."""
    served = world or World()
    runner = web.AppRunner(Server(served).app(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    try:
        await site.start()
        port = runner.addresses[0][1]
        served.url = f"http://127.0.0.1:{port}"
        yield served
    finally:
        served.queue.end_poll()
        await served.webhook.stop()
        await runner.cleanup()
