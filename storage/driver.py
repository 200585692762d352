"""SQLite's connections, set up to lose nothing, and asked in as few steps as can be."""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

import aiosqlite

# NORMAL would lose the last commits when the power fails, and with them photos.
PRAGMAS: Mapping[str, str] = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "secure_delete": "ON",
}


def connect(file: str, patience: float, *, foreign_keys: bool = True) -> sqlite3.Connection:
    """Open a database that begins transactions only when it is told to."""
    connection = sqlite3.connect(file, timeout=patience, isolation_level=None)
    try:
        for name, value in {**PRAGMAS, "foreign_keys": int(foreign_keys)}.items():
            connection.execute(f"PRAGMA {name}={value}").close()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


async def connect_async(file: str, patience: float) -> aiosqlite.Connection:
    """Open a database that another thread works on."""
    return await Connection(partial(connect, file, patience), 0)


class Connection(aiosqlite.Connection):
    """Takes a statement to its thread and back once, where aiosqlite does so four times.

    Each time waits for the interpreter's lock, which a model that runs in this process holds often.
    """

    def cursor(self, *_: Any) -> Any:
        return Cursor(self)

    async def ask(self, method: str, statement: str, parameters: Any) -> "Answer":
        untyped = cast("Any", self)
        return await untyped._execute(Answer, self._conn, method, statement, parameters)


class Answer:
    """All that a statement gives."""

    __slots__ = ("description", "lastrowid", "rowcount", "rows")

    def __init__(
        self, connection: sqlite3.Connection, method: str, statement: str, parameters: Any
    ) -> None:
        cursor = connection.cursor()
        try:
            getattr(cursor, method)(statement, parameters)
            self.rows = cursor.fetchall()
            self.description = cursor.description
            self.lastrowid = cursor.lastrowid
            self.rowcount = cursor.rowcount
        finally:
            cursor.close()


class Cursor:
    """What SQLAlchemy uses of a cursor, over an answer that is there."""

    __slots__ = ("_connection", "arraysize", "description", "lastrowid", "rowcount", "rows")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.arraysize = 1
        self.description: Any = None
        self.lastrowid: int | None = None
        self.rowcount = -1
        self.rows: Sequence[Any] = ()

    async def __aenter__(self) -> "Cursor":
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> None:
        self._take(await self._connection.ask("execute", statement, parameters))

    async def executemany(self, statement: str, parameters: Any) -> None:
        self._take(await self._connection.ask("executemany", statement, parameters))

    async def fetchall(self) -> Sequence[Any]:
        return self.rows

    async def close(self) -> None:
        self.rows = ()

    def _take(self, answer: Answer) -> None:
        self.rows, self.description = answer.rows, answer.description
        self.lastrowid, self.rowcount = answer.lastrowid, answer.rowcount
