"""Who opened a Mini App, as Telegram signs it.

Source: https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
"""

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

LONGEST = 8192  # characters; Telegram's have a few hundred
MOST_FIELDS = 24
OLDEST = timedelta(hours=1)
SKEW = timedelta(seconds=60)  # that clocks may differ by


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """A Mini App that somebody opened.

    Attributes:
        user: Telegram's id of that person.
        start: What the link that opened it carried, if there was one.
        nonce: By which it is known to have been used.
        until: When it ends.
    """

    user: str
    start: str | None
    nonce: str
    until: datetime


def launched(init_data: str, token: str, now: datetime) -> Launched | None:
    """Read a Mini App's `initData`; None for one that is altered, over, or of another bot.

    Args:
        init_data: The query string that Telegram handed to the page.
        token: Of the bot.
        now: For its age.
    """
    told = _fields(init_data)
    if told is None or not _is_signed(told, token):
        return None
    at = _moment(told.get("auth_date", ""))
    user = _user(told.get("user", ""))
    if at is None or user is None or not now - OLDEST <= at <= now + SKEW:
        return None
    nonce = sha256(told["hash"].encode()).hexdigest()
    return Launched(
        user=user, start=told.get("start_param"), nonce=f"app:{nonce}", until=at + OLDEST + SKEW
    )


def _fields(init_data: str) -> dict[str, str] | None:
    if len(init_data) > LONGEST:
        return None
    try:
        pairs = parse_qsl(
            init_data,
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        return None
    told = dict(pairs)
    return told if len(told) == len(pairs) else None  # the same field twice


def _is_signed(told: dict[str, str], token: str) -> bool:
    """Compare the hash; `signature`, which others check Telegram by, is among what is signed."""
    lines = (f"{name}={told[name]}" for name in sorted(told.keys() - {"hash"}))
    key = hmac.digest(b"WebAppData", token.encode(), sha256)
    expected = hmac.new(key, "\n".join(lines).encode("utf-8", "replace"), sha256).hexdigest()
    given = told.get("hash", "")
    return given.isascii() and hmac.compare_digest(given, expected)


def _moment(told: str) -> datetime | None:
    if not (told.isascii() and told.isdigit() and len(told) <= 11):
        return None
    return datetime.fromtimestamp(int(told), UTC)


def _user(told: str) -> str | None:
    try:
        user: Any = json.loads(told)
        known = user["id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return str(known) if isinstance(known, int) and not isinstance(known, bool) else None
