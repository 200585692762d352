"""Under load: killed at twenty random moments, and a thousand chats at once."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest

from bot.conversation import step
from bot.effects import Say
from bot.events import TextSent
from bot.states import begin
from bot.words import say
from tests.bot.fakes import photo_bytes
from tests.faults import Kind
from tests.stories.living import POSED, shows
from tests.stories.processes import BotProcess, bot_process
from tests.telegram.limits import Allowed
from tests.telegram.person import Person
from tests.telegram.server import bot_api
from tests.telegram.values import Message

pytestmark = pytest.mark.slow

KILLS, PEOPLE = 20, 12
CHATS, WARM, MOST_GROWTH = 1000, 100, 50_000_000
LINES = (
    "seed 7",
    "step 5",
    "undo",
    "quality best",
    "nonsense",
    "garment jeans",
    "refine",
    "step 9",
    "left_knee up 3",
    "cancel",
)


@pytest.mark.parametrize("seed", [1, 2])
async def test_twenty_kills_under_load_double_no_picture(tmp_path: Path, seed: int):
    dice = random.Random(seed)
    async with bot_api() as world, bot_process(world, tmp_path / "bot") as bot:
        world.faults.sometimes(0.01, Kind.CUT_AFTER, Kind.ERROR, seed=seed)
        people = [Person(world, f"Person {number}") for number in range(PEOPLE)]
        await bot.start(PACE="0.05")
        for number in range(KILLS):
            await people[number % PEOPLE].sends_photo(photo_bytes())
            await asyncio.sleep(dice.uniform(0.0, 1.5))
            await bot.kill()
            await bot.start(PACE="0.05")
        await world.bell.until(lambda: len(_posed(people)) == KILLS, 120)
        await asyncio.sleep(1.0)
        pictured = [one for person in people for one in person.looks() if one.now.photo]
        assert pictured == _posed(people)
        for card in pictured:
            assert len(_finals(card)) == 1
        assert await bot.stop() == 0


def _posed(people: Sequence[Person]) -> list[Message]:
    return [one for person in people for one in person.looks() if shows(POSED)(one)]


def _finals(card: Message) -> set[bytes]:
    """The different pictures that a card showed once its photo was completed."""
    posed = [look for look in card.looks if any(POSED in row for row in look.labels)]
    return {look.photo[-1].content for look in posed if look.photo}


async def test_a_thousand_chats_are_each_answered_rightly_and_in_order(
    tmp_path: Path, record_property: Callable[[str, object], None]
):
    async with bot_api() as world, bot_process(world, tmp_path / "bot") as bot:
        world.limits.private = world.limits.overall = Allowed(every=0.0, burst=1)
        world.queue.twice = lambda number: number % 20 == 0
        people = [Person(world, f"Person {number}") for number in range(CHATS)]
        await bot.start(UNHURRIED="1")
        await _talk(people[:WARM])
        before = _memory(bot)
        begun = time.monotonic()
        await _talk(people[WARM:])
        answers = (CHATS - WARM) * len(LINES)
        record_property("answers a second", round(answers / (time.monotonic() - begun)))
        record_property("MB grown", round((_memory(bot) - before) / 1e6, 1))
        assert _memory(bot) - before < MOST_GROWTH
        expected = _answers()
        for person in people:
            assert [message.text for message in person.looks()] == expected


async def _talk(people: Sequence[Person]) -> None:
    for line in LINES:
        for person in people:
            await person.types(line)
            await asyncio.sleep(0)
    wanted = len(LINES) * len(people)

    deadline = time.monotonic() + 900
    while sum(len(person.looks()) for person in people) < wanted:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.5)  # looking at all of them at each answer would take longer


def _answers() -> list[str]:
    """What a conversation answers to the lines, one message each."""
    state, said = begin("abcdefgh"), list[str]()
    for line in LINES:
        state, effects = step(state, TextSent(line))
        (told,) = [effect for effect in effects if isinstance(effect, Say)]
        said.append(say(told.text, "en"))
    return said


def _memory(bot: BotProcess) -> int:
    assert bot.process is not None
    return psutil.Process(bot.process.pid).memory_info().rss
