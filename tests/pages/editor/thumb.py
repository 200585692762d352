"""Fingers on a touch screen: pressed, moved and lifted as a phone reports them."""

from collections.abc import Sequence
from dataclasses import dataclass

from playwright.async_api import CDPSession, Page

Spot = tuple[float, float]
STEPS = 6  # moves that a drag is reported in


@dataclass(frozen=True, slots=True)
class Thumb:
    """Touches of one page; several fingers at once are several spots.

    Attributes:
        page: Which page.
        wire: How its browser is told.
    """

    page: Page
    wire: CDPSession

    @classmethod
    async def of(cls, page: Page) -> "Thumb":
        return cls(page, await page.context.new_cdp_session(page))

    async def press(self, *spots: Spot) -> None:
        """Put fingers down, one after the other; those that lie there already are named, too."""
        for count in range(1, len(spots) + 1):
            await self._touch("touchStart", spots[:count])

    async def move(self, *spots: Spot) -> None:
        await self._touch("touchMove", spots)

    async def lift(self) -> None:
        await self._touch("touchEnd", ())

    async def tap(self, *spots: Spot) -> None:
        await self.press(*spots)
        await self.lift()

    async def glide(self, starts: Sequence[Spot], ends: Sequence[Spot], steps: int = STEPS) -> None:
        """Move fingers that are down, without lifting them."""
        for step in range(1, steps + 1):
            share = step / steps
            spots = [
                (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
                for a, b in zip(starts, ends, strict=True)
            ]
            await self.move(*spots)

    async def drag(self, start: Spot, end: Spot, steps: int = STEPS) -> None:
        await self.press(start)
        await self.glide([start], [end], steps)
        await self.lift()

    async def _touch(self, kind: str, spots: Sequence[Spot]) -> None:
        points = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(spots)]
        await self.wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
