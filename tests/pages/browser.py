"""A real Chromium for the tests of the pages: which one, on what screens, and what it complains of.

Screenshots are kept in `out/pages/`, to be looked at.
"""

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Response,
    async_playwright,
)

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "out" / "pages"
AXE = Path(__file__).parent / "axe" / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "The tests of the pages drive a browser: sudo apt-get install -y chromium"
PATIENCE = 15_000  # milliseconds that a page may take to show what is waited for
BAD = frozenset({"serious", "critical"})  # of what axe finds


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What a page is looked at on.

    Attributes:
        name: Goes into the names of its pictures.
        width: CSS pixels.
        height: CSS pixels.
        touch: Whether it is a phone under a thumb, or a window under a mouse.
        scale: Pixels of the screen for one CSS pixel.
    """

    name: str
    width: int
    height: int
    touch: bool = False
    scale: float = 1


PHONE = Screen(name="phone", width=390, height=844, touch=True, scale=2)
SMALL_PHONE = Screen(name="small-phone", width=320, height=568, touch=True, scale=2)
DESKTOP = Screen(name="desktop", width=1280, height=800)


class Opened:
    """Pages of a browser that are watched; several tests may share the browser.

    Attributes:
        browser: The browser.
        complaints: What its pages complained of: errors, what CSP forbids, answers that are none.
        expected: Parts of complaints that a test brings about itself.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.complaints: list[str] = []
        self.expected: list[str] = []
        self._contexts: list[BrowserContext] = []

    @property
    def unexpected(self) -> list[str]:
        """The complaints that no test has asked for."""
        return [told for told in self.complaints if not any(part in told for part in self.expected)]

    async def page(
        self,
        screen: Screen,
        *,
        language: str = "en-GB",
        dark: bool = False,
        still: bool = True,
        **options: Any,
    ) -> Page:
        """Open an empty page, with cookies and a storage of its own.

        Args:
            screen: What it is looked at on.
            language: The browser's.
            dark: Whether its owner wants dark colours.
            still: Whether its owner wants no motion: pictures of it are then all the same.
            options: Further ones of Playwright's `new_context`.
        """
        context = await self.browser.new_context(
            viewport={"width": screen.width, "height": screen.height},
            device_scale_factor=screen.scale,
            has_touch=screen.touch,
            is_mobile=screen.touch,
            locale=language,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if still else "no-preference",
            **options,
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE)
        return self.watched(await context.new_page())

    async def leave(self) -> None:
        """Close every page that was opened here."""
        while self._contexts:
            await self._contexts.pop().close()

    def watched(self, page: Page) -> Page:
        """Note what a page complains of."""
        page.on("console", self._heard)
        page.on("pageerror", self._broken)
        page.on("response", self._answered)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _broken(self, error: Error) -> None:
        self.complaints.append(f"uncaught: {error}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")


def executable() -> str | None:
    """Find a Chromium on this machine."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@asynccontextmanager
async def chromium(path: str, *arguments: str) -> AsyncGenerator[Browser]:
    """Run a Chromium, with further arguments of its command line; it is closed at the end."""
    # Root, as in a container, gets no sandbox from Chromium; the pages are our own.
    known = ["--no-sandbox"] if os.getuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*known, *arguments])
        try:
            yield browser
        finally:
            await browser.close()


async def photograph(page: Page, name: str, *, whole: bool = False) -> Path:
    """Keep a picture of a page in `out/pages/`; `whole` is more than the screen shows at once."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    await page.screenshot(path=path, full_page=whole)
    return path


async def barriers(page: Page) -> list[str]:
    """List what axe-core finds on a page that is serious or critical, each with where it is."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        f"{one['impact']} {one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found["violations"]
        for node in one["nodes"]
        if one["impact"] in BAD
    ]
