"""One call of the Bot API, whichever way its parameters came: query, form, multipart or JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from tests.telegram.rules import UPLOAD_BYTES, ApiError, bad


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in the call itself."""

    name: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A method's parameters; in a form all of them are text."""

    values: Mapping[str, Any]
    uploads: Mapping[str, Upload]

    def text(self, name: str) -> str:
        value = self.values.get(name)
        told = "" if value is None else str(value)
        try:
            told.encode()
        except UnicodeEncodeError as error:
            raise bad("strings must be encoded in UTF-8") from error
        # What a terminal would obey becomes a space, and the ends are cut.
        readable = "".join(" " if letter < " " and letter != "\n" else letter for letter in told)
        return readable.strip()

    def number(self, name: str) -> int | None:
        value = self.values.get(name)
        try:
            return None if value in (None, "") else int(str(value))
        except ValueError as error:
            raise bad(f"parameter {name} must be a number") from error

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "1")

    def json(self, name: str) -> Any:
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError as error:
            raise bad(f"can't parse {name} JSON object") from error

    def file(self, name: str, told: str | None = None) -> Upload | str:
        """Find a file: in the call, or the id of one that Telegram has."""
        value = told if told is not None else self.text(name)
        key = value.removeprefix("attach://") if value.startswith("attach://") else name
        upload = self.uploads.get(key)
        if upload is None and (not value or key != name):
            raise bad(f"there is no {name} in the request")
        return value if upload is None else upload


async def read_call(request: web.Request) -> Call:
    """Read a call's parameters.

    Raises:
        ApiError: They cannot be read, or are too many bytes.
    """
    values: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if (request.content_length or 0) > UPLOAD_BYTES + 100_000:
        raise ApiError(413, "Request Entity Too Large")
    match request.content_type:
        case "application/json":
            values |= await request.json() if request.can_read_body else {}
        case "multipart/form-data":
            await _read_parts(request, values, uploads)
        case _:
            values |= {name: str(value) for name, value in (await request.post()).items()}
    return Call(values, uploads)


async def _read_parts(
    request: web.Request, values: dict[str, Any], uploads: dict[str, Upload]
) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad("can't parse multipart form")
        content = bytes(await part.read())
        if part.filename is None:
            values[part.name] = content.decode()
        else:
            mime = part.headers.get("Content-Type", "application/octet-stream")
            uploads[part.name] = Upload(part.filename, mime, content)
