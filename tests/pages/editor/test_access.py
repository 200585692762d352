"""Everybody can pose: by keys, by ear, in the dark, in Korean, on a small phone."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.words import LANGUAGES
from bot.words.catalogues import catalogue
from pipeline.naming import NUMBERED
from tests.pages.browser import DESKTOP, PHONE, SMALL_PHONE, Opened, Screen, barriers, photograph
from tests.pages.editor.stand import CROWD, Stand, standing, stood_up
from tests.pages.editor.talk import Editor

STATIC = Path("bot/static")
TARGET = 44  # CSS pixels that a thumb needs
BLANK = re.compile(r"\{\w+\}")
# Keys that the page puts together.
TOGETHER = {
    *(f"saved.{how}" for how in ("saved", "saving", "unsaved", "offline")),
    *(f"{verb}.{side}" for verb in ("hide", "restore") for side in ("right", "left")),
    *("hide", "show", "busy", "busy.step", "hint", "nobody", "conflict", "conflict.all"),
}
SCREENS = (PHONE, SMALL_PHONE, DESKTOP)
LOOKS = [  # each screen, both colours on a phone and on a desktop, and each language
    (PHONE, False, "en"), (PHONE, True, "ko"), (SMALL_PHONE, False, "ko"),
    (DESKTOP, True, "en"), (DESKTOP, False, "ko"),
]  # fmt: skip


def _sentences(language: str) -> dict[str, str]:
    return {str(one.id): str(one.string) for one in catalogue(language, "editor") if one.id}


def _asked() -> set[str]:
    """Find the keys that the page's own files ask for."""
    html = (STATIC / "editor.html").read_text(encoding="utf-8")
    keys = set(re.findall(r'data-(?:word|label|title)="([^"]+)"', html))
    for file in (STATIC / "editor").glob("*.js"):
        code = file.read_text(encoding="utf-8")
        keys |= set(re.findall(r'(?:\bsay|\btell|told)\(\s*"([a-z_.]+)"', code))
    return keys | TOGETHER


def test_every_sentence_that_the_page_asks_for_is_there_and_no_other():
    assert _asked() == _sentences("en").keys()


def test_every_sentence_is_said_in_every_language_with_the_same_blanks():
    english = _sentences("en")
    for language in LANGUAGES:
        told = _sentences(language)
        assert told.keys() == english.keys()
        assert all(told.values())
        for key, sentence in told.items():
            assert set(BLANK.findall(sentence)) == set(BLANK.findall(english[key])), key


def test_the_page_loads_all_of_its_modules_at_once():
    html = (STATIC / "editor.html").read_text(encoding="utf-8")
    early = set(re.findall(r'rel="modulepreload" href="/static/editor/(\w+\.js)"', html))
    assert early == {file.name for file in (STATIC / "editor").glob("*.js")}


async def test_arrow_keys_move_each_joint_and_say_where_it_is(opened: Opened, stand: Stand):
    before = await stand.person()
    editor = await Editor.at(opened, stand, DESKTOP)
    step = 1 / await editor.scale()
    await editor.page.locator("#refine").focus()
    await editor.page.locator("#fit").focus()
    await editor.page.keyboard.press("Tab")  # the lock
    await editor.page.keyboard.press("Tab")
    first = editor.page.locator(f"[data-joint={NUMBERED[0].label}]")
    await expect(first).to_be_focused()
    await expect(editor.page.locator("#context-name")).to_have_text("right hip (1)")
    for joint in NUMBERED[1:4]:
        await editor.page.keyboard.press("Tab")
        focused = editor.page.locator(f"[data-joint={joint.label}]")
        await expect(focused).to_be_focused()
    await editor.page.keyboard.press("ArrowLeft")
    await editor.page.keyboard.press("Shift+ArrowDown")
    (after,) = await editor.saved(1)
    x, y, _ = before["keypoints"]["left_knee"]
    moved = after["keypoints"]["left_knee"]
    assert moved[0] != x
    assert abs(moved[0] - x) < 6 * step
    label = f"left knee (4): {round(moved[0])}, {round(moved[1])}"
    focused = editor.page.locator("[data-joint=left_knee]")
    await expect(focused).to_have_attribute("aria-label", label)
    assert y != moved[1]
    await expect(editor.page.locator("#told")).to_have_text(label)
    await editor.page.keyboard.press("Control+z")
    assert await editor.saved(2) == [before]  # a row of presses is one step back


