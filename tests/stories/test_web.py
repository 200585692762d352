"""Whole exchanges on the web chat over real HTTP: photo, pose, refine, file; and what breaks."""

import asyncio
import sqlite3
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from tests.bot.fakes import photo_bytes
from tests.web.living import DONE, POSED, free_port, has, web_bot
from tests.web.page import Message, Page, browser, page

PATIENCE = 20.0


async def completed(ana: Page, caption: str = "") -> Message:
    """Upload a photo and wait until it is completed."""
    status, _ = await ana.sends_photo(photo_bytes(), caption)
    assert status == 202
    return await ana.sees(has(POSED), within=PATIENCE)


async def test_from_photo_to_lossless_file(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await completed(ana, "a man in blue jeans")
        await ana.taps(card, "4 left knee")
        card = await ana.sees(has("→"))
        press = await ana.taps(card, "→")
        assert (await ana.is_answered(press))["text"] == "left knee → 10"
        await ana.sees("Changed.")
        await ana.taps(card, POSED)
        result = await ana.sees(has(DONE), within=PATIENCE)
        assert result.id == card.id, "the card that was watched becomes the result"
        await ana.taps(result, "File")
        sent = await ana.sees(lambda message: message.file is not None, within=PATIENCE)
        assert sent.file is not None
        with Image.open(BytesIO(await ana.fetches(sent.file["url"]))) as picture:
            assert (picture.format, picture.size) == ("PNG", (160, 320))


async def test_a_reload_shows_all_that_was_said_and_shown(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        await completed(ana, "a man in blue jeans")
        await ana.types("seed 7")
        await ana.sees("Set.")
        before = dict(ana.messages)
        await ana.leaves()
        ana.messages.clear()
        await ana.visits()
        await ana.connects()
        assert ana.messages == before
        assert [one.text for one in before.values() if one.mine] == [
            "a man in blue jeans",
            "seed 7",
        ]
        for message in before.values():
            if message.picture is not None:
                assert (await ana.fetches(message.picture["url"])).startswith(b"\xff\xd8")


async def test_what_was_said_while_the_bot_was_away_is_taken_in_when_it_is_back(tmp_path: Path):
    port = free_port()
    async with browser() as session:
        async with web_bot(tmp_path, port=port) as url:
            ana = Page(url, session)
            await ana.visits()
            await ana.connects()
            card = await completed(ana)
        assert await ana.is_cut_off() == 1001, "pages are sent away politely"
        await ana.types("left_knee right 12")
        async with web_bot(tmp_path, port=port):
            await ana.visits()
            await ana.connects()
            changed = await ana.sees("Changed.")
            assert changed.id == card.id
            assert ana.unconfirmed == {}
            await ana.leaves()


async def test_two_tabs_show_the_same(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        other = Page(url, ana.session)
        await other.connects()
        await completed(ana)
        await other.sees(has(POSED), within=PATIENCE)
        await other.types("seed 7")
        await ana.sees("Set.")
        await ana.bell.until(lambda: ana.messages == other.messages, PATIENCE)
        await other.leaves()


async def test_who_is_forgotten_has_an_empty_chat_and_nothing_is_left(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        card = await completed(ana, "a secret wish")
        assert card.picture is not None
        await ana.types("forget")
        asked = await ana.sees(has("Delete everything"))
        await ana.taps(asked, "Delete everything")
        await ana.bell.until(lambda: card.id not in ana.messages, PATIENCE)
        told = await ana.sees(lambda message: message.text != "")
        assert list(ana.messages.values()) == [told], "the last word is all that is shown"
        with pytest.raises(aiohttp.ClientResponseError, match="404"):
            await ana.fetches(card.picture["url"])
        await ana.visits()
        await completed(ana)  # the same browser begins anew
    stored = await asyncio.to_thread(_stored, tmp_path)
    assert b"secret wish" not in stored


async def test_a_korean_browser_is_answered_in_korean(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url, language="ko-KR") as minji:
        await minji.types("도움말")
        helped = await minji.sees(lambda message: True)
        assert any("가" <= letter <= "힣" for letter in helped.text)


async def test_a_reply_to_an_earlier_card_goes_to_that_photo(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        first = await completed(ana)
        await ana.sends_photo(photo_bytes(colour="navy"))
        await ana.bell.until(lambda: len(list(filter(has(POSED), ana.told()))) == 2, PATIENCE)
        looks = ana.looks[first.id]
        await ana.types("left_knee right 12", reply_to=first)
        await ana.bell.until(lambda: ana.looks[first.id] > looks, PATIENCE)
        assert "Changed." in ana.messages[first.id].text


async def test_while_the_database_is_locked_people_are_told_and_nothing_is_lost(tmp_path: Path):
    async with web_bot(tmp_path) as url, page(url) as ana:
        lock = sqlite3.connect(tmp_path / "bot" / "toeframe.sqlite3", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        said = await ana.types("seed 7")
        sentence = "I cannot write anything down right now."
        await ana.bell.until(
            lambda: any(str(told.get("text")).startswith(sentence) for told in ana.heard), PATIENCE
        )
        lock.execute("ROLLBACK")
        lock.close()
        assert said in ana.unconfirmed
        await ana.leaves()
        await ana.connects()
        await ana.sees("Set.", within=PATIENCE)
        assert [message.text for message in ana.told()] == ["Set."]


def _stored(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("bot/toeframe.sqlite3*"))
