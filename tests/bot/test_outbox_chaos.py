"""The sender on its worst day: answers get lost, calls come too fast, and it is killed again."""

import asyncio
import random

import pytest

from bot.card import card_of
from bot.effects import SendFile
from bot.platform import SlowDown
from bot.spoken import spoken
from tests.bot.fake_platform import Trouble, failing, lost
from tests.bot.sender import Bench, Talking

KINDS = ("post", "edit", "file")


def trouble(chance: random.Random) -> Trouble:
    return chance.choice(
        [lost(after=False), lost(after=True), failing(SlowDown(chance.uniform(0.05, 0.3)))]
    )


async def live(talking: Talking, chance: random.Random) -> None:
    """Nudge, ask and order files for a while, in a chat where much goes wrong."""
    for _ in range(12):
        if chance.random() < 0.4:
            talking.seen.troubles[chance.choice(KINDS)].append(trouble(chance))
        await talking.say(chance.choice(["right_knee up 5", "left_ankle left 9", "nonsense"]))
        if chance.random() < 0.2:
            content = chance.randbytes(100)
            await talking.do(SendFile(await talking.bench.pictures.put(content), "x.png"))
        await asyncio.sleep(chance.uniform(0, 0.1))


async def killed_now_and_then(bench: Bench, chance: random.Random, over: asyncio.Event) -> None:
    while not over.is_set():
        async with bench.sending(patience=0.0):
            await asyncio.sleep(chance.uniform(0.1, 0.6))


@pytest.mark.parametrize("seed", range(3))
async def test_in_the_end_every_card_is_right_and_nothing_but_lines_was_doubled(
    bench: Bench, seed: int
):
    chance = random.Random(seed)
    talkings = [await bench.talk(f"chat {number}") for number in range(4)]
    for talking in talkings:
        await talking.posed()
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(killed_now_and_then(bench, chance, over))
        lives = (live(talking, random.Random(chance.random())) for talking in talkings)
        await asyncio.gather(*lives)
        over.set()
    for talking in talkings:
        talking.seen.troubles.clear()
    async with bench.sending():
        await bench.settled(within=30)
    for talking in talkings:
        card = card_of(await talking.state())
        assert card.picture is not None
        (shown,) = [message for message in talking.seen.messages if message.picture is not None]
        assert shown.picture == await bench.easel.draw(card.picture)
        assert shown.rows == spoken(card.lines, card.rows, "en").rows
        files = [message.file for message in talking.seen.files]
        assert len(files) == len(set(files))
