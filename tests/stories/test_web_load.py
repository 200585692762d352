"""Many web chats at once, for long: nothing is lost, and a nudge is seen soon.

`CHATS` and `SECONDS` in the environment say how many and how long; the figure that README names is
that of 200 chats and 600 seconds.
"""

import asyncio
import os
import random
import statistics
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.saving import load_state
from pipeline.history import LONGEST
from storage import sessions
from storage.database import open_database
from storage.models import SessionRow
from tests.bot.fakes import photo_bytes
from tests.web.living import POSED, free_port, has
from tests.web.page import Message, Page, page

pytestmark = pytest.mark.slow

CHATS, SECONDS = int(os.environ.get("CHATS", "200")), float(os.environ.get("SECONDS", "60"))
EVERY = 15.0  # seconds between two nudges of one person, more or less
ARRIVING = 60.0  # seconds in which all of them come
PATIENCE = 900.0  # seconds for a photo behind those of all the others
P99 = 0.5
Record = Callable[[str, object], None]


@dataclass(slots=True)
class Walk:
    """What one person did.

    Attributes:
        session: Of their card.
        nudges: How many.
        waits: Seconds from each press until the picture was there.
    """

    session: str
    nudges: int = 0
    waits: list[float] = field(default_factory=list[float])


async def test_many_chats_lose_nothing_and_see_nudges_soon(tmp_path: Path, record_property: Record):
    photo = await asyncio.to_thread(photo_bytes, 480, 600)
    async with _bot(tmp_path) as url, AsyncExitStack() as pages:
        people = [
            await pages.enter_async_context(page(url, address=f"127.0.1.{1 + number % 250}"))
            for number in range(CHATS)
        ]
        async with asyncio.TaskGroup() as group:
            coming = [group.create_task(_comes(one, photo)) for one in people]
        until = time.monotonic() + SECONDS
        async with asyncio.TaskGroup() as group:
            walks = [
                group.create_task(_walks(one, card.result(), until))
                for one, card in zip(people, coming, strict=True)
            ]
    done = [walk.result() for walk in walks]
    waits = sorted(wait for walk in done for wait in walk.waits)
    p99 = waits[int(0.99 * len(waits))]
    record_property("nudges", len(waits))
    record_property("ms median", round(statistics.median(waits) * 1000))
    record_property("ms p99", round(p99 * 1000))
    record_property("ms worst", round(waits[-1] * 1000))
    record_property("load of the machine", round(os.getloadavg()[0], 1))
    assert await _moved(tmp_path) == {walk.session: min(walk.nudges, LONGEST) for walk in done}
    assert p99 <= P99


async def _comes(person: Page, photo: bytes) -> Message:
    """Send a photo, and choose a knee of whom it shows."""
    await asyncio.sleep(random.Random(id(person)).uniform(0, ARRIVING))
    status, _ = await person.sends_photo(photo)
    assert status == 202
    card = await person.sees(has(POSED), within=PATIENCE)
    await person.taps(card, "4 left knee")
    return await person.sees(has("→"), within=PATIENCE)


async def _walks(person: Page, card: Message, until: float) -> Walk:
    """Nudge a knee now and then, break off and come back, until the end."""
    dice, walk = random.Random(id(person)), Walk(session=str(card.told["session"]))
    await asyncio.sleep(dice.uniform(0, EVERY))
    while time.monotonic() < until:
        walk.waits.append(await _nudge(person, card, "→" if walk.nudges % 2 else "←"))
        walk.nudges += 1
        await asyncio.sleep(dice.uniform(0.5, 1.5) * EVERY)
        if dice.random() < 0.05:
            await person.leaves()
            await person.connects()
    assert person.unconfirmed == {}
    return walk


async def _nudge(person: Page, card: Message, arrow: str) -> float:
    old = person.messages[card.id].picture
    begun = time.monotonic()
    press = await person.taps(card, arrow)
    await person.bell.until(lambda: person.messages[card.id].picture != old, 30)
    new = person.messages[card.id].picture
    assert new is not None
    assert (await person.fetches(new["url"])).startswith(b"\xff\xd8")
    wait = time.monotonic() - begun
    assert (await person.is_answered(press))["text"] == f"left knee {arrow} 10"
    return wait


async def _moved(folder: Path) -> dict[str, int]:
    """Count the moves that the bot has on record of each conversation."""
    moved = dict[str, int]()
    url = f"sqlite+aiosqlite:///{folder}/bot/toeframe.sqlite3"
    async with open_database(url) as database, database.reading() as db:
        for name in (await db.scalars(select(SessionRow.id))).all():
            saved = await sessions.load(db, name)
            version = load_state(saved.state).version if saved else None
            moved[name] = len(version.pose.past) if version else 0
    return moved


@asynccontextmanager
async def _bot(folder: Path) -> AsyncGenerator[str]:
    port = free_port()
    settings = {
        "TOEFRAME_WEB": "yes",
        "TOEFRAME_PORT": str(port),
        "TOEFRAME_DATA_DIR": str(folder / "bot"),
        "TOEFRAME_METRICS_PORT": "0",
        "TOEFRAME_DAILY": "0",
    }
    log = await asyncio.to_thread((folder / "log.txt").open, "wb")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.stories.fast_bot"),
        env={**os.environ, **settings},
        stdout=log,
        stderr=log,
    )
    try:
        await _is_served(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()
        log.close()


async def _is_served(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
