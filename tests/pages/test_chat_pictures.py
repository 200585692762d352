"""What pictures lead to: before and after, the tree of versions, and files without loss."""

import asyncio
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Locator, expect

from tests.bot.fakes import photo_bytes
from tests.pages.browser import DESKTOP, PHONE, Opened, barriers, photograph
from tests.pages.living import living_page
from tests.pages.visitor import DONE, POSED, Visitor

KEYS = [  # one after the other, from 50 on
    ("ArrowRight", 52), ("ArrowUp", 54), ("ArrowLeft", 52), ("ArrowDown", 50), ("PageUp", 60),
    ("PageDown", 50), ("Home", 0), ("ArrowLeft", 0), ("End", 100), ("ArrowRight", 100),
]  # fmt: skip


async def completed(visitor: Visitor, folder: Path) -> None:
    """Send a photo and wait until it is completed."""
    photo = folder / "photo.jpg"
    await asyncio.to_thread(lambda: photo.write_bytes(photo_bytes(400, 500, "peru")))
    await visitor.sends(photo)
    await visitor.offers(POSED)


async def painted(visitor: Visitor, folder: Path) -> None:
    """Send a photo, and have it painted anew as it is posed."""
    await completed(visitor, folder)
    await visitor.clicks(POSED)
    await visitor.offers(DONE)
    await visitor.card.get_by_text("Before / after").wait_for()


async def compared(visitor: Visitor, folder: Path) -> Locator:
    """Open the comparison of a photo and its result; return the line between them."""
    await painted(visitor, folder)
    await visitor.clicks(visitor.card.get_by_role("button", name="Before / after"))
    line = visitor.page.get_by_role("slider", name="Line between before and after")
    await expect(line).to_have_attribute("aria-valuenow", "50")
    return line


async def test_before_is_the_photo_in_its_place_on_the_larger_canvas(
    tmp_path: Path, opened: Opened
):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        await compared(ana, tmp_path)
        canvas = await ana.page.locator(".slider").bounding_box()
        photo = await ana.page.locator(".slider .before img").bounding_box()
        assert canvas is not None
        assert photo is not None
        assert (photo["x"], photo["y"]) == pytest.approx((canvas["x"], canvas["y"]), abs=1)
        assert photo["width"] == pytest.approx(canvas["width"], abs=1)
        # The fast engine grows a photo by 60 % of its height.
        assert photo["height"] == pytest.approx(canvas["height"] / 1.6, abs=1)


async def test_keys_move_the_line(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        line = await compared(ana, tmp_path)
        for key, percent in KEYS:
            await ana.page.keyboard.press(key)
            await expect(line).to_have_attribute("aria-valuenow", str(percent))
            await expect(line).to_have_attribute("aria-valuetext", f"{percent} % before")


async def test_a_finger_drags_the_line(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        line = await compared(ana, tmp_path)
        box = await ana.page.locator(".slider").bounding_box()
        assert box is not None
        await ana.page.touchscreen.tap(box["x"] + 0.25 * box["width"], box["y"] + 40)
        await expect(line).to_have_attribute("aria-valuenow", "25")
        assert await barriers(ana.page) == []


async def test_the_tree_shows_which_version_came_from_which(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await painted(ana, tmp_path)
        await ana.taps(ana.card.get_by_role("button", name="Version 1", exact=False).first)
        await ana.reads("Version 1, seed")
        await ana.taps("adjust")
        await ana.taps(POSED)
        await ana.counts(".card .version", 3)
        names = [
            await one.get_attribute("aria-label")
            for one in await ana.page.locator(".card .version").all()
        ]
        assert [str(name).split(". ")[0] for name in names] == [
            "Version 1",
            "Version 2, made from 1",
            "Version 3, made from 1",
        ]
        await expect(ana.page.locator(".version[aria-current]")).to_contain_text("3")
        await ana.is_at_rest()
        await photograph(ana.page, "phone-versions")


async def test_one_goes_on_from_an_earlier_version_that_was_looked_at(
    tmp_path: Path, opened: Opened
):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await compared(ana, tmp_path)
        go_on = ana.page.get_by_role("button", name="Go on from this version")
        await expect(go_on).to_be_hidden()
        await ana.taps(ana.page.locator("#viewer .version").first)
        await ana.taps(go_on)
        await expect(ana.page.locator("#viewer")).to_be_hidden()
        await expect(ana.card.locator(".version[aria-current]")).to_contain_text("1")


async def test_the_file_is_the_picture_without_loss(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await painted(ana, tmp_path)
        await ana.taps("file")
        link = ana.page.get_by_role("link", name="toeframe-2.png")
        async with ana.page.expect_download() as download:
            await ana.taps(link)
        got = await download.value
        assert got.suggested_filename == "toeframe-2.png"
        content = await asyncio.to_thread((await got.path()).read_bytes)
        photo, picture = await asyncio.to_thread(_decoded, tmp_path / "photo.jpg", content)
        assert picture.size == (400, 800)
        assert picture.crop((0, 0, 400, 500)).tobytes() == photo.tobytes()


def _decoded(photo: Path, file: bytes) -> tuple[Image.Image, Image.Image]:
    with Image.open(photo) as before, Image.open(BytesIO(file)) as after:
        assert after.format == "PNG"
        return before.convert("RGB"), after.convert("RGB")


async def test_ones_own_photo_is_seen_large_too(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await completed(ana, tmp_path)
        await ana.taps(ana.page.locator(".mine .picture").first)
        await expect(ana.page.locator("#viewer .whole")).to_be_visible()
        await ana.taps(ana.page.locator("#viewer").get_by_role("button", name="Close"))
        await expect(ana.page.locator("#viewer")).to_be_hidden()


TREE: list[tuple[list[tuple[int, int | None]], list[tuple[int, int]]]] = [
    ([], []),
    ([(1, None)], [(0, 0)]),
    ([(1, None), (2, 1), (3, 2)], [(0, 0), (1, 0), (2, 0)]),
    ([(1, None), (2, 1), (3, 1), (4, 3)], [(0, 0), (1, 0), (2, 1), (3, 1)]),
    ([(1, None), (2, 1), (3, 1), (4, 2), (5, 1)], [(0, 0), (1, 0), (2, 1), (3, 0), (4, 2)]),
    ([(7, 3), (8, 7)], [(0, 0), (1, 0)]),  # its parent is forgotten
    ([(1, None), (2, None)], [(0, 0), (1, 1)]),
]


async def test_branches_part_into_lanes_of_their_own(tmp_path: Path, opened: Opened):
    laid_out = """async (versions) => {
      const { laidOut } = await import("/static/chat/tree.js");
      return laidOut(versions).map(({ column, lane }) => [column, lane]);
    }"""
    async with living_page(tmp_path, opened) as url:
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        for versions, spots in TREE:
            told = [{"number": number, "parent": parent} for number, parent in versions]
            assert await ana.page.evaluate(laid_out, told) == [list(spot) for spot in spots]


async def test_a_phone_on_its_side_shows_the_picture_beside_its_versions(
    tmp_path: Path, opened: Opened
):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await compared(ana, tmp_path)
        await ana.page.set_viewport_size({"width": 844, "height": 390})
        await ana.is_at_rest()
        await photograph(ana.page, "phone-on-its-side")
        picture = await ana.page.locator(".slider").bounding_box()
        versions = await ana.page.locator("#viewer-versions").bounding_box()
        assert picture is not None
        assert versions is not None
        assert picture["height"] > 300
        assert picture["x"] + picture["width"] < versions["x"]
