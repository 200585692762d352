"""Every way that a photo comes to the page: looked at first, then sent."""

import asyncio
import base64
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.bot.fakes import photo_bytes
from tests.pages.browser import DESKTOP, PHONE, Opened, chromium, photograph
from tests.pages.living import living_page
from tests.pages.visitor import POSED, Visitor

# Hand a page files as the system does: there is no other way to drop or paste in a test.
HANDED = """([kind, files]) => {
  const data = new DataTransfer();
  for (const { name, type, bytes } of files) {
    const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    data.items.add(new File([content], name, { type }));
  }
  const more = kind === "paste" ? { clipboardData: data } : { dataTransfer: data };
  const Kind = kind === "paste" ? ClipboardEvent : DragEvent;
  document.body.dispatchEvent(new Kind(kind, { bubbles: true, cancelable: true, ...more }));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def photo(tmp_path: Path) -> Path:
    return await asyncio.to_thread(_written, tmp_path / "photo.jpg")


def _written(path: Path) -> Path:
    path.write_bytes(photo_bytes(480, 600, "peru"))
    return path


async def hand(page: Page, kind: str, *photos: bytes, mime: str = "image/jpeg") -> None:
    """Drop or paste files, or drag them over the page."""
    files = [
        {"name": f"{number}.jpg", "type": mime, "bytes": base64.b64encode(photo).decode()}
        for number, photo in enumerate(photos)
    ]
    await page.evaluate(HANDED, [kind, files])


async def test_a_photo_is_looked_at_and_described_before_it_is_sent(
    tmp_path: Path, opened: Opened, photo: Path
):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.chooses(ana.page.get_by_role("button", name="Choose a photo").first, photo)
        await expect(ana.page.get_by_alt_text("Your photo")).to_be_visible()
        assert await ana.page.locator(".message").count() == 0
        await ana.page.locator("#caption").fill("a man in grey trousers")
        await ana.taps(ana.page.get_by_role("button", name="Send this photo"))
        await ana.offers(POSED)
        await expect(ana.page.locator(".mine").first).to_contain_text("a man in grey trousers")
        await ana.counts(".mine", 1)


async def test_a_photo_that_is_put_away_again_is_not_sent(
    tmp_path: Path, opened: Opened, photo: Path
):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.page.set_input_files("#file", photo)
        await ana.taps(ana.page.locator("#preview").get_by_role("button", name="Close"))
        await ana.sends(photo, caption="the second time")
        await ana.offers(POSED)
        await ana.counts(".mine", 1)


async def test_a_dropped_photo_is_taken(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        photo = await asyncio.to_thread(photo_bytes, 480, 600)
        await hand(ana.page, "dragenter", photo)
        await ana.reads("Drop your photo here")
        await photograph(ana.page, "desktop-drop")
        await hand(ana.page, "drop", photo)
        await ana.clicks(ana.page.get_by_role("button", name="Send this photo"))
        await ana.offers(POSED)


async def test_a_pasted_photo_is_taken(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        await hand(ana.page, "paste", await asyncio.to_thread(photo_bytes))
        await ana.clicks(ana.page.get_by_role("button", name="Send this photo"))
        await ana.offers(POSED)


async def test_several_photos_become_a_card_each(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        photos = [await asyncio.to_thread(photo_bytes, 300, 300, hue) for hue in ("teal", "navy")]
        await hand(ana.page, "drop", *photos)
        await expect(ana.page.get_by_alt_text("Your photo")).to_have_count(2)
        await ana.clicks(ana.page.get_by_role("button", name="Send this photo"))
        await ana.counts(f'[data-command="{POSED}"]', 2)


async def test_a_phones_own_camera_takes_the_photo(tmp_path: Path, opened: Opened, photo: Path):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        async with ana.page.expect_file_chooser() as chooser:
            await ana.taps(ana.page.get_by_role("button", name="Take a photo").first)
        asked = await chooser.value
        assert await asked.element.get_attribute("capture") == "environment"
        await asked.set_files(photo)
        await ana.taps(ana.page.get_by_role("button", name="Send this photo"))
        await ana.offers(POSED)


async def test_a_camera_in_the_page_takes_the_photo_where_there_is_no_other(
    tmp_path: Path, chromium_path: str
):
    pretended = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    async with (
        chromium(chromium_path, *pretended) as browser,
        living_page(tmp_path / "bot", opened := Opened(browser)) as url,
    ):
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        await ana.clicks(ana.page.get_by_role("button", name="Take a photo").first)
        trigger = ana.page.locator("#camera-shoot")
        await expect(trigger).to_be_enabled()
        await photograph(ana.page, "desktop-camera")
        await ana.clicks(trigger)
        await ana.clicks(ana.page.get_by_role("button", name="Send this photo"))
        await ana.offers(POSED)
        assert opened.unexpected == []


async def test_a_camera_that_may_not_be_used_is_told_of(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        await ana.clicks(ana.page.get_by_role("button", name="Take a photo").first)
        await ana.is_told("Allow it in the browser, or choose a photo.")


async def test_newcomers_try_a_sample_with_one_tap(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.taps(ana.page.get_by_role("button", name="Try a sample").first)
        await ana.offers(POSED)
        await expect(ana.page.locator("#welcome")).to_be_hidden()


async def test_what_is_no_picture_is_refused_before_it_is_sent(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        await hand(ana.page, "drop", b"%PDF-1.7", mime="application/pdf")
        await ana.is_told("0.jpg is no picture.")
        await expect(ana.page.locator("#preview")).to_be_hidden()


async def test_a_photo_that_is_too_large_is_refused_before_it_is_sent(
    tmp_path: Path, opened: Opened
):
    large = tmp_path / "large.jpg"
    await asyncio.to_thread(large.write_bytes, bytes(70_000_000))
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.page.set_input_files("#file", large)
        await ana.is_told("Choose a smaller one.")


async def test_a_picture_that_the_browser_cannot_show_is_sent_by_its_name(
    tmp_path: Path, opened: Opened
):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        await hand(ana.page, "drop", b"ftypheic, or so it says", mime="image/heic")
        await ana.reads("0.jpg")
        await ana.clicks(ana.page.get_by_role("button", name="Send this photo"))
        await ana.reads("send a JPEG or PNG photo instead")
