"""Somebody at the chat's page, who does what a thumb, a mouse or a keyboard can do."""

from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.pages.browser import PATIENCE

POSED = "refine"  # the command whose button is there once a photo was completed
DONE = "variants 4"  # and once it was painted anew

LOADED = """Promise.all([...document.images]
  .filter((image) => image.checkVisibility() && !image.complete)
  .map((image) => new Promise((done) => image.addEventListener("load", done))))"""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person and the page in front of them."""

    page: Page

    @classmethod
    async def at(cls, page: Page, url: str) -> "Visitor":
        """Open the chat, and wait until it is connected."""
        visitor = cls(page)
        await page.goto(url)
        await visitor.is_connected()
        return visitor

    @property
    def card(self) -> Locator:
        """The newest card."""
        return self.page.locator(".card").last

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("combobox")

    async def is_connected(self) -> None:
        """Wait until the bot has greeted the page."""
        await self.page.locator("#welcome:not([hidden]), .message").first.wait_for()

    def button(self, command: str) -> Locator:
        """The newest button that stands for a command."""
        return self.page.locator(f'[data-command="{command}"]').last

    async def offers(self, command: str, *, within: float = PATIENCE) -> None:
        """Wait until there is a button for a command."""
        await self.button(command).wait_for(timeout=within)

    async def taps(self, what: Locator | str) -> None:
        """Tap a place, or a button by its command."""
        await (self.button(what) if isinstance(what, str) else what).tap()

    async def clicks(self, what: Locator | str) -> None:
        await (self.button(what) if isinstance(what, str) else what).click()

    async def chooses(self, opener: Locator, *photos: Path) -> None:
        """Have the system's own window for files opened, and choose there."""
        async with self.page.expect_file_chooser() as chooser:
            await opener.click()
        await (await chooser.value).set_files(photos)

    async def sends(self, *photos: Path, caption: str = "") -> None:
        """Choose photos and send them."""
        await self.page.set_input_files("#file", photos)
        await self.page.locator("#preview[open]").wait_for()
        if caption:
            await self.page.locator("#caption").fill(caption)
        await self.page.locator("#preview button[type=submit]").click()
        await self.page.locator("#preview").wait_for(state="hidden")

    async def types(self, text: str) -> None:
        """Write a line and send it."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def reads(self, text: str, *, within: float = PATIENCE) -> None:
        """Wait until a sentence stands somewhere on the page."""
        await self.page.get_by_text(text).last.wait_for(timeout=within)

    async def is_told(self, text: str) -> None:
        """Wait until an answer to a press comes."""
        await expect(self.page.locator(".toast")).to_contain_text(text)

    async def is_at_rest(self) -> None:
        """Wait until every picture in sight is loaded."""
        await self.page.evaluate(LOADED)

    async def counts(self, what: str, number: int) -> None:
        """Wait until there are so many of something."""
        await expect(self.page.locator(what)).to_have_count(number)
