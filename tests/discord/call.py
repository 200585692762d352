"""One call of the REST API: its JSON, and the files beside it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from tests.discord.errors import DiscordError, Json

FILES = 10
_FILE = re.compile(r"files\[(\d+)\]|file(\d*)")

MALFORMED = DiscordError(400, 50109, "The request body contains invalid JSON.")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in the call itself."""

    name: str
    mime: str | None
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """What a call carries.

    Attributes:
        body: Its JSON: an object, or for lists of commands a list.
        uploads: Its files, by the number in `files[n]`.
    """

    body: Any
    uploads: Mapping[str, Upload]
    query: Mapping[str, str]

    @property
    def json(self) -> Json:
        if not isinstance(self.body, dict):
            raise MALFORMED
        return cast("Json", self.body)


async def read_call(request: web.Request) -> Call:
    """Read what a call carries.

    Raises:
        DiscordError: It cannot be read.
    """
    uploads: dict[str, Upload] = {}
    body: Any = {}
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise MALFORMED
            content = bytes(await part.read())
            if part.name == "payload_json":
                body = _parsed(content)
            else:
                uploads[_number(part.name)] = _upload(part, content)
    elif request.can_read_body:
        body = _parsed(await request.read())
    return Call(body, uploads, dict(request.query))


def _upload(part: BodyPartReader, content: bytes) -> Upload:
    mime = part.headers.get("Content-Type")
    # Libraries name this where they do not know: Discord then goes by the name of the file.
    known = None if mime in (None, "application/octet-stream") else mime
    return Upload(part.filename or "unknown", known, content)


def _number(name: str) -> str:
    match = _FILE.fullmatch(name)
    if match is None:
        raise MALFORMED
    return match[1] or match[2] or "0"


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        raise MALFORMED from error
