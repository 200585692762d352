"""HTTP written by hand, as no browser would: what hostile programs send."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 10.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> str:
        told: Any = json.loads(self.body)
        return str(told["error"])


async def sends(url: str, *pieces: bytes) -> Answer | None:
    """Send bytes on a connection of their own; None if it was closed without a word."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        async with asyncio.timeout(PATIENCE):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            return await _answer(reader)
    except ConnectionError:
        return None
    finally:
        writer.close()


async def asks(
    url: str,
    path: str = "/",
    method: str = "GET",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    **more: str,
) -> Answer | None:
    """Ask for something; `more` are headers too, with `_` for `-`. `Host` is right unless given."""
    told = {"Host": urlsplit(url).netloc, "Connection": "close"}
    told |= {name.replace("_", "-"): value for name, value in {**(headers or {}), **more}.items()}
    if body:
        told |= {"Content-Length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    return await sends(url, "\r\n".join([*lines, "", ""]).encode("latin-1") + body)


async def _answer(reader: asyncio.StreamReader) -> Answer | None:
    first = await reader.readline()
    if not first:
        return None
    headers = dict[str, str]()
    while line := (await reader.readline()).strip().decode():
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
    size = headers.get("content-length")
    body = await reader.readexactly(int(size)) if size is not None else b""
    return Answer(status=int(first.split()[1]), headers=headers, body=body)
