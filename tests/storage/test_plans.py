"""How SQLite finds what is asked for often: by an index, not by reading a whole table."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncSession

from storage import inbox, jobs, outbox, people, pictures, retention, sessions
from storage.database import Database
from tests.storage.rows import NOW, begin, somebody, state, version

NAME = "aaaaaaaa"
Asked = list[tuple[str, Any]]

QUESTIONS: dict[str, Callable[[AsyncSession], Awaitable[Any]]] = {
    "meet": lambda db: people.meet(db, "telegram", "1", "ko"),
    "place": lambda db: people.place(db, "telegram", "1", None, False),
    "address": lambda db: people.address(db, 1),
    "orders_since": lambda db: people.orders_since(db, 1, NOW),
    "active_jobs": lambda db: people.active_jobs(db, 1),
    "receive": lambda db: inbox.receive(db, "a"),
    "pending": lambda db: inbox.pending(db, NOW),
    "handled": lambda db: inbox.handled(db, 1),
    "load": lambda db: sessions.load(db, NAME),
    "save": lambda db: sessions.save(db, NAME, state(version(1, page="x"), version(2))),
    "latest": lambda db: sessions.latest(db, 1, 1),
    "by_message": lambda db: sessions.by_message(db, 1, "m1"),
    "want_card": lambda db: sessions.want_card(db, NAME),
    "wanting": lambda db: sessions.wanting(db),
    "wanting here": lambda db: sessions.wanting(db, 1),
    "showing": lambda db: sessions.showing(db, NAME, "m1"),
    "due": lambda db: outbox.due(db, NOW),
    "due here": lambda db: outbox.due(db, NOW, 1),
    "doubtful": lambda db: outbox.doubtful(db),
    "sent": lambda db: outbox.sent(db, 1, "m1"),
    "use": lambda db: pictures.use(db, NAME, {"0" * 64}),
    "known": lambda db: pictures.known(db, "00"),
    "job": lambda db: jobs.by_session(db, NAME, 1),
    "in flight": lambda db: jobs.in_flight(db),
    "old sessions": lambda db: retention._old_sessions(db, NOW),
}


@asynccontextmanager
async def asking() -> AsyncGenerator[Asked]:
    asked: Asked = []

    def note(_: Connection, __: Any, statement: str, parameters: Any, *more: Any) -> None:
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def plan_of(db: AsyncSession, asked: Asked) -> list[str]:
    connection = await db.connection()
    lines: list[str] = []
    for statement, parameters in asked:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            lines += plan.scalars("detail")
    return lines


async def plan_for(database: Database, ask: Callable[[AsyncSession], Awaitable[Any]]) -> list[str]:
    async with database.writing() as db:
        await begin(db, await somebody(db), NAME, version(1))
        async with asking() as asked:
            await ask(db)
        assert asked
        return await plan_of(db, asked)


def reads_a_whole_table(line: str) -> bool:
    """Whether a step of a plan looks at every row of a table; a partial index holds few."""
    scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", line)
    return scan is not None and scan[2] not in ("ix_sessions_wanting", "ix_outbox_due")


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
async def test_what_is_asked_often_is_found_by_an_index(
    database: Database, ask: Callable[[AsyncSession], Awaitable[Any]]
):
    plan = await plan_for(database, ask)
    assert [line for line in plan if reads_a_whole_table(line)] == []


async def test_a_question_without_an_index_is_seen(database: Database):
    plan = await plan_for(database, lambda db: inbox.purge(db, NOW))
    assert [line for line in plan if reads_a_whole_table(line)] == ["SCAN inbox"]


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        ("wanting", "ix_sessions_wanting"),
        ("latest", "ix_sessions_latest"),
        ("due", "ix_outbox_due"),
        ("pending", "ix_inbox_pending"),
        ("in flight", "ix_jobs_order"),
    ],
)
async def test_what_is_open_is_found_among_the_open_and_in_order(
    database: Database, ask: str, index: str
):
    plan = await plan_for(database, QUESTIONS[ask])
    assert any(index in line for line in plan)
    if ask != "in flight":
        assert [line for line in plan if "TEMP B-TREE" in line] == []


async def test_the_next_job_is_picked_without_reading_jobs_that_are_over(database: Database):
    plan = await plan_for(database, lambda db: jobs.pick(db, 1, NOW))
    found = [line for line in plan if re.match(r"(SCAN|SEARCH) jobs", line)]
    assert found
    others = [line for line in found if "USING COVERING INDEX ix_jobs_served" not in line]
    assert all("ix_jobs_order (state=?" in line for line in others)
