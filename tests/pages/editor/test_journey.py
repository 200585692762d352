"""From the chat to the editor and back, with nothing but a thumb."""

from pathlib import Path

from playwright.async_api import expect

from tests.pages.browser import PHONE, Opened
from tests.pages.editor.stand import Stand
from tests.pages.editor.talk import Editor
from tests.pages.visitor import POSED, Visitor

PHOTO = Path("pipeline/samples/rendered-woman.jpg")


async def test_a_thumb_goes_from_the_chat_to_the_editor_and_back(opened: Opened, stand: Stand):
    page = await opened.page(PHONE)
    visitor = await Visitor.at(page, stand.url)
    await visitor.sends(PHOTO)
    await visitor.offers(POSED)
    await visitor.taps("editor")
    editor = await Editor.on(page, stand)
    assert page.url == f"{stand.url}/edit"
    await editor.drag("right_ankle", -40, -40)
    await page.locator("#back").tap()  # it saves first
    await visitor.offers(POSED)
    assert len(editor.saves) == 1
    assert page.url == f"{stand.url}/"
    await expect(visitor.button("undo")).to_be_visible()
