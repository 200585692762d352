"""What is typed: commands with suggestions, and everything else with a keyboard alone."""

import asyncio
from pathlib import Path

from playwright.async_api import expect

from bot.menu import MENU
from tests.bot.fakes import photo_bytes
from tests.pages.browser import DESKTOP, PHONE, Opened, barriers, photograph
from tests.pages.living import living_page
from tests.pages.visitor import DONE, POSED, Visitor


async def test_a_slash_shows_all_commands_in_their_order(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path, opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.composer.fill("/")
        options = ana.page.get_by_role("option")
        await expect(options).to_have_count(len(MENU))
        told = await options.locator("strong").all_text_contents()
        assert told == [f"/{name}" for name, _ in MENU]
        await photograph(ana.page, "phone-commands")
        assert await barriers(ana.page) == []


async def test_a_tap_on_a_suggestion_says_it(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path, opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.composer.fill("/priv")
        await ana.taps(ana.page.get_by_role("option", name="/privacy"))
        await ana.reads("I keep your photo")
        await expect(ana.composer).to_have_value("")


async def test_a_command_that_takes_more_is_written_out_to_go_on_with(
    tmp_path: Path, opened: Opened
):
    async with living_page(tmp_path, opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.composer.fill("/ext")
        await ana.taps(ana.page.get_by_role("option", name="/extend"))
        await expect(ana.composer).to_have_value("/extend ")
        await expect(ana.composer).to_be_focused()


async def test_arrows_and_enter_choose_a_suggestion_and_escape_puts_them_away(
    tmp_path: Path, opened: Opened
):
    async with living_page(tmp_path, opened) as url:
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        await ana.page.keyboard.press("/")
        await ana.page.keyboard.press("Escape")
        await expect(ana.page.get_by_role("option")).to_have_count(0)
        await ana.page.keyboard.type("he")
        await expect(ana.page.get_by_role("option").first).to_contain_text("/help")
        await ana.page.keyboard.press("ArrowDown")
        chosen = ana.page.get_by_role("option", selected=True)
        await expect(chosen).to_contain_text("/help")
        active = await ana.composer.get_attribute("aria-activedescendant")
        assert active == await chosen.get_attribute("id")
        await ana.page.keyboard.press("Enter")
        await ana.reads("Move a joint: right_knee up 20")


async def test_shift_and_enter_begin_a_new_line(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path, opened) as url:
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        await ana.composer.press_sequentially("help")
        await ana.composer.press("Shift+Enter")
        await expect(ana.composer).to_have_value("help\n")
        await ana.counts(".message", 0)


async def test_what_is_not_understood_is_answered_with_what_would_be(
    tmp_path: Path, opened: Opened
):
    async with living_page(tmp_path, opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.types("make it nice")
        await ana.reads('I do not understand "make it nice".')
        await ana.counts(".mine", 1)


async def test_letters_that_look_like_html_stay_letters(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path, opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.types("<img src=x onerror=alert(1)><b>bold")
        await ana.reads("I do not understand")
        assert await ana.page.locator(".text b, .text img").count() == 0


async def test_a_keyboard_alone_leads_from_a_photo_to_its_result(tmp_path: Path, opened: Opened):
    photo = tmp_path / "photo.jpg"
    await asyncio.to_thread(lambda: photo.write_bytes(photo_bytes(480, 600)))
    async with living_page(tmp_path / "bot", opened) as url:
        ana = await Visitor.at(await opened.page(DESKTOP), url)
        keys = ana.page.keyboard
        async with ana.page.expect_file_chooser() as chooser:
            await _tab_to(ana, "Choose a photo")
            await keys.press("Enter")
        await (await chooser.value).set_files(photo)
        await ana.page.locator("#preview[open]").wait_for()
        await _tab_to(ana, "What the photo shows")
        await keys.type("a woman in boots")
        await keys.press("Enter")
        await ana.offers(POSED)
        await _tab_to(ana, "4 left knee")
        await keys.press("Enter")
        await ana.offers("left_knee right 10")
        await _tab_to(ana, "Right")
        await keys.press("Enter")
        await keys.press("Enter")
        await ana.is_told("left knee → 10")
        focused = ana.page.locator(":focus")
        await expect(focused).to_have_text("→")
        await _tab_to(ana, "Refine")
        await keys.press("Enter")
        await ana.offers(DONE)
        await ana.card.get_by_text("Before / after").wait_for()
        await _tab_to(ana, "Before / after")
        await keys.press("Enter")
        line = ana.page.get_by_role("slider")
        await expect(line).to_be_focused()
        await keys.press("ArrowRight")
        assert await line.get_attribute("aria-valuenow") == "52"
        await keys.press("Escape")
        await expect(ana.page.locator("#viewer")).to_be_hidden()


async def _tab_to(visitor: Visitor, name: str, most: int = 60) -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(most):
        found = await visitor.page.evaluate(
            "(name) => { const { activeElement: it } = document;"
            " return [it.getAttribute('aria-label'), it.innerText].some("
            "   (told) => told?.includes(name)); }",
            name,
        )
        if found and not await visitor.page.evaluate("document.activeElement === document.body"):
            return
        await visitor.page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {name}")


async def test_a_command_in_a_message_is_taken_over_by_a_tap(tmp_path: Path, opened: Opened):
    async with living_page(tmp_path, opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.types("/start")
        await ana.taps(ana.page.get_by_role("button", name="/help"))
        await expect(ana.composer).to_have_value("/help ")
        await expect(ana.composer).to_be_focused()
        assert await barriers(ana.page) == []


async def test_who_has_everything_forgotten_begins_anew(tmp_path: Path, opened: Opened):
    opened.expected += ["401", "404"]  # what was asked for right before
    async with living_page(tmp_path, opened) as url:
        ana = await Visitor.at(await opened.page(PHONE), url)
        await ana.types("/sample")
        await ana.offers(POSED)
        await ana.types("/forget")
        await ana.taps("forget everything")
        await ana.counts(".card", 0)
        await ana.types("/privacy")
        await ana.reads("I keep your photo")
