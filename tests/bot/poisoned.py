"""A program whose engine kills it at one of two jobs: run it until it ends by itself."""

import asyncio
import sys
from pathlib import Path

from pipeline.jobs import PrepareJob
from storage import jobs
from storage.database import open_database
from tests.bot.fakes import FakeEngine
from tests.bot.test_dispatch import Shop

POISON = "poison"


def poisoned() -> FakeEngine:
    engine = FakeEngine()

    def look(job: object) -> None:
        engine.dies = isinstance(job, PrepareJob) and job.caption == POISON

    engine.began = look
    return engine


async def main(folder: Path) -> None:
    async with open_database(f"sqlite+aiosqlite:///{folder}/bot.db") as database:
        shop = Shop(database, folder)
        shop.engine = poisoned()
        async with shop.open():
            while await open_jobs(shop):
                shop.diary.more.clear()
                await shop.diary.more.wait()


async def open_jobs(shop: Shop) -> bool:
    async with shop.database.reading() as db:
        return bool(await jobs.in_flight(db) or await jobs.waiting(db))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
