import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from storage.database import (
    Database,
    StorageBusy,
    StorageError,
    StorageFull,
    insert_new,
    open_database,
)
from storage.models import ForgottenRow, InboxRow, JobRow, StatRow
from tests.storage.conftest import url_of
from tests.storage.rows import begin, count, job_of, somebody

WRITERS = 12
ROUNDS = 5


async def total(database: Database) -> float | None:
    async with database.reading() as db:
        return await db.scalar(select(StatRow.step_seconds))


async def add_one(database: Database) -> None:
    """Read, wait, and write: what would lose a change if another did so at the same time."""
    async with database.writing() as db:
        seen = (await db.scalars(select(StatRow.step_seconds))).one()
        await asyncio.sleep(0)
        await db.execute(update(StatRow).values(step_seconds=seen + 1))


async def start_counting(database: Database) -> None:
    async with database.writing() as db:
        await db.execute(insert(StatRow).values(kind="prepare", step_seconds=0))


async def test_what_is_written_is_there_after_opening_again(file: Path):
    async with open_database(url_of(file)) as database:
        await start_counting(database)
    async with open_database(url_of(file)) as database:
        assert await total(database) == 0


async def test_an_error_undoes_all_of_a_transaction(database: Database):
    await start_counting(database)

    async def write_twice() -> None:
        async with database.writing() as db:
            await db.execute(update(StatRow).values(step_seconds=7))
            await db.execute(insert(StatRow).values(kind="prepare", step_seconds=8))

    with pytest.raises(IntegrityError):
        await write_twice()
    assert await total(database) == 0


async def test_who_is_cancelled_leaves_nothing_behind_and_blocks_nobody(database: Database):
    await start_counting(database)
    inside = asyncio.Event()

    async def write_for_ever() -> None:
        async with database.writing() as db:
            await db.execute(update(StatRow).values(step_seconds=7))
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(write_for_ever())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await add_one(database)
    assert await total(database) == 1


async def test_writers_take_turns_and_lose_nothing(database: Database):
    await start_counting(database)
    await asyncio.gather(*(add_one(database) for _ in range(WRITERS * ROUNDS)))
    assert await total(database) == WRITERS * ROUNDS


async def test_two_programs_on_one_database_lose_nothing(database: Database, file: Path):
    await start_counting(database)
    async with open_database(url_of(file)) as other:
        both = (database, other) * ROUNDS
        await asyncio.gather(*(add_one(one) for one in both))
    assert await total(database) == len(both)


async def test_a_reader_sees_one_moment_while_others_write(database: Database):
    await start_counting(database)
    async with database.reading() as db:
        before = await db.scalar(select(StatRow.step_seconds))
        await add_one(database)
        assert (before, await db.scalar(select(StatRow.step_seconds))) == (0, 0)
    assert await total(database) == 1


async def test_a_database_that_another_program_holds_is_busy_and_nothing_is_written(file: Path):
    async with open_database(url_of(file), patience=0.05) as database:
        await start_counting(database)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageBusy, match="locked"):
                await add_one(database)
            assert await total(database) == 0
            other.execute("ROLLBACK")
        await add_one(database)
        assert await total(database) == 1


async def test_a_full_database_takes_in_nothing_by_half_and_goes_on_later(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        pages = (await db.execute(text("PRAGMA page_count"))).scalar_one()
        await db.execute(text(f"PRAGMA max_page_count={pages + 10}"))

    async def take_in(number: int) -> None:
        async with database.writing() as db:
            payload = {"large": "x" * 9000}
            await db.execute(insert(InboxRow).values(source=f"update {number}", payload=payload))
            await begin(db, who, f"session{number}", {"number": 1, "large": "x" * 9000})

    async def take_in_more() -> None:
        for number in range(100):
            await take_in(number)

    with pytest.raises(StorageFull, match="full"):
        await take_in_more()
    async with database.reading() as db:
        found = set(await db.scalars(select(InboxRow.source)))
        begun = (await db.execute(text("SELECT id FROM sessions"))).scalars().all()
    taken = len(begun)
    assert 0 < taken < 100
    assert found == {f"update {number}" for number in range(taken)}
    assert set(begun) == {f"session{number}" for number in range(taken)}
    async with database.writing() as db:
        await db.execute(text("PRAGMA max_page_count=100000"))
    await take_in(taken)


@pytest.mark.parametrize("content", [b"no database, but long enough to be read as one" * 99])
async def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path, content: bytes):
    file = tmp_path / "toeframe.db"
    file.write_bytes(content)
    with pytest.raises(StorageError, match="not a database"):
        async with open_database(url_of(file)):
            pass


