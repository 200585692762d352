"""The bot as it is started by people, painting with the shipped bundle."""

import asyncio
from io import BytesIO
from pathlib import Path

from PIL import Image

from pipeline.demo import demo_photos
from tests.stories.living import DONE, POSED, shows
from tests.stories.processes import REAL, bot_process
from tests.telegram.person import Person
from tests.telegram.server import bot_api
from tests.telegram.values import Message

PATIENCE = 120.0


async def test_a_real_portrait_gets_legs_that_can_be_posed_and_painted_anew(tmp_path: Path):
    photo = next(file for file in demo_photos() if file.stem == "astronaut")
    async with bot_api() as world, bot_process(world, tmp_path / "bot", REAL) as bot:
        await bot.start()
        ana = Person(world)
        await ana.sends_file(photo.read_bytes(), photo.name)
        card = await ana.sees(shows(POSED), within=PATIENCE)
        assert {"4 left knee", "6 left ankle", "8 left big toe"} <= _labels(card)
        await ana.types("left_ankle right 20")
        await ana.sees("Changed.")
        await ana.types("/refine")
        result = await ana.sees(shows(DONE), within=PATIENCE)
        assert "Every pixel of your photo is as you sent it." in result.text
        await ana.types("/file")
        sent = await ana.sees(lambda message: message.now.file is not None, within=PATIENCE)
        assert sent.now.file is not None
        await asyncio.to_thread(_is_whole, sent.now.file.content, photo)
        assert await bot.stop() == 0


def _labels(message: Message) -> set[str]:
    return {label for row in message.now.labels for label in row}


def _is_whole(file: bytes, photo: Path) -> None:
    """The photo is in the file as it was, with something below it."""
    with Image.open(BytesIO(file)) as picture, Image.open(photo) as original:
        assert picture.height > 1.5 * original.height
        assert picture.crop((0, 0, *original.size)).tobytes() == original.convert("RGB").tobytes()
