"""Nothing is lost: reloads in the middle, two tabs, a line that breaks, a bot that starts anew."""

import asyncio
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.bot.fakes import FakeEngine, photo_bytes
from tests.pages.browser import DESKTOP, PHONE, Opened, photograph
from tests.pages.living import free_port, living_page
from tests.pages.visitor import DONE, POSED, Visitor

BROKEN = ["ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET",
          "ERR_EMPTY_RESPONSE", "ERR_NETWORK_CHANGED", "WebSocket connection"]  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    await asyncio.to_thread(lambda: path.write_bytes(photo_bytes(400, 500, "peru")))
    return path


async def is_told_of(page: Page, sentence: str) -> None:
    """Wait until the head of the page says how the line is."""
    await expect(page.locator("#connection")).to_contain_text(sentence)


async def test_a_reload_in_the_middle_shows_the_same_talk_and_goes_on(
    tmp_path: Path, opened: Opened, photo: Path
):
    engine = FakeEngine(pace=0.01)
    engine.hold.clear()
    async with living_page(tmp_path / "bot", opened, engine) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.sends(photo, caption="in boots")
        await ana.reads("Painting what is missing.")
        await ana.page.reload()
        await ana.reads("Painting what is missing.")
        await expect(ana.page.get_by_role("progressbar")).to_be_visible()
        engine.hold.set()
        await ana.offers(POSED)
        await ana.counts(".mine", 1)
        await ana.counts(".card", 1)


async def test_what_was_sent_right_before_a_reload_is_sent_once(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.page.context.set_offline(True)
        await ana.types("/privacy")
        await ana.counts(".pending", 1)
        await ana.page.context.set_offline(False)
        await ana.page.reload()
        await ana.reads("I keep your photo")
        await ana.counts(".mine", 1)
        await ana.counts(".pending", 0)
        opened.expected += BROKEN


async def test_two_tabs_show_the_same_talk(tmp_path: Path, opened: Opened, photo: Path):
    async with living_page(tmp_path / "bot", opened) as url:
        one = await Visitor.at(await opened.page(DESKTOP), url)
        other = await Visitor.at(opened.watched(await one.page.context.new_page()), url)
        await one.sends(photo)
        await other.offers(POSED)
        await other.clicks("joint left_knee")
        await one.offers("left_knee right 10")
        await one.clicks("left_knee right 10")
        await other.reads("Changed.")
        await other.types("/refine")
        await one.offers(DONE)
        assert await talk_of(one.page) == await talk_of(other.page)


async def talk_of(page: Page) -> list[str]:
    """What is said on a page."""
    await page.locator(".pending").wait_for(state="detached")
    return await page.locator(".message .text").all_inner_texts()


async def test_what_is_said_while_the_line_is_down_is_said_when_it_is_back(
    tmp_path: Path, opened: Opened
):
    opened.expected += BROKEN
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.page.context.set_offline(True)
        await is_told_of(ana.page, "You are offline.")
        await ana.types("/help")
        await ana.types("/privacy")
        await is_told_of(ana.page, "What you said waits here.")
        await photograph(ana.page, "phone-offline")
        await ana.page.context.set_offline(False)
        await ana.reads("I keep your photo")
        await ana.counts(".mine", 2)
        await expect(ana.page.locator("#connection")).to_be_empty()


async def test_a_photo_that_is_sent_while_the_line_is_down_arrives_when_it_is_back(
    tmp_path: Path, opened: Opened, photo: Path
):
    opened.expected += BROKEN
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.page.context.set_offline(True)
        await ana.sends(photo, caption="in boots")
        await ana.reads("Waits for a connection")
        await ana.page.context.set_offline(False)
        await ana.offers(POSED)
        await ana.counts(".mine", 1)
        await ana.counts(".card", 1)


async def test_a_bot_that_starts_anew_finds_the_page_again(
    tmp_path: Path, opened: Opened, photo: Path
):
    opened.expected += BROKEN
    port = free_port()
    engine = FakeEngine(pace=0.01)
    ana = Visitor(await opened.page(PHONE))
    async with living_page(tmp_path / "bot", opened, engine, port, stays=True) as url:
        await ana.page.goto(url)
        await ana.sends(photo)
        await ana.offers(POSED)
    await is_told_of(ana.page, "Connecting again")
    await ana.taps("joint left_knee")
    async with living_page(tmp_path / "bot", opened, engine, port):
        await ana.offers("left_knee right 10")
        await ana.counts(".card", 1)
        await expect(ana.page.locator("#connection")).to_be_empty()
