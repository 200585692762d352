"""The files that Discord keeps, and the signed links by which they are fetched for a day."""

import hashlib
import hmac
import mimetypes
import secrets
from collections.abc import Callable
from io import BytesIO
from urllib.parse import urlencode

from PIL import Image, UnidentifiedImageError

from tests.discord.looks import File
from tests.discord.values import Channel

LINK_LIFE = 24 * 3600.0  # seconds


class Shelf:
    """All files.

    Attributes:
        url: Where they are served.
    """

    def __init__(self, now: Callable[[], float], new_id: Callable[[], int]) -> None:
        self.url = ""
        self.files: dict[int, File] = {}
        self._now = now
        self._new_id = new_id
        self._secret = secrets.token_bytes(16)

    def keep(
        self,
        content: bytes,
        name: str,
        channel: Channel,
        *,
        mime: str | None = None,
        folder: str = "attachments",
        description: str | None = None,
    ) -> File:
        safe = "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in name)
        file = File(
            id=self._new_id(),
            channel=channel.id,
            name=safe or "unknown",
            mime=mime or mimetypes.guess_type(name)[0],
            content=content,
            size=_size_of(content),
            folder=folder,
            description=description,
        )
        self.files[file.id] = file
        return file

    def link(self, file: File) -> str:
        """Sign where a file lies, for a day."""
        until = int(self._now() + LINK_LIFE)
        signed = {"ex": f"{until:x}", "is": f"{int(self._now()):x}", "hm": self._sign(file, until)}
        return f"{self.url}/{file.path}?{urlencode(signed)}"

    def is_signed(self, file: File, until: str, signature: str) -> bool:
        try:
            end = int(until, 16)
        except ValueError:
            return False
        return end > self._now() and hmac.compare_digest(self._sign(file, end), signature)

    def _sign(self, file: File, until: int) -> str:
        return hmac.new(self._secret, f"{file.path}|{until}".encode(), hashlib.sha256).hexdigest()


def _size_of(content: bytes) -> tuple[int, int] | None:
    try:
        with Image.open(BytesIO(content)) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
