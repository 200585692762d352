"""The editor as a person meets it: where its handles are, what it has saved."""

import asyncio
from dataclasses import dataclass

from playwright.async_api import Page, Request, expect

from tests.pages.browser import PATIENCE, PHONE, Opened, Screen
from tests.pages.editor.stand import Stand
from tests.pages.editor.thumb import Spot, Thumb
from tests.web.page import Json

HALF = 22  # CSS pixels of half a handle


@dataclass(frozen=True, slots=True)
class Editor:
    """An open editor.

    Attributes:
        page: Its page.
        thumb: Fingers on it.
        stand: What it is served by.
        saves: What it saved, in order.
    """

    page: Page
    thumb: Thumb
    stand: Stand
    saves: list[Json]

    @classmethod
    async def at(
        cls,
        opened: Opened,
        stand: Stand,
        screen: Screen = PHONE,
        *,
        language: str = "en-GB",
        dark: bool = False,
        deaf: bool = False,
    ) -> "Editor":
        """Open the editor by a link of its own.

        Args:
            opened: The browser.
            stand: The bot.
            screen: What the page is looked at on.
            language: The browser's.
            dark: Whether it is dark.
            deaf: Whether the page hears nothing of what the chat does meanwhile.
        """
        page, hears = await opened.page(screen, language=language, dark=dark), asyncio.Event()
        if deaf:
            await page.route_web_socket("**/api/editor/live", lambda _: hears.set())
        page.on("websocket", lambda socket: socket.on("framereceived", lambda _: hears.set()))
        await page.goto(f"{stand.url}/edit#{await stand.token()}")
        editor = await cls.on(page, stand)
        async with asyncio.timeout(PATIENCE / 1000):
            await hears.wait()
        return editor

    @classmethod
    async def on(cls, page: Page, stand: Stand) -> "Editor":
        """Take over a page that is being opened."""
        await page.wait_for_selector("body[data-ready]")
        await page.wait_for_selector("[data-joint]")
        saves: list[Json] = []

        def note(request: Request) -> None:
            if request.url.endswith("/api/editor/save"):
                saves.append(request.post_data_json or {})

        page.on("request", note)
        return cls(page, await Thumb.of(page), stand, saves)

    async def spot(self, joint: str) -> Spot:
        """Tell where a handle is on the screen."""
        box = await self.page.locator(f"[data-joint={joint}]").bounding_box()
        assert box is not None
        return box["x"] + HALF, box["y"] + HALF

    async def scale(self) -> float:
        """Tell how many CSS pixels one of the canvas is."""
        return await self.page.evaluate(
            "new DOMMatrix(getComputedStyle(document.getElementById('world')).transform).a"
        )

    async def drag(self, joint: str, dx: float, dy: float) -> None:
        x, y = await self.spot(joint)
        await self.thumb.drag((x, y), (x + dx, y + dy))

    async def saved(self, count: int = 1) -> list[Json]:
        """Wait until so many saves were sent and answered; return the people of the last one."""
        await self._until(count)
        await expect(self.page.locator("#status")).to_have_text("Saved")
        assert len(self.saves) == count
        return self.saves[-1]["people"]

    async def _until(self, count: int) -> None:
        for _ in range(400):
            if len(self.saves) >= count:
                return
            await self.page.wait_for_timeout(25)
        raise AssertionError(f"{len(self.saves)} saves instead of {count}")

    async def frame(self) -> None:
        """Wait until what was changed is drawn."""
        await self.page.evaluate(
            "new Promise((done) => { let left = 5; const next = () =>"
            " (left-- ? requestAnimationFrame(next) : done()); next(); })"
        )
