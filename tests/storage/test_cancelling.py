"""A task that is cancelled at any moment leaves no transaction open behind it."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import Database, open_database

DEPTH = 12  # turns of the loop that a transaction takes, about


async def read_or_write(database: Database, *, writing: bool) -> None:
    async with database.writing() if writing else database.reading() as db:
        await db.execute(text("SELECT 1"))


@pytest.mark.parametrize("writing", [False, True], ids=["reading", "writing"])
async def test_a_cancelled_transaction_is_in_nobodys_way(tmp_path: Path, writing: bool):
    async with open_database(
        f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}", patience=0.5
    ) as database:
        for turns in [turns for turns in range(DEPTH) for _ in range(20)]:
            task = asyncio.create_task(read_or_write(database, writing=writing))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            await read_or_write(database, writing=True)
