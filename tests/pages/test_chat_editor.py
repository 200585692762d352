"""From the chat to the skeleton editor and back."""

import asyncio
import re
from pathlib import Path

from playwright.async_api import expect

from tests.bot.fakes import photo_bytes
from tests.pages.browser import PHONE, Opened
from tests.pages.living import living_page
from tests.pages.visitor import POSED, Visitor


async def test_a_tap_leads_into_the_editor_and_the_way_back_to_the_same_talk(
    tmp_path: Path, opened: Opened
):
    photo = tmp_path / "photo.jpg"
    await asyncio.to_thread(lambda: photo.write_bytes(photo_bytes(400, 500, "peru")))
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.sends(photo)
        await ana.offers(POSED)
        await ana.taps("editor")
        await expect(ana.page).to_have_url(re.compile(f"{url}/edit"))
        await expect(ana.page.locator("#joints")).to_be_visible()
        await ana.page.go_back()
        await ana.offers(POSED)
        await ana.counts(".mine", 1)
        await ana.counts(".card", 1)
