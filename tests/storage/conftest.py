"""A database of its own for each test, brought up to date once."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from storage.database import Database, open_database


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database's file with all tables and no rows."""
    file = tmp_path_factory.mktemp("empty") / "toeframe.db"

    async def make() -> None:
        async with open_database(url_of(file)):
            pass

    asyncio.run(make())
    return file


@pytest.fixture
def file(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(empty, tmp_path / "toeframe.db"))


@pytest.fixture
async def database(file: Path) -> AsyncGenerator[Database]:
    async with open_database(url_of(file)) as database:
        yield database


def url_of(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"
