"""Opens the database and gives transactions. All that only SQLite needs is here."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from operator import methodcaller
from typing import Any, cast

from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from storage import driver
from storage.columns import Base
from storage.migrations import upgrade

PATIENCE = 5.0  # seconds that a transaction waits for another program's

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_BROKEN = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)


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

    async def tidy(self) -> None:
        """Have nothing of what was deleted be left in the database's files.

        Raises:
            StorageError: The database is locked or full; nothing is lost by that.
        """
        if self._writer.dialect.name != "sqlite":
            return
        async with self._turn, self._writer.connect() as connection:
            known = cast("Any", (await connection.get_raw_connection()).driver_connection)
            try:
                await known.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as error:
                raise _named(error) from error


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
    address = make_url(url)
    await _migrate(address, patience)
    engine = _engine(address, patience)
    try:
        yield Database(engine)
    finally:
        await engine.dispose()


def _engine(address: URL, patience: float) -> AsyncEngine:
    if address.get_backend_name() == "sqlite":
        connect = partial(driver.connect_async, address.database or "", patience)
        engine = create_async_engine(address, async_creator=connect, pool_reset_on_return=None)
        event.listen(engine.sync_engine, "begin", _begin)
        event.listen(engine.sync_engine, "reset", _roll_back)
    else:
        engine = create_async_engine(address)
    event.listen(engine.sync_engine, "handle_error", _name_error)
    return engine


async def _migrate(address: URL, patience: float) -> None:
    try:
        if address.get_backend_name() == "sqlite":
            await asyncio.to_thread(_migrate_sqlite, address, patience)
        else:
            async with _engine(address, patience).begin() as connection:
                await connection.run_sync(upgrade)
    except CommandError as error:
        raise StorageError(f"the database cannot be brought up to date: {error}") from error


def _migrate_sqlite(address: URL, patience: float) -> None:
    """Take the steps in one transaction, computing for longer than the loop has time for."""
    with sqlite_engine(address, patience).begin() as connection:
        upgrade(connection)


def sqlite_engine(address: URL, patience: float) -> Engine:
    """Return what takes steps: one may copy a table and drop the old one, but no row with it."""
    connect = partial(driver.connect, address.database or "", patience, foreign_keys=False)
    engine = create_engine(address.set(drivername="sqlite"), creator=connect, poolclass=NullPool)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _name_error)
    return engine


async def insert_new(db: AsyncSession, row: type[Base], values: Mapping[str, Any]) -> Any:
    """Insert a row and return its key, or None where a unique column says that it is there."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(row).values(**values).on_conflict_do_nothing()
    key = next(iter(row.__table__.primary_key))
    return (await db.execute(statement.returning(key))).scalar()


def _begin(connection: Connection) -> None:
    # A transaction that reads first and then writes could find that another wrote meanwhile.
    writing = connection.get_execution_options().get("writing", True)
    begin = methodcaller("execute", "BEGIN IMMEDIATE" if writing else "BEGIN")
    known = cast("Any", connection.connection.dbapi_connection)
    try:
        known.run_async(begin) if connection.dialect.is_async else begin(known)
    except sqlite3.Error as error:
        raise _named(error) from error
    except asyncio.CancelledError:
        # SQLite's thread may begin it all the same, when somebody else has got the connection.
        connection.invalidate()
        raise


def _roll_back(connection: DBAPIConnection, *_: object) -> None:
    if cast("Any", connection).driver_connection.in_transaction:
        connection.rollback()


def _name_error(context: ExceptionContext) -> BaseException | None:
    named = _named(context.original_exception)
    return None if named is context.original_exception else named


def _named(error: BaseException) -> BaseException:
    """Return our name for an error of SQLite itself, not of what it was asked."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY:
        return StorageBusy(str(error))
    if code == sqlite3.SQLITE_FULL:
        return StorageFull(str(error))
    return StorageError(str(error)) if code in _BROKEN else error
