"""Sessions of a client at the gateway, and the connections that they are held over."""

import asyncio
import json
import zlib
from dataclasses import dataclass, field

from aiohttp import web

from tests.discord.errors import Json


class Closed(Exception):
    """The gateway ends a connection, with one of its codes."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(slots=True, eq=False)
class Session:
    """What one client was told, and what it hears next time if it is not there now."""

    id: str
    intents: int
    told: list[tuple[int, str, Json]] = field(default_factory=list[tuple[int, str, Json]])
    link: "Link | None" = None

    @property
    def last(self) -> int:
        return len(self.told)

    def wants(self, intent: int) -> bool:
        return not intent or bool(self.intents & intent)


class Link:
    """One WebSocket connection: a single stream of deflate, flushed at each message.

    Attributes:
        left_with: The code with which the client said good-bye.
    """

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.request = request
        self.session: Session | None = None
        self.left_with: int | None = None
        self._deflate = zlib.compressobj() if "compress" in request.query else None
        self._turn = asyncio.Lock()

    async def send(self, told: Json) -> None:
        async with self._turn:
            if self.socket.closed:
                return
            text = json.dumps(told)
            if self._deflate is None:
                await self.socket.send_str(text)
                return
            packed = self._deflate.compress(text.encode())
            await self.socket.send_bytes(packed + self._deflate.flush(zlib.Z_SYNC_FLUSH))

    def drop(self) -> None:
        """Cut the connection without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()
