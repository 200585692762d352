import asyncio
import logging
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Inspector, String, event, inspect, make_url, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Engine
from sqlalchemy.schema import CreateIndex, CreateTable

from storage import sessions
from storage.columns import Base
from storage.database import StorageError, open_database, sqlite_engine
from storage.migrations import config_for, upgrade
from storage.models import SessionRow, UserRow
from tests.storage.conftest import url_of
from tests.storage.rows import begin, count, somebody, version

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def connected(file: Path) -> Generator[Connection]:
    """Give a transaction in which steps are taken."""
    with sqlite_engine(make_url(url_of(file)), 1).begin() as connection:
        yield connection


def shape(inspector: Inspector) -> dict[str, Any]:
    """Tell all that there is to tell of a database's tables, in no order."""
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table)
            },
            "key": inspector.get_pk_constraint(table),
            "refers": in_no_order(inspector.get_foreign_keys(table)),
            "unique": in_no_order(inspector.get_unique_constraints(table)),
            "checks": in_no_order(inspector.get_check_constraints(table)),
            "indexes": in_no_order(
                {**index, "dialect_options": plainly(index.get("dialect_options", {}))}
                for index in inspector.get_indexes(table)
            ),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def plainly(options: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in options.items()}


def in_no_order(things: Any) -> list[str]:
    return sorted(str(sorted(thing.items())) for thing in things)


def test_the_steps_lead_to_the_tables_as_they_are_written_down(empty: Path, tmp_path: Path):
    with connected(tmp_path / "models.db") as other:
        Base.metadata.create_all(other)
        expected = shape(inspect(other))
    with connected(empty) as connection:
        assert shape(inspect(connection)) == expected
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_difference_between_steps_and_tables_is_seen(empty: Path):
    with connected(empty) as connection:
        before = shape(inspect(connection))
        with Operations(MigrationContext.configure(connection)).batch_alter_table("users") as batch:
            batch.alter_column("language", existing_type=String(), nullable=False)
        assert shape(inspect(connection)) != before
        connection.rollback()


def test_numbers_of_rows_are_never_given_twice_in_either(empty: Path, tmp_path: Path):
    with connected(tmp_path / "models.db") as other:
        Base.metadata.create_all(other)
        expected = counting_tables(other)
    with connected(empty) as connection:
        assert counting_tables(connection) == expected
    assert {"chats", "inbox", "jobs", "outbox", "users"} <= expected


def counting_tables(connection: Connection) -> set[str]:
    counting = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
    return set(connection.execute(text(counting)).scalars())


def test_there_is_one_way_and_every_step_can_be_taken_back(empty: Path):
    with connected(empty) as connection:
        script = ScriptDirectory.from_config(config_for(connection))
        assert len(script.get_heads()) == 1
        for step in script.walk_revisions():
            assert callable(step.module.upgrade)
            assert callable(step.module.downgrade)


def test_the_steps_are_part_of_the_package():
    folder = resources.files("storage.migrations")
    assert folder.joinpath("env.py").is_file()
    assert folder.joinpath("versions", "__init__.py").is_file()


async def test_a_database_is_opened_twice_with_what_is_in_it(tmp_path: Path):
    file = tmp_path / "new.db"
    for _ in range(2):
        async with open_database(url_of(file)) as database, database.writing() as db:
            await somebody(db)
            assert await count(db, UserRow) == [1]


async def test_opening_a_database_leaves_logging_alone(tmp_path: Path):
    def setting() -> tuple[Any, ...]:
        root, alembic = logging.getLogger(), logging.getLogger("alembic")
        return (*root.handlers, root.level, *alembic.handlers, alembic.level, alembic.disabled)

    before = setting()
    async with open_database(url_of(tmp_path / "new.db")):
        assert setting() == before


async def test_a_database_of_a_newer_program_is_left_alone(file: Path):
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="9999"):
        async with open_database(url_of(file)):
            pass


