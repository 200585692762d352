"""Buttons under a card that is edited all the time: no tap and no focus is lost."""

import asyncio
import json
from pathlib import Path

from playwright.async_api import WebSocket, expect

from tests.bot.fakes import FakeEngine, photo_bytes
from tests.pages.browser import DESKTOP, PHONE, Opened
from tests.pages.living import living_page
from tests.pages.visitor import POSED, Visitor

TAPS = 20


async def posing(visitor: Visitor, folder: Path) -> None:
    """Send a photo and choose a joint."""
    photo = folder / "photo.jpg"
    await asyncio.to_thread(lambda: photo.write_bytes(photo_bytes(400, 500, "peru")))
    await visitor.sends(photo)
    await visitor.offers(POSED)
    await visitor.clicks("joint left_knee")
    await visitor.offers("left_knee right 10")


async def test_every_one_of_twenty_quick_taps_counts(tmp_path: Path, opened: Opened):
    answers: list[str] = []

    def heard(frame: str | bytes) -> None:
        note = json.loads(frame)
        if note["type"] == "answer":
            answers.append(note["text"])

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", heard)

    async with living_page(tmp_path / "bot", opened) as url:
        page = await opened.page(PHONE)
        page.on("websocket", listen)
        ana = await Visitor.at(page, url)
        await posing(ana, tmp_path)
        answers.clear()
        for _ in range(TAPS):
            await ana.taps("left_knee right 10")
        await ana.counts(".pressing", 0)
        assert answers == ["left knee → 10"] * TAPS


async def test_the_focus_stays_on_what_was_pressed(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        await posing(ana, tmp_path)
        await ana.button("left_knee up 10").focus()
        await ana.page.keyboard.press("Enter")
        await ana.reads("Changed.")
        await expect(ana.button("left_knee up 10")).to_be_focused()
        await ana.page.keyboard.press("Enter")
        await ana.offers("undo")
        await expect(ana.button("left_knee up 10")).to_be_focused()


async def test_which_of_several_holds_is_told_to_those_who_do_not_see_it(
    tmp_path: Path, opened: Opened
):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await posing(ana, tmp_path)
        chosen = ana.card.locator(".row button[aria-current]")
        await expect(chosen).to_have_text("4")
        await ana.taps("joint right_knee")
        await expect(chosen).to_have_text("3")


async def test_a_cancelled_photo_can_be_gone_on_with(tmp_path: Path, opened: Opened):
    engine = FakeEngine()
    async with living_page(tmp_path / "bot", opened, engine) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await posing(ana, tmp_path)
        engine.hold.clear()
        await ana.taps(POSED)
        await ana.taps("cancel")
        await ana.reads("Stopped.")
        await expect(ana.page.get_by_role("progressbar")).to_be_hidden()
        await ana.offers("again")
