"""Writes to a database until it is killed: run as a program by test_kill.py.

Each transaction is a session, its version and an update; its number is printed once it is kept.
"""

import asyncio
import sys

from storage import inbox
from storage.database import open_database
from tests.storage.rows import begin, somebody, version

LARGE = (
    "x" * 300_000
)  # more than SQLite keeps in memory, so that half a transaction is in its files


async def main(url: str, stop_inside: bool) -> None:
    async with open_database(url) as database:
        number = 0
        while True:
            async with database.writing() as db:
                who = await somebody(db)
                session = f"session{number}"
                await inbox.receive(db, str(number))
                versions = [version(one, large=LARGE) for one in range(1, 12 if stop_inside else 2)]
                await begin(db, who, session, *versions)
                if stop_inside and number == 2:
                    sys.stdout.write("inside\n")
                    sys.stdout.flush()
                    await asyncio.sleep(60)
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
            number += 1


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2] == "inside"))
