"""How soon people are answered, measured against the local Bot API server over real HTTP."""

import asyncio
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot.fakes import photo_bytes
from tests.stories.living import POSED, shows
from tests.stories.processes import bot_process
from tests.telegram.limits import Allowed
from tests.telegram.person import Person
from tests.telegram.server import bot_api

pytestmark = pytest.mark.slow

PEOPLE, LINES, EVERY = 50, 4, 4.0  # chats, lines in each, seconds between two
FIRST_MEDIAN, FIRST_WORST = 0.3, 1.0  # seconds from an update to the first answer
TAPS, TAP_P95 = 40, 0.15
Record = Callable[[str, object], None]


async def test_fifty_chats_at_once_hear_at_once(tmp_path: Path, record_property: Record):
    dice = random.Random(0)
    async with bot_api() as world, bot_process(world, tmp_path / "bot") as bot:
        await bot.start()
        people = [Person(world, f"Person {number}") for number in range(PEOPLE)]
        photo = await asyncio.to_thread(photo_bytes)

        async def chats(person: Person, wait: float) -> None:
            await asyncio.sleep(wait)
            for number in range(LINES):
                await person.types(f"seed {number}")
                await asyncio.sleep(EVERY)

        async def sends(person: Person, wait: float) -> float:
            await asyncio.sleep(wait)
            begun = time.monotonic()
            await person.sends_photo(photo)
            await person.sees("photo", within=30)
            return time.monotonic() - begun

        talking = [chats(person, dice.uniform(0.0, EVERY)) for person in people]
        sending = [sends(person, dice.uniform(1.0, EVERY * LINES)) for person in people]
        async with asyncio.TaskGroup() as group:
            photos = [group.create_task(one) for one in sending]
            for one in talking:
                group.create_task(one)
        waits = sorted(task.result() for task in photos)
        median, worst = statistics.median(waits), waits[int(0.99 * len(waits))]
        record_property("ms median", round(median * 1000))
        record_property("ms p99 to the first answer", round(worst * 1000))
        assert median <= FIRST_MEDIAN
        assert worst <= FIRST_WORST


async def test_a_nudge_is_seen_soon(tmp_path: Path, record_property: Record):
    async with bot_api() as world, bot_process(world, tmp_path / "bot") as bot:
        world.limits.private = Allowed(every=0.0, burst=1)
        await bot.start(UNHURRIED="1")
        ana = Person(world)
        await ana.sends_photo(await asyncio.to_thread(photo_bytes, 3000, 2000))
        card = await ana.sees(shows(POSED), within=60)
        await ana.taps(card, "4 left knee")
        card = await ana.sees(shows("→"))
        await asyncio.sleep(1.0)
        waits = list[float]()
        for number in range(TAPS):
            looks, begun = len(card.looks), time.monotonic()
            await ana.taps(card, "→" if number % 2 else "←")
            await world.bell.until(lambda n=looks: len(card.looks) > n, 10)
            waits.append(time.monotonic() - begun)
            await asyncio.sleep(0.1)
        p95 = sorted(waits)[int(0.95 * TAPS) - 1]
        record_property("ms median", round(statistics.median(waits) * 1000))
        record_property("ms p95 from a tap to the edited picture", round(p95 * 1000))
        assert p95 <= TAP_P95
