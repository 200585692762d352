"""The editor as a person meets it: where its handles are, what it has saved."""

from dataclasses import dataclass

from playwright.async_api import Page, expect

from tests.pages.browser import PHONE, Opened, Screen
from tests.pages.editor.stand import Json, Stand
from tests.pages.editor.thumb import Spot, Thumb

HALF = 22  # CSS pixels of half a handle


@dataclass(frozen=True, slots=True)
class Editor:
    """An open editor.

    Attributes:
        page: Its page.
        thumb: Fingers on it.
        stand: What it is served by.
    """

    page: Page
    thumb: Thumb
    stand: Stand

    @classmethod
    async def at(
        cls,
        opened: Opened,
        stand: Stand,
        screen: Screen = PHONE,
        *,
        language: str = "en-GB",
        dark: bool = False,
    ) -> "Editor":
        page = await opened.page(screen, language=language, dark=dark)
        await page.goto(f"{stand.address}/edit#token")
        await page.wait_for_selector("body[data-ready]")
        await page.wait_for_selector("[data-joint]")
        return cls(page, await Thumb.of(page), stand)

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
        """Wait until so many saves have come, and return the people of the last one."""
        for _ in range(200):
            if len(self.stand.saves) >= count:
                break
            await self.page.wait_for_timeout(25)
        assert len(self.stand.saves) == count
        await expect(self.page.locator("#status")).to_have_text("Saved")
        return self.stand.saves[-1]["people"]

    async def frame(self) -> None:
        """Wait until what was changed is drawn."""
        await self.page.evaluate(
            "new Promise((done) => { let left = 5; const next = () =>"
            " (left-- ? requestAnimationFrame(next) : done()); next(); })"
        )
