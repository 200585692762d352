"""Calls of Discord's API, each tried again where the line or the server failed.

The library tries some again itself, but neither cut connections on Linux nor every 503. Nothing is
doubled by that: new messages carry a nonce, and all else can be said twice.
"""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import discord
from discord.http import Route
from discord.webhook.async_ import async_context

from bot.platform import Rejected, Unreachable
from bot.platforms.discord_errors import ACKNOWLEDGED, as_platform_errors

PAUSES = (0.2, 1.0)  # seconds before a call is tried once more
ACK_PAUSES = (0.05, 0.3, 0.8)  # all within the three seconds that Discord waits
LONGEST_DOWNLOAD = 120.0  # seconds

_SESSION = "_HTTPClient__session"  # the library's own calls by tokens take it from there too

Json = dict[str, Any]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to show."""

    content: bytes = field(repr=False)
    name: str


class Calls:
    """The calls of one bot; they raise what `Platform` does, and `TokenDead`."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    @property
    def app(self) -> int:
        """The application's id.

        Raises:
            Unreachable: Nobody has logged in yet.
        """
        known = self._client.application_id
        if known is None or self._client.http.token is None or self._client.is_closed():
            raise Unreachable("not connected yet")
        return known

    async def post(self, channel: str, body: Json, upload: Upload | None = None) -> Json:
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        return await self._own(route, body, upload)

    async def edit(
        self, channel: str, message: str, body: Json, upload: Upload | None = None
    ) -> Json:
        path = "/channels/{channel_id}/messages/{message_id}"
        route = Route("PATCH", path, channel_id=channel, message_id=message)
        return await self._own(route, body, upload)

    async def typing(self, channel: str) -> None:
        await self._own(Route("POST", "/channels/{channel_id}/typing", channel_id=channel))

    async def acknowledge(self, press: str, token: str, body: Json) -> bool:
        """Give the first answer to an interaction; tell whether it has one now."""
        path = "/interactions/{webhook_id}/{webhook_token}/callback"
        route = Route("POST", path, webhook_id=press, webhook_token=token)
        try:
            await self._by_token(route, body, pauses=ACK_PAUSES)
        except Rejected as error:
            # An answer that got lost on its way back has counted.
            cause = error.__cause__
            return isinstance(cause, discord.HTTPException) and cause.code == ACKNOWLEDGED
        return True

    async def follow(self, token: str, body: Json, upload: Upload | None = None) -> Json:
        """Say more to who pressed, called or filled in."""
        path = "/webhooks/{webhook_id}/{webhook_token}"
        route = Route("POST", path, webhook_id=self.app, webhook_token=token)
        return await self._by_token(route, body, upload, params={"wait": "true"})

    async def change(
        self, token: str, message: str, body: Json, upload: Upload | None = None
    ) -> Json:
        """Change what a token reaches; `@original` is its answer, or the message pressed on."""
        return await self._by_token(self._reached("PATCH", token, message), body, upload)

    async def remove(self, token: str, message: str) -> None:
        await self._by_token(self._reached("DELETE", token, message))

    async def commands(self) -> list[Json]:
        """List the commands that people find now."""
        route = Route("GET", "/applications/{application_id}/commands", application_id=self.app)
        http = self._client.http
        return await _again(lambda: http.request(route, params={"with_localizations": "true"}))

    async def set_commands(self, commands: Sequence[Json]) -> None:
        route = Route("PUT", "/applications/{application_id}/commands", application_id=self.app)
        await _again(lambda: self._client.http.request(route, json=list(commands)))

    async def fetch(self, address: str) -> bytes:
        """Download what somebody sent."""
        _ = self.app
        with as_platform_errors():
            async with asyncio.timeout(LONGEST_DOWNLOAD):
                return await self._client.http.get_from_cdn(address)

    def _reached(self, method: str, token: str, message: str) -> Route:
        # Written into the path, for a part that is filled in would become %40original.
        path = "/webhooks/{webhook_id}/{webhook_token}/messages/" + message
        return Route(method, path, webhook_id=self.app, webhook_token=token)

    async def _own(
        self, route: Route, body: Json | None = None, upload: Upload | None = None
    ) -> Any:
        """Call with the bot's own token."""
        _ = self.app
        http = self._client.http

        async def call() -> Any:
            if upload is None:
                return await http.request(route, json=body or {})
            file = _file(upload)
            form = _form(body or {}, file)
            return await http.request(route, form=form, files=[file])

        return await _again(call)

    async def _by_token(
        self,
        route: Route,
        body: Json | None = None,
        upload: Upload | None = None,
        *,
        params: dict[str, str] | None = None,
        pauses: Sequence[float] = PAUSES,
    ) -> Any:
        """Call with the token of an interaction, which needs no other."""
        session = getattr(self._client.http, _SESSION)

        async def call() -> Any:
            adapter = async_context.get()
            if upload is None:
                return await adapter.request(route, session, payload=body, params=params)
            file = _file(upload)
            form = _form(body or {}, file)
            return await adapter.request(
                route, session, multipart=form, files=[file], params=params
            )

        return await _again(call, pauses)


async def _again(call: Callable[[], Awaitable[Result]], pauses: Sequence[float] = PAUSES) -> Result:
    for pause in pauses:
        with suppress(Unreachable), as_platform_errors():
            return await call()
        await asyncio.sleep(pause)
    with as_platform_errors():
        return await call()


def _file(upload: Upload) -> discord.File:
    """Wrap a file; each try needs a new one."""
    return discord.File(io.BytesIO(upload.content), upload.name)


def _form(body: Json, file: discord.File) -> list[Json]:
    told = body | {"attachments": [{"id": 0, "filename": file.filename}]}
    return [
        {"name": "payload_json", "value": json.dumps(told)},
        {
            "name": "files[0]",
            "value": file.fp,
            "filename": file.filename,
            "content_type": "application/octet-stream",
        },
    ]
