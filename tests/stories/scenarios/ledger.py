"""What a bot has written down, read beside it: whether it is done, and what became of somebody."""

import hashlib
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LEFT_TO_DO = (
    "SELECT EXISTS (SELECT 1 FROM inbox WHERE handled_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM outbox WHERE sent_at IS NULL AND given_up_at IS NULL)"
    " OR EXISTS (SELECT 1 FROM sessions WHERE card_wanted > card_shown)"
)
_TO_PAINT = " OR EXISTS (SELECT 1 FROM jobs WHERE state IN ('queued', 'dispatched', 'running'))"
_LAST = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is written down about somebody; what is drawn by lot or by the clock is left out.

    Attributes:
        options: What their next conversation begins with.
        sessions: Their conversations with all versions, oldest first.
        jobs: What they ordered, and what became of it.
        pictures: Hashes of all stored pictures that their conversations need.
    """

    options: Any
    sessions: list[Any]
    jobs: list[Any]
    pictures: list[str]


class Ledger:
    """Reads a bot's database and store while it lives."""

    def __init__(self, data: Path) -> None:
        file = data / "toeframe.sqlite3"
        self._store = data / "pictures"
        self._database = sqlite3.connect(f"file:{file}?mode=ro", uri=True, check_same_thread=False)

    def close(self) -> None:
        self._database.close()

    @property
    def taken_in(self) -> int:
        """How many updates were ever taken in."""
        return self._number(_LAST, "inbox")

    @property
    def users(self) -> int:
        """The number of the user who came last."""
        return self._number(_LAST, "users")

    def is_quiet(self, *, painting: bool) -> bool:
        """Whether everything was handled, sent and shown; with `painting`, pictures may be due."""
        return not self._number(_LEFT_TO_DO if painting else _LEFT_TO_DO + _TO_PAINT)

    def account(self, after: int) -> Account:
        """Read about whoever came after a user."""
        found = self._rows(
            "SELECT s.id, s.state FROM sessions s JOIN users u ON u.id = s.user_id"
            " WHERE u.id > ? ORDER BY s.rowid",
            after,
        )
        names = {name: f"session {number}" for number, (name, _) in enumerate(found, start=1)}
        # Somebody with a page open is known again at once, and wishes nothing.
        options = self._rows("SELECT options FROM users WHERE id > ? AND options != '{}'", after)
        jobs = self._rows(
            "SELECT session_id, number, kind, state, params, error FROM jobs WHERE user_id > ?"
            " ORDER BY id",
            after,
        )
        return Account(
            options=[json.loads(text) for (text,) in options],
            sessions=[self._session(name, state, names) for name, state in found],
            jobs=[_renamed([*row[:4], json.loads(row[4]), row[5]], names) for row in jobs],
            pictures=sorted(self._picture(*row) for row in self._uses(after)),
        )

    def _session(self, name: str, state: str, names: dict[str, str]) -> Any:
        versions = self._rows(
            "SELECT number, parent, document FROM versions WHERE session_id = ? ORDER BY number",
            name,
        )
        told = [[number, parent, json.loads(text)] for number, parent, text in versions]
        return _renamed([json.loads(state), told], names)

    def _uses(self, after: int) -> list[tuple[str, int]]:
        return self._rows(
            "SELECT DISTINCT p.hash, p.is_photo FROM picture_uses p"
            " JOIN sessions s ON s.id = p.session_id WHERE s.user_id > ?",
            after,
        )

    def _picture(self, name: str, is_photo: int) -> str:
        """Read a picture back, so that its hash is that of what lies there."""
        file = self._store / "sha256" / name[:2] / name
        kind = "photo" if is_photo else "picture"
        return f"{kind} {hashlib.sha256(file.read_bytes()).hexdigest()}"

    def _number(self, asked: str, *values: Any) -> int:
        return self._rows(asked, *values)[0][0]

    def _rows(self, asked: str, *values: Any) -> list[Any]:
        return self._database.execute(asked, values).fetchall()


def _renamed(told: Any, names: dict[str, str]) -> Any:
    """Replace the names of conversations, which are drawn by lot."""
    text = json.dumps(told, sort_keys=True)
    for name, plain in names.items():
        text = text.replace(f'"{name}"', f'"{plain}"')
    return json.loads(text)
