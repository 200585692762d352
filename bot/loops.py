"""Loops that no error ends, and that end between two rounds and never within one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class Loop:
    """Waits and acts, over and over, in a task of its own.

    Cancelling a task in the middle of a transaction can leave its connection unusable; so only the
    waiting is ever cancelled.
    """

    def __init__(
        self,
        name: str,
        wait: Callable[[], Awaitable[None]],
        act: Callable[[], Awaitable[None]],
        *,
        pause: float,
    ) -> None:
        """Begin.

        Args:
            name: For the log.
            wait: Returns when there is something to do; may be cancelled anywhere.
            act: Does it; is never cancelled.
            pause: Seconds until the next round after one that broke.
        """
        self._name = name
        self._wait = wait
        self._act = act
        self._pause = pause
        self._waits = False
        self._ended = False
        self._task = asyncio.create_task(self._run(), name=name)

    async def end(self) -> None:
        """End it; what is being done is done first."""
        self._ended = True
        if self._waits:
            self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        while not self._ended:
            try:
                await self._waiting(self._wait())
                if not self._ended:
                    await self._act()
            except Exception:
                log.exception("%s broke, and goes on", self._name)
                await self._waiting(asyncio.sleep(self._pause))

    async def _waiting(self, wait: Awaitable[None]) -> None:
        self._waits = True
        try:
            await wait
        finally:
            self._waits = False
