"""The files that strangers send, sent by chat: each gets a picture or one sentence, and no more."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.pipeline import odd_files as odd
from tests.stories.living import POSED, living_bot, shows
from tests.telegram.person import Person
from tests.telegram.values import Message

# Whole ones come first: they are completed. The others are refused with a sentence.
WHOLE: dict[str, Callable[[], bytes]] = {
    "turned by EXIF": partial(odd.turned, "JPEG", 6),
    "a palette with holes": odd.palette_with_alpha,
    "printing ink": partial(odd.cmyk_jpeg, (10, 20, 30, 40)),
    "moving": partial(odd.moving, "GIF"),
    "a broken orientation": odd.broken_orientation,
}
REFUSED: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "words": lambda: b"this is no photo",
    "cut off": odd.cut("JPEG", 0.4),
    "a bomb": partial(odd.bomb_png, 30_000, 30_000),
    "a GIF that grows": odd.gif_with_large_frame,
    "only a header": odd.bmp_header_only,
    "an iPhone's own": odd.heic,
    "a giant tile": odd.giant_tile,
    "many scans": odd.many_scans,
    "too small": lambda: odd.save(odd.flat("RGB", odd.RED, (20, 20)), "PNG"),
    "too long": lambda: odd.save(odd.flat("RGB", odd.RED, (2000, 64)), "PNG"),
}


async def test_every_file_is_answered_with_a_picture_or_a_sentence(tmp_path: Path):
    async with living_bot(tmp_path) as world:
        ana = Person(world)
        for name, make in {**WHOLE, **REFUSED}.items():
            content = await asyncio.to_thread(make)
            seen = len(ana.looks())
            await ana.sends_file(content, "photo.jpg", "image/jpeg")
            await world.bell.until(lambda n=seen: len(ana.looks()) > n, 20)
            card = ana.looks()[-1]
            await world.bell.until(lambda c=card: _is_answered(c), 20)
            assert shows(POSED)(card) is (name in WHOLE), (name, card.text)
            assert len(ana.looks()) == seen + 1, name


def _is_answered(card: Message) -> bool:
    fails = card.text.endswith(".") and not card.now.labels
    return shows(POSED)(card) or fails or shows("Again")(card)