async def test_a_folder_that_is_not_there_is_an_error_of_storage(tmp_path: Path):
    with pytest.raises(StorageError, match="unable to open"):
        async with open_database(url_of(tmp_path / "nowhere" / "toeframe.db")):
            pass


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
        ("secure_delete", 1),
    ],
)
async def test_every_connection_is_set_up_to_lose_nothing(
    database: Database, name: str, value: Any
):
    async with database.reading() as first, database.reading() as second:
        for db in (first, second):
            assert (await db.execute(text(f"PRAGMA {name}"))).scalar_one() == value


async def test_moments_come_back_with_their_time_zone(database: Database):
    seoul = datetime(2026, 11, 25, 9, 30, 0, 5, tzinfo=timezone(timedelta(hours=9)))
    async with database.writing() as db:
        await db.execute(insert(ForgottenRow).values(user_hash="x", orders=0, at=seoul))
        found = (await db.scalars(select(ForgottenRow.at))).one()
        earlier = select(ForgottenRow.id).where(
            ForgottenRow.at < datetime(2026, 11, 25, 1, tzinfo=UTC)
        )
        assert (await db.scalars(earlier)).all() == [1]
    assert (found, found.tzinfo) == (seoul, UTC)


async def test_a_moment_without_time_zone_is_refused(database: Database):
    naive = datetime(2026, 11, 25, 9, 30)  # noqa: DTZ001
    with pytest.raises(StatementError, match="has no time zone"):
        async with database.writing() as db:
            await db.execute(insert(ForgottenRow).values(user_hash="x", orders=0, at=naive))


async def test_a_row_that_is_there_already_is_not_written_again(database: Database):
    async with database.writing() as db:
        assert await insert_new(db, StatRow, {"kind": "prepare", "step_seconds": 1}) == "prepare"
        assert await insert_new(db, StatRow, {"kind": "prepare", "step_seconds": 2}) is None
    assert await total(database) == 1


async def test_a_job_is_in_a_state_that_is_known(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        await begin(db, who, "aaaaaaaa")
        job = job_of(who, "aaaaaaaa")
        with pytest.raises(IntegrityError, match="ck_jobs_state"):
            await db.execute(insert(JobRow).values(**job, state="lost"))


async def test_the_number_of_a_deleted_job_is_not_given_again(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        await begin(db, who, "aaaaaaaa")
        job = job_of(who, "aaaaaaaa")
        first = await db.scalar(insert(JobRow).values(**job).returning(JobRow.id))
        await db.execute(text("DELETE FROM jobs"))
        assert await count(db, JobRow) == [0]
        second = await db.scalar(insert(JobRow).values(**job).returning(JobRow.id))
    assert (first, second) == (1, 2)


async def test_deleted_words_are_not_left_in_the_files(database: Database, file: Path):
    words = "a very private caption"
    async with database.writing() as db:
        who = await somebody(db)
        await begin(db, who, "aaaaaaaa", {"number": 1, "caption": words})
    await database.tidy()
    assert words.encode() in everything(file)
    async with database.writing() as db:
        await db.execute(text("DELETE FROM users"))
    await database.tidy()
    assert words.encode() not in everything(file)


def everything(file: Path) -> bytes:
    return b"".join(one.read_bytes() for one in file.parent.iterdir())
