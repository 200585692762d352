"""How the page looks and reads on all screens, in both colours and languages; and its weight."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from playwright.async_api import CDPSession, Page, Response, expect

import bot
from bot.words import LANGUAGES, blanks
from bot.words.catalogues import catalogue
from tests.bot.fakes import photo_bytes
from tests.pages.browser import DESKTOP, PHONE, SMALL_PHONE, Opened, Screen, barriers, photograph
from tests.pages.living import living_page
from tests.pages.visitor import DONE, POSED, Visitor

STATIC = Path(bot.__file__).parent / "static"
HEAVIEST = 150_000  # bytes of everything but photos
TAP = 44  # CSS pixels that a thumb hits
SMALL = """() => [...document.querySelectorAll("button, a, textarea")]
  .filter((one) => one.checkVisibility() && !one.closest("p"))
  .map((one) => [one.id || one.textContent, one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 44 || box.height < 44)
  .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""
OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
ALOUD = """() => {
  window.told = [];
  const region = document.getElementById("aloud");
  new MutationObserver(() => window.told.push(region.textContent))
    .observe(region, { childList: true, characterData: true, subtree: true });
}"""
HEARD = "(begin) => window.told.some((text) => text.startsWith(begin))"
TOLD = """() => [...document.body.querySelectorAll("*")]
  .flatMap((one) => [one.ariaLabel, one.placeholder, one.title,
    ...[...one.childNodes].filter((it) => it.nodeType === 3).map((it) => it.data)])
  .filter(Boolean).map((text) => text.trim())"""
SCREENS = [(PHONE, False), (SMALL_PHONE, True), (DESKTOP, True)]


async def posed(visitor: Visitor, folder: Path) -> None:
    photo = folder / "photo.jpg"
    await asyncio.to_thread(lambda: photo.write_bytes(photo_bytes(400, 500, "peru")))
    await visitor.sends(photo)
    await visitor.offers(POSED)


async def fits(page: Page) -> None:
    """Nothing keeps anybody out, nothing is too small for a thumb, and nothing hangs over."""
    assert await barriers(page) == []
    assert await page.evaluate(SMALL) == []
    assert not await page.evaluate(OVERFLOWS)


@pytest.mark.parametrize(("screen", "dark"), SCREENS, ids=lambda value: getattr(value, "name", ""))
async def test_every_step_fits_every_screen_and_keeps_nobody_out(
    tmp_path: Path, opened: Opened, screen: Screen, dark: bool
):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(screen, dark=dark), url)
        shown = f"{screen.name}-{'dark' if dark else 'light'}"
        await fits(ana.page)
        await photograph(ana.page, f"{shown}-welcome")
        for opener, dialog in (("#attach", "sources"), ("#more", "choices")):
            await ana.clicks(ana.page.locator(opener))
            await ana.page.locator(f"#{dialog}[open]").wait_for()
            await fits(ana.page)
            await photograph(ana.page, f"{shown}-{dialog}")
            await ana.page.keyboard.press("Escape")
        await posed(ana, tmp_path)
        await ana.clicks("joint left_knee")
        await ana.offers("left_knee right 10")
        await ana.is_at_rest()
        await fits(ana.page)
        await photograph(ana.page, f"{shown}-pose")
        await ana.clicks(POSED)
        await ana.offers(DONE)
        await ana.types("/settings")
        await ana.offers("quality best")
        await ana.is_at_rest()
        await fits(ana.page)
        await photograph(ana.page, f"{shown}-settings")


