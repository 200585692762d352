"""A page's socket, written to by one task, so that nobody waits for a page that does not listen."""

import asyncio
import json
import logging
import socket
from collections import OrderedDict
from itertools import count
from typing import Any

from aiohttp import WSCloseCode, web

LARGEST_FRAME = 64_000  # bytes
UNHEARD = 256  # things that wait for a slow page
PATIENCE = 10.0  # seconds for a page to take what is written to it
HEARTBEAT = 25.0  # seconds
GOODBYE = 2.0  # seconds for a page to answer a good-bye
SEND_BUFFER = 128_000  # bytes of the kernel's for each page, which would grow to megabytes

Json = dict[str, Any]

log = logging.getLogger(__name__)


class Socket:
    """A page that listens, or is cut off: it comes back, and reads the chat anew."""

    def __init__(self, request: web.Request) -> None:
        # Without compression: what each page's own would remember is far more than it would save.
        self._response = web.WebSocketResponse(
            heartbeat=HEARTBEAT, max_msg_size=LARGEST_FRAME, compress=False, timeout=GOODBYE
        )
        self._request = request
        self._unheard: OrderedDict[object, Json] = OrderedDict()
        self._numbers = count()
        self._bell = asyncio.Event()
        self._is_cut = False

    @property
    def response(self) -> web.WebSocketResponse:
        return self._response

    async def prepare(self) -> None:
        """Answer the request by opening the socket."""
        wire: socket.socket | None = self._request.get_extra_info("socket")
        if wire is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        await self._response.prepare(self._request)

    def tell(self, told: Json) -> None:
        """Tell a page something; never waits.

        What is newer of the same message takes the place of what is still to be told of it.
        """
        if self._is_cut:
            return
        self._unheard[self._key(told)] = told
        if len(self._unheard) > UNHEARD:
            self._cut()
        self._bell.set()

    async def write(self) -> None:
        """Write what is to be told, until cancelled or cut off."""
        while not self._is_cut:
            await self._bell.wait()
            self._bell.clear()
            await self._write_all()

    async def close(self, code: int, reason: str) -> None:
        """Say good-bye; a page that does not answer is cut off."""
        try:
            async with asyncio.timeout(2 * GOODBYE):
                await self._response.close(code=code, message=reason.encode())
        except (ConnectionError, TimeoutError, RuntimeError):
            self._cut()

    async def _write_all(self) -> None:
        try:
            while self._unheard and not self._is_cut:
                _, told = self._unheard.popitem(last=False)
                async with asyncio.timeout(PATIENCE):
                    await self._response.send_str(json.dumps(told, ensure_ascii=False))
        except (ConnectionError, TimeoutError):
            self._cut()

    def _cut(self) -> None:
        """Drop the connection, as a good-bye would wait behind all that the page did not hear."""
        self._is_cut = True
        self._unheard.clear()
        self._bell.set()
        if self._request.transport is not None:
            log.info("a page does not listen and is cut off")
            self._request.transport.abort()

    def _key(self, told: Json) -> object:
        if told["type"] == "message":
            return told["message"]["id"]
        return "action" if told["type"] == "action" else next(self._numbers)


TOO_MUCH = WSCloseCode.POLICY_VIOLATION
NO_TEXT = WSCloseCode.UNSUPPORTED_DATA
AWAY = WSCloseCode.GOING_AWAY