async def test_a_key_hides_a_joint_and_what_is_said_of_it_tells_so(opened: Opened, stand: Stand):
    editor = await Editor.at(opened, stand, DESKTOP)
    joint = editor.page.locator("[data-joint=left_heel]")
    await joint.focus()
    await editor.page.keyboard.press("h")
    (after,) = await editor.saved(1)
    assert after["hidden"] == ["left_heel"]
    await expect(joint).to_have_attribute("aria-label", re.compile("hidden"))


async def test_a_joint_that_lies_off_the_screen_comes_in_when_it_is_reached(
    opened: Opened, stand: Stand
):
    editor = await Editor.at(opened, stand, DESKTOP)
    x, y = await editor.spot("nose")
    await editor.page.mouse.move(x, y)
    for _ in range(4):
        await editor.page.mouse.wheel(0, -300)
    await editor.frame()
    assert (await editor.spot("left_big_toe"))[1] > DESKTOP.height
    await editor.page.locator("#lock").focus()
    for _ in range(8):
        await editor.page.keyboard.press("Tab")
    await expect(editor.page.locator("[data-joint=left_big_toe]")).to_be_focused()
    await editor.frame()
    x, y = await editor.spot("left_big_toe")
    assert 0 < y < DESKTOP.height


async def _looks(page: Page) -> list[str]:
    """List what axe finds in each state that the editor can be in."""
    found = await barriers(page)
    for sheet in ("stances", "more", "brush"):
        await page.locator(f"#tab-{sheet}").click()
        await page.locator(f"#sheet-{sheet}").wait_for()
        found += await barriers(page)
    await page.locator("#tab-move").click()
    return found


@pytest.mark.parametrize(("screen", "dark", "language"), LOOKS)
async def test_there_are_no_barriers(
    opened: Opened, tmp_path: Path, screen: Screen, dark: bool, language: str
):
    people = [standing(*one) for one in CROWD]
    async with stood_up(people, tmp_path, opened, language=language) as stand:
        editor = await Editor.at(opened, stand, screen, dark=dark, language=language)
        await editor.page.locator("[data-joint=right_knee]").focus()
        assert await _looks(editor.page) == []
        await editor.frame()
        tone = "dark" if dark else "light"
        await photograph(editor.page, f"editor-{screen.name}-{tone}-{language}")


async def test_there_are_no_barriers_while_it_is_busy_or_asks(opened: Opened, stand: Stand):
    opened.expected += ["409"]
    editor = await Editor.at(opened, stand, deaf=True)
    await stand.types("right_knee left 60")
    await editor.page.locator("#lock").tap()
    await editor.drag("right_knee", 30, 0)
    await expect(editor.page.locator("#conflict")).to_be_visible()
    assert await barriers(editor.page) == []
    await photograph(editor.page, "editor-conflict")
    await editor.page.locator("#take-theirs").tap()
    await editor.saved(2)
    stand.engine.hold.clear()
    await editor.page.locator("#refine").tap()
    await expect(editor.page.locator("#busy")).to_be_visible()
    assert await barriers(editor.page) == []
    await photograph(editor.page, "editor-busy")
    stand.engine.hold.set()


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_everything_to_press_is_as_large_as_a_thumb(
    opened: Opened, stand: Stand, screen: Screen
):
    editor = await Editor.at(opened, stand, screen)
    for sheet in ("stances", "brush", "more"):
        await editor.page.locator(f"#tab-{sheet}").click()
        await editor.page.locator(f"#sheet-{sheet}").wait_for()
        sizes: list[list[float]] = await editor.page.evaluate(
            """[...document.querySelectorAll('button, input[type=range]')]
              .map((one) => one.getBoundingClientRect())
              .filter(({ width }) => width > 0)
              .map(({ width, height }) => [width, height])"""
        )
        assert len(sizes) > 20
        assert min(min(size) for size in sizes) >= TARGET
    wide = await editor.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
