"""Signed addresses of the skeleton editor: for one person, one conversation, half an hour, once.

The secret part stands behind the `#`, which a browser never sends: not to us, nor to whoever is
named as the page that one came from. What previews a link fetches a page that is the same for all.
"""

import hmac
import os
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

KEY_BYTES, NONCE_BYTES, SIGN_BYTES = 32, 12, 32
LIFETIME = timedelta(minutes=30)
LONGEST = 200  # characters of a token
_HEAD = struct.Struct(">QI")  # whose, until when


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a signed address allows.

    Attributes:
        session: The conversation whose people may be moved.
        user_id: To whom.
        nonce: By which it is known to have been used.
        until: When it ends.
    """

    session: str
    user_id: int
    nonce: str
    until: datetime


class Links:
    """Signs addresses, and reads them back.

    Args:
        key: Whoever has it can open every editor.
        public: Where people reach this machine from outside; None where they do not.
    """

    def __init__(self, key: bytes, public: str | None) -> None:
        self._key = key
        self._public = public

    @property
    def is_safe(self) -> bool:
        """Whether nobody between reads what goes over the public address."""
        return self._public is not None and self._public.startswith("https:")

    def is_reached(self, *, here: bool) -> bool:
        """Whether anybody could follow an address; see `address`."""
        return here or self._public is not None

    def address(self, session: str, user_id: int, *, here: bool, now: datetime) -> str | None:
        """Return the address of the editor; None where nobody could reach it.

        Args:
            session: The conversation.
            user_id: Who may open it.
            here: Whether it is followed from a page of ours, and needs no machine's name.
            now: From when on it can be.
        """
        if not self.is_reached(here=here):
            return None
        page = "" if here else self._public
        return f"{page}/edit#{self.sign(session, user_id, now)}"

    def sign(self, session: str, user_id: int, now: datetime) -> str:
        """Write a token that `read` takes for `LIFETIME`."""
        until = int((now + LIFETIME).timestamp())
        body = _HEAD.pack(user_id, until) + secrets.token_bytes(NONCE_BYTES) + session.encode()
        return urlsafe_b64encode(body + self._signature(body)).decode().rstrip("=")

    def read(self, token: str, now: datetime) -> Grant | None:
        """Read a token; None for one that is altered, over, or not ours."""
        try:
            if len(token) > LONGEST or not token.isascii():
                return None
            whole = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            return None
        body, signature = whole[:-SIGN_BYTES], whole[-SIGN_BYTES:]
        least = _HEAD.size + NONCE_BYTES
        if len(body) <= least or not hmac.compare_digest(signature, self._signature(body)):
            return None
        user_id, until = _HEAD.unpack_from(body)
        if until <= now.timestamp():
            return None
        return Grant(
            session=body[least:].decode(),
            user_id=user_id,
            nonce=f"link:{body[_HEAD.size : least].hex()}",
            until=datetime.fromtimestamp(until, UTC),
        )

    def seal(self, told: str) -> str:
        """Sign a text that is told openly, so that nobody else makes one up."""
        return hmac.digest(self._key, b"toeframe seal\0" + told.encode(), sha256).hex()

    def is_sealed(self, told: str, seal: str) -> bool:
        """Whether `seal` gave this for that text."""
        return seal.isascii() and hmac.compare_digest(seal, self.seal(told))

    def _signature(self, body: bytes) -> bytes:
        return hmac.digest(self._key, b"toeframe editor link\0" + body, sha256)


def key_in(folder: Path) -> bytes:
    """Return a bot's own key; the first time it is made, for the bot's eyes alone."""
    file = folder / "key"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = file.read_bytes()
        if len(key) == KEY_BYTES:
            return key
        file.unlink()  # cut off by a full disk: addresses that were signed with it are over
        return key_in(folder)
    with os.fdopen(handle, "wb") as stream:
        key = secrets.token_bytes(KEY_BYTES)
        stream.write(key)
    return key
