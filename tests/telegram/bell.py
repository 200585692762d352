"""Waits for something to become true without asking all the time."""

import asyncio
from collections.abc import Callable


class Bell:
    """Rung at every change; whoever waits looks again."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()

    async def until(self, true: Callable[[], bool], seconds: float) -> None:
        """Wait until something is true.

        Raises:
            TimeoutError: It is not after so many seconds.
        """
        async with asyncio.timeout(seconds):
            while not true():
                await self._rung.wait()
