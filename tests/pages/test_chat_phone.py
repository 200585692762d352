"""From a photo to its result with nothing but a thumb, painted by the shipped bundle."""

from pathlib import Path

from playwright.async_api import expect

from pipeline.demo import demo_photos
from tests.pages.browser import PHONE, Opened, barriers, photograph
from tests.pages.living import real_page
from tests.pages.visitor import DONE, POSED, Visitor

PAINTING = 120_000  # milliseconds that a picture may take on a busy machine


async def test_a_thumb_leads_from_a_photo_to_its_lossless_file(tmp_path: Path, opened: Opened):
    photo = next(file for file in demo_photos() if file.stem == "astronaut")
    async with real_page(tmp_path, opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        page = ana.page
        await photograph(page, "phone-1-welcome")
        async with page.expect_file_chooser() as chooser:
            await ana.taps(page.get_by_role("button", name="Choose a photo").first)
        await (await chooser.value).set_files(photo)
        await expect(page.get_by_alt_text("Your photo")).to_be_visible()
        await photograph(page, "phone-2-preview")
        await ana.taps(page.get_by_role("button", name="Send this photo"))
        await ana.offers("cancel", within=PAINTING)
        await photograph(page, "phone-3-on-the-way")
        await ana.offers(POSED, within=PAINTING)
        await ana.is_at_rest()
        await photograph(page, "phone-4-pose")
        await ana.taps("joint left_knee")
        await ana.offers("left_knee right 10")
        await ana.taps("left_knee right 10")
        await ana.reads("Changed.")
        await ana.is_at_rest()
        await photograph(page, "phone-5-nudged")
        await ana.taps(POSED)
        await ana.offers(DONE, within=PAINTING)
        await page.locator(".versions li").nth(1).wait_for()
        await ana.is_at_rest()
        await photograph(page, "phone-6-result")
        assert await barriers(page) == []
        await ana.taps(ana.card.get_by_role("button", name="Before / after"))
        await page.get_by_role("slider").wait_for()
        await ana.is_at_rest()
        await photograph(page, "phone-7-before-and-after")
        assert await barriers(page) == []
        async with page.expect_download() as download:
            await ana.taps(page.get_by_role("button", name="Save the file"))
        saved = await (await download.value).path()
        assert saved.read_bytes().startswith(b"\x89PNG")
