"""How fast presses on Discord are acknowledged, and that none of very many fails."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests.bot.fakes import FakeEngine
from tests.discord.person import Person
from tests.discord.presses import Press
from tests.stories.discord_steps import PATIENCE, completed
from tests.stories.living import POSED, shows
from tests.stories.living_discord import living_on_discord

Record = Callable[[str, object], None]
WORST = 1.0  # seconds; Discord itself gives up after three


async def test_twenty_presses_at_once_are_acknowledged_within_a_second(
    tmp_path: Path, record_property: Record
):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        card = await completed(ana)
        await ana.presses(card, "4 left knee")
        card = await ana.sees(shows("→"))
        look = len(card.looks) - 1
        presses = [
            await ana.presses(card, "→" if number % 2 else "←", look=look) for number in range(20)
        ]
        worst = max([await ana.is_acknowledged(press) for press in presses])
        record_property("s worst acknowledgement of 20 presses at once", f"{worst:.3f}")
        assert worst <= WORST
        assert not any(ana.has_failed(press) for press in presses)
        assert world.limits.refused == []


async def test_presses_are_acknowledged_while_four_jobs_are_painted(
    tmp_path: Path, record_property: Record
):
    engine = FakeEngine(pace=0.05)
    async with living_on_discord(tmp_path, engine) as world:
        people = [Person(world, name) for name in ("Ana", "Bob", "Cleo", "Dan")]
        cards = [await completed(person) for person in people]
        await asyncio.gather(
            *(person.presses(card, POSED) for person, card in zip(people, cards, strict=True))
        )
        eve = Person(world, "Eve")
        presses = [await eve.sends_slash("say", words="help") for _ in range(20)]
        worst = max([await eve.is_acknowledged(press) for press in presses])
        record_property("s worst acknowledgement beside 4 jobs", f"{worst:.3f}")
        assert worst <= WORST


async def test_of_five_hundred_presses_none_fails(tmp_path: Path, record_property: Record):
    async with living_on_discord(tmp_path) as world:
        people = [Person(world, f"P{number}") for number in range(10)]
        cards = [await completed(person) for person in people]
        for person, card in zip(people, cards, strict=True):
            await person.presses(card, "4 left knee")
            await person.sees(shows("→"))
        looks = [len(card.looks) - 1 for card in cards]
        presses = list[tuple[Person, Press]]()
        for wave in range(25):
            pressed = [
                (person, await person.presses(card, arrow, look=look))
                for arrow in ("→", "←")
                for person, card, look in zip(people, cards, looks, strict=True)
            ]
            for person, press in pressed:
                await person.is_acknowledged(press, within=PATIENCE)
            presses += pressed
            assert len(presses) == 20 * (wave + 1)
        waits = sorted(press.answered_in or 0.0 for _, press in presses)
        failed = [press for person, press in presses if person.has_failed(press)]
        record_property("s median acknowledgement of 500", f"{waits[250]:.3f}")
        record_property("s worst acknowledgement of 500, 20 at once", f"{waits[-1]:.3f}")
        record_property("interactions failed in 500", len(failed))
        assert failed == []
        assert world.limits.refused == []
