"""Opens the database and gives transactions. All that only SQLite needs is here."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from operator import methodcaller
from typing import Any, cast

from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from storage.columns import Base
from storage.migrations import upgrade

PATIENCE = 5.0  # seconds that a transaction waits for another program's

# NORMAL would lose the last commits when the power fails, and with them photos.
_PRAGMAS: Mapping[str, str] = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "secure_delete": "ON",
}
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
            driver = cast("Any", (await connection.get_raw_connection()).driver_connection)
            try:
                await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
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
        engine = create_async_engine(address, pool_reset_on_return=None)
        _prepare_sqlite(engine.sync_engine, patience)
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
    engine = create_engine(address.set(drivername="sqlite"), poolclass=NullPool)
    # A step may copy a table and drop the old one; no row may go with it that refers to it.
    _prepare_sqlite(engine, patience, foreign_keys=False)
    event.listen(engine, "handle_error", _name_error)
    with engine.begin() as connection:
        upgrade(connection)


async def insert_new(db: AsyncSession, row: type[Base], values: Mapping[str, Any]) -> Any:
    """Insert a row and return its key, or None where a unique column says that it is there."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(row).values(**values).on_conflict_do_nothing()
    key = next(iter(row.__table__.primary_key))
    return (await db.execute(statement.returning(key))).scalar()


def _prepare_sqlite(engine: Engine, patience: float, *, foreign_keys: bool = True) -> None:
    pragmas = {
        "busy_timeout": round(patience * 1000),
        **_PRAGMAS,
        "foreign_keys": int(foreign_keys),
    }

    def connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver's own BEGIN comes too late: not before the first change.
        cast("Any", connection).isolation_level = None
        cursor = connection.cursor()
        for name, value in pragmas.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", _begin)


def _begin(connection: Connection) -> None:
    # A transaction that reads first and then writes could find that another wrote meanwhile.
    writing = connection.get_execution_options().get("writing", True)
    begin = methodcaller("execute", "BEGIN IMMEDIATE" if writing else "BEGIN")
    driver = cast("Any", connection.connection.dbapi_connection)
    try:  # past SQLAlchemy's cursors, each step of which would be a step of another thread
        driver.run_async(begin) if connection.dialect.is_async else begin(driver)
    except sqlite3.Error as error:
        raise _named(error) from error


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
