"""A program that is killed, whenever that is, leaves a sound database with nothing by half."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.storage.conftest import url_of

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def writer(file: Path, how: str) -> Generator[subprocess.Popen[str]]:
    """Run a program that writes, and kill it at the end."""
    command = [sys.executable, "-m", "tests.storage.writing_for_ever", url_of(file), how]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    assert any(said.strip() == line for said in process.stdout)


def kept(file: Path) -> list[int]:
    """Return the numbers of the transactions that are there, each in all of its tables."""
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        updates = {int(row[0]) for row in connection.execute("SELECT source FROM inbox")}
        for table, name in (("sessions", "id"), ("versions", "session_id")):
            rows = connection.execute(f"SELECT {name} FROM {table}")
            assert {int(row[0].removeprefix("session")) for row in rows} == updates
    return sorted(updates)


def test_who_is_killed_in_the_middle_of_a_transaction_has_not_written_it(file: Path):
    with writer(file, "inside") as process:
        read_until(process, "inside")
    assert file.with_name("toeframe.db-wal").stat().st_size > 0
    assert kept(file) == [0, 1]


@pytest.mark.parametrize("seconds", [0.0, 0.013, 0.029])
def test_what_was_kept_before_the_kill_is_there_and_nothing_by_half(file: Path, seconds: float):
    with writer(file, "anywhere") as process:
        read_until(process, "5")
        time.sleep(seconds)
        process.kill()
        assert process.stdout is not None
        said = [5, *(int(line) for line in process.stdout if line.endswith("\n"))]
    found = kept(file)
    assert found == list(range(len(found)))
    assert len(found) - 1 in (said[-1], said[-1] + 1)