async def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path):
    file = tmp_path / "new.db"

    def fail(_: Connection, __: Any, statement: str, *more: Any) -> None:
        if "CREATE TABLE versions" in statement:
            raise OSError("the power fails")

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(OSError, match="the power fails"):
            async with open_database(url_of(file)):
                pass
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == []
    async with open_database(url_of(file)) as database, database.reading() as db:
        assert await count(db, UserRow) == [0]


async def test_a_table_that_is_copied_by_a_step_takes_no_rows_with_it(file: Path):
    """SQLite cannot alter much of a table, so that Alembic copies it and drops the old one."""
    async with open_database(url_of(file)) as database, database.writing() as db:
        await begin(db, await somebody(db), "aaaaaaaa", version(1))
    await asyncio.to_thread(copy_people, file)
    async with open_database(url_of(file)) as database, database.reading() as db:
        assert await count(db, UserRow, SessionRow) == [1, 1]
        saved = await sessions.load(db, "aaaaaaaa")
    assert saved is not None
    assert saved.state["state"]["versions"] == [version(1)]


def copy_people(file: Path) -> None:
    with connected(file) as connection:
        steps = Operations(MigrationContext.configure(connection))
        with steps.batch_alter_table("users", recreate="always") as batch:
            batch.alter_column("language", existing_type=String(), nullable=True)


async def test_a_step_that_would_leave_rows_astray_is_not_taken(tmp_path: Path):
    file = tmp_path / "new.db"

    def lead_astray(connection: Connection, _: Any, statement: str, *more: Any) -> None:
        if statement.startswith("PRAGMA foreign_key_check"):
            connection.exec_driver_sql("INSERT INTO cards VALUES (7, 'message', 'nowhere')")

    event.listen(Engine, "before_cursor_execute", lead_astray)
    try:
        with pytest.raises(StorageError, match="2 rows would refer to none"):
            async with open_database(url_of(file)):
                pass
    finally:
        event.remove(Engine, "before_cursor_execute", lead_astray)
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == []


def test_taking_all_steps_again_changes_nothing(empty: Path):
    with connected(empty) as connection:
        before = shape(inspect(connection))
        upgrade(connection)
        assert shape(inspect(connection)) == before


def test_the_next_step_is_written_from_what_was_changed(tmp_path: Path):
    shutil.copytree(ROOT / "storage", tmp_path / "storage")
    models = tmp_path / "storage" / "models.py"
    models.write_text(models.read_text().replace("worker: Mapped", "place: Mapped", 1))
    command = [sys.executable, "-m", "storage.migrations", "Rename", "it"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    known = len(list((ROOT / "storage" / "migrations" / "versions").glob("0*.py")))
    (step,) = (tmp_path / "storage" / "migrations" / "versions").glob("*_rename_it.py")
    assert step.name == f"{known + 1:04}_rename_it.py"
    assert "add_column(sa.Column('place'" in step.read_text()
    assert "drop_column('worker')" in step.read_text()


def test_the_tables_are_the_same_on_postgresql_with_its_own_types():
    dialect = postgresql.dialect()
    told = {
        table.name: str(CreateTable(table).compile(dialect=dialect))
        for table in Base.metadata.sorted_tables
    }
    assert "id BIGSERIAL NOT NULL" in told["jobs"]
    assert "params JSONB NOT NULL" in told["jobs"]
    assert "created_at TIMESTAMP WITH TIME ZONE NOT NULL" in told["jobs"]
    assert "CONSTRAINT ck_jobs_state CHECK" in told["jobs"]
    assert "DEFERRABLE INITIALLY DEFERRED" in told["inbox"]
    indexes = [index for table in Base.metadata.sorted_tables for index in table.indexes]
    made = {str(index.name): str(CreateIndex(index).compile(dialect=dialect)) for index in indexes}
    assert made["ix_sessions_wanting"].endswith("WHERE card_wanted > card_shown")
