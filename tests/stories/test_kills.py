"""A bot that is killed at any point loses nothing, and sends nothing twice (SIGKILL, restart)."""

from pathlib import Path

import pytest

from tests.bot.fakes import photo_bytes
from tests.stories.fast_bot import POINTS, RUNNING
from tests.stories.processes import bot_process
from tests.telegram.person import Person
from tests.telegram.server import bot_api
from tests.telegram.values import Message

POSED = "Refine"  # the button that is there once a photo was completed
PATIENCE = 60.0


def is_posed(message: Message) -> bool:
    return POSED in labels_of(message)


def labels_of(message: Message) -> list[str]:
    return [label for row in message.now.labels for label in row]


@pytest.mark.parametrize("point", [*POINTS, RUNNING])
async def test_a_kill_loses_nothing_and_doubles_no_picture(tmp_path: Path, point: str):
    async with bot_api() as world, bot_process(world, tmp_path / "bot") as bot:
        ana = Person(world)
        await bot.start(FAIL_AT=point)
        await ana.sends_photo(photo_bytes())
        if point.startswith("file"):
            await ana.sees(is_posed, within=PATIENCE)
            await ana.types("/file")
        await bot.dies()
        await bot.start()
        card = await ana.sees(is_posed, within=PATIENCE)
        pictured = [message for message in ana.looks() if message.now.photo]
        assert pictured == [card]
        if point.startswith("file"):
            await ana.sees("I may have sent you a file just now.", within=PATIENCE)
            assert len([message for message in ana.looks() if message.now.file]) == 1
        assert await bot.stop() == 0