async def test_koreans_are_spoken_to_in_korean_on_a_dark_screen(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        page = await opened.page(DESKTOP, language="ko-KR", dark=True)
        minji = await Visitor.at(page, url)
        assert await page.locator("html").get_attribute("lang") == "ko"
        await expect(page.get_by_role("button", name="사진 고르기").first).to_be_visible()
        await photograph(page, "desktop-korean-welcome")
        await posed(minji, tmp_path)
        await minji.clicks("joint left_knee")
        await minji.clicks("left_knee right 10")
        await minji.reads("바뀌었어요")
        await minji.is_at_rest()
        await photograph(page, "desktop-korean-pose")
        await minji.clicks(POSED)
        await minji.offers(DONE)
        await minji.clicks(minji.card.get_by_role("button", name="전 / 후"))
        await page.get_by_role("slider", name="전과 후를 나누는 선").wait_for()
        await minji.is_at_rest()
        await photograph(page, "desktop-korean-before-and-after")
        await fits(page)
        assert await english_on(page) == []


async def english_on(page: Page) -> list[str]:
    """List what has Latin letters and no Korean ones, beside names."""
    told = await page.evaluate(TOLD)
    known = re.compile(r"Toeframe:?|English|/\w+|\d+ px|.*[{}].*|.*JavaScript.*", re.DOTALL)
    latin = [text for text in told if re.search(r"[A-Za-z]{2}", text)]
    return [text for text in latin if not re.search(r"[가-힣]", text) and not known.fullmatch(text)]


async def test_another_language_is_one_choice_away_and_stays(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.taps(ana.page.get_by_role("button", name="More"))
        await ana.taps(ana.page.get_by_role("button", name="한국어"))
        await expect(ana.page.get_by_role("combobox", name="메시지")).to_be_visible()
        await ana.types("상태")
        await ana.reads("사진을 보내 주세요")
        await ana.page.reload()
        await expect(ana.page.get_by_role("combobox", name="메시지")).to_be_visible()


async def test_those_who_listen_hear_each_thing_once_and_no_figures(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.page.evaluate(ALOUD)
        await posed(ana, tmp_path)
        await ana.page.wait_for_function(HEARD, arg="Choose a joint and move it")
        await ana.types("/privacy")
        await ana.page.wait_for_function(HEARD, arg="I keep your photo")  # after all that was due
        told = [text for text in await ana.page.evaluate("window.told") if text]
        assert told[-2].startswith("Choose a joint and move it")
        assert len(told) == len(set(told)) <= 5
        assert not any("▰" in text or re.search(r"\d/\d", text) for text in told)


async def test_those_who_want_no_motion_get_none(tmp_path: Path, opened: Opened):
    moving = "document.getAnimations().filter((it) => it.effect.getTiming().duration > 1).length"
    async with living_page(tmp_path, opened) as url:
        still = await Visitor.at(await opened.page(PHONE, still=True), url)
        lively = await Visitor.at(await opened.page(PHONE, still=False), url)
        assert await still.page.evaluate(moving) == 0
        assert await lively.page.evaluate(moving) > 0


async def test_the_page_weighs_little_and_asks_nobody_else(
    tmp_path: Path, opened: Opened, record_property: Callable[[str, object], None]
):
    async with living_page(tmp_path / "bot", opened) as url:
        page = await opened.page(PHONE)
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))
        ana = await Visitor.at(page, url)
        await ana.composer.fill("/")
        await page.get_by_role("option").first.wait_for()
        await ana.composer.fill("")
        await posed(ana, tmp_path)
        ours = [one for one in answers if not one.url.startswith(("blob:", "data:"))]
        assert {urlsplit(one.url).netloc for one in ours} == {urlsplit(url).netloc}
        pages = [one for one in ours if "/pictures/" not in one.url]
        weight = sum([len(await one.body()) for one in pages if one.status == 200])
        record_property("kB without photos", round(weight / 1000))
        assert 20_000 < weight < HEAVIEST


async def test_the_page_can_be_installed(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path, opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        session = await ana.page.context.new_cdp_session(ana.page)
        manifest = await answer_to(session, "Page.getAppManifest")
        assert manifest["errors"] == []
        assert '"display": "standalone"' in manifest["data"]
        problems = await answer_to(session, "Page.getInstallabilityErrors")
        # A window without a past, as tests use, installs nothing whatever the page says.
        assert {one["errorId"] for one in problems["installabilityErrors"]} <= {"in-incognito"}


async def answer_to(session: CDPSession, question: str) -> Any:
    """Ask the browser itself."""
    return cast("Any", await session.send(question))


def test_every_sentence_of_the_page_is_in_both_languages_and_used():
    spoken = {language: _sentences(language) for language in LANGUAGES}
    assert spoken["en"].keys() == spoken["ko"].keys()
    for key, english in spoken["en"].items():
        assert blanks(english) == blanks(spoken["ko"][key]), key
        assert spoken["ko"][key].strip()
    sources = [STATIC / "chat.html", *(STATIC / "chat").glob("*.js")]
    asked = set[str]()
    for source in sources:
        asked |= set(re.findall(r"[\"']([a-z]+(?:\.[a-z]+)*)[\"']", source.read_text("utf-8")))
    assert spoken["en"].keys() - asked == set()
    html = (STATIC / "chat.html").read_text("utf-8")
    named = set(re.findall(r'data-(?:word|label|hint|title)="([^"]+)"', html))
    assert named - spoken["en"].keys() == set()


def _sentences(language: str) -> dict[str, str]:
    found = catalogue(language, "chat")
    return {str(message.id): str(message.string) for message in found if message.id}
