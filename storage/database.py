"""Opens the database and gives transactions. All that only SQLite needs is here."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

from sqlalchemy import Connection, ExceptionContext, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage.columns import Base

PATIENCE = 5.0  # seconds that a transaction waits for another program's

# NORMAL would lose the last commits when the power fails, and with them photos.
_PRAGMAS: Mapping[str, str] = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "secure_delete": "ON",
}
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class StorageError(Exception):
    """The database cannot do it now; nothing was written."""


class StorageBusy(StorageError):
    """Another program holds the database for too long."""


class StorageFull(StorageError):
    """There is no room for more."""


class Database:
    """Transactions, of which one at a time writes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reader = engine.execution_options(writing=False)
        self._writer = engine.execution_options(writing=True)
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncSession, None]:
        """Give a transaction that is committed at the end, or rolled back at an error.

        Raises:
            StorageError: The database is locked or full; nothing was written.
        """
        async with self._turn, _transaction(self._writer) as db:
            yield db

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession, None]:
        """Give a transaction that sees the database as it is now, whoever writes meanwhile.

        Raises:
            StorageBusy: The database is locked.
        """
        async with _transaction(self._reader) as db:
            yield db


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncGenerator[AsyncSession, None]:
    try:
        async with AsyncSession(engine, expire_on_commit=False) as db, db.begin():
            yield db
    except PoolTimeout as error:
        raise StorageBusy("all connections are in use") from error


@asynccontextmanager
async def open_database(url: str, *, patience: float = PATIENCE) -> AsyncGenerator[Database, None]:
    """Open a database, brought up to date first.

    Args:
        url: SQLAlchemy's, such as `sqlite+aiosqlite:///folder/toeframe.db`.
        patience: Seconds that a transaction waits for another program's.
    """
    engine = create_async_engine(url)
    event.listen(engine.sync_engine, "handle_error", _name_error)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, patience)
    try:
        async with engine.execution_options(writing=True).begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield Database(engine)
    finally:
        await engine.dispose()


async def insert_new(db: AsyncSession, row: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert a row unless a unique column says that it is there; tell whether it was new."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(row).values(**values).on_conflict_do_nothing()
    first = next(iter(row.__table__.primary_key))
    return (await db.execute(statement.returning(first))).first() is not None


def _prepare_sqlite(engine: AsyncEngine, patience: float) -> None:
    pragmas = {**_PRAGMAS, "busy_timeout": str(round(patience * 1000))}

    def connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver's own BEGIN comes too late: not before the first change.
        cast("Any", connection).isolation_level = None
        cursor = connection.cursor()
        for name, value in pragmas.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    def begun(connection: Connection) -> None:
        # A transaction that reads first and then writes could find that another wrote meanwhile.
        writing = connection.get_execution_options().get("writing", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)


def _name_error(context: ExceptionContext) -> None:
    """Turn a driver's error into ours, where it is one of those that pass."""
    error = context.original_exception
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY:
        raise StorageBusy(str(error)) from error
    if code == sqlite3.SQLITE_FULL:
        raise StorageFull(str(error)) from error
