"""Fetches Telegram's updates, for a bot that cannot be reached from outside."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from bot.platform import PlatformError, SlowDown
from bot.platforms.telegram_account import Raw
from bot.platforms.telegram_intake import Intake

FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0  # seconds, doubled from one try to the next

Result = TypeVar("Result")

log = logging.getLogger(__name__)


async def patiently(
    call: Callable[[], Awaitable[Result]],
    *,
    final: type[PlatformError] | tuple[()] = (),
) -> Result:
    """Ask Telegram again and again, with longer waits, until it answers, or refuses for good."""
    wait = FIRST_WAIT
    while True:
        try:
            return await call()
        except final:
            raise
        except SlowDown as error:
            await asyncio.sleep(error.seconds)
        except PlatformError as error:
            log.warning("Telegram does not answer, next try in %.1f s: %s", wait, error)
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)


class Polling:
    """The loop that fetches updates.

    Telegram drops what lies before the number that is asked for, so that number moves on only when
    the database holds all updates before it.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._next = 0
        self._kept: set[int] = set()
        self._wait = 0.0

    async def run(self) -> None:
        """Fetch and take in updates until cancelled.

        Raises:
            TokenRefused: Telegram does not know the token.
        """
        account = self._intake.telegram.account
        await patiently(account.meet)
        await patiently(account.stop_webhook)
        while True:
            await self._take(await patiently(self._fetch))
            await asyncio.sleep(self._wait)

    async def _fetch(self) -> list[Raw]:
        return await self._intake.telegram.account.updates(self._next)

    async def _take(self, updates: list[Raw]) -> None:
        new = [update for update in updates if update["update_id"] not in self._kept]
        left = await self._intake.take_all(new)
        self._confirm((update["update_id"] for update in updates), left)
        longer = min(max(FIRST_WAIT, 2 * self._wait), LONGEST_WAIT)
        self._wait = longer if left else 0.0

    def _confirm(self, numbers: Iterable[int], left: set[int]) -> None:
        self._kept |= set(numbers) - left
        # A number below the next one is an update that came twice.
        reached = min(left, default=max(self._kept, default=-1) + 1)
        self._next = max(self._next, reached)
        self._kept = {number for number in self._kept if number >= self._next}
