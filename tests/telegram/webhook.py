"""Posts updates to a bot's address, each chat's in their order, again until it takes them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from tests.telegram.rules import Json
from tests.telegram.updates import Queue, Waiting

HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass(slots=True)
class Webhook:
    """Where updates are posted to.

    Attributes:
        queue: The updates.
        now: The clock.
        first_wait: Seconds before an update is posted again, doubled each time.
        patience: Seconds that an answer may take.
        behind: The machine that the bot's public address leads to; None if it is that address.
    """

    queue: Queue
    now: Callable[[], float]
    url: str = ""
    secret: str = ""
    most: int = 40
    first_wait: float = 0.05
    longest_wait: float = 60.0
    patience: float = 5.0
    behind: str | None = None
    error: tuple[int, str] | None = None
    posted: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    _loop: asyncio.Task[None] | None = None

    async def start(self, url: str, secret: str, most: int) -> None:
        await self.stop()
        self.url, self.secret, self.most, self.error = url, secret, most, None
        self._loop = asyncio.create_task(self._deliver())

    async def stop(self) -> None:
        self.url = ""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
            self._loop = None

    def wire(self) -> Json:
        told: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.queue.fresh()),
            "max_connections": self.most,
            "allowed_updates": sorted(self.queue.allowed),
        }
        if self.error is not None:
            told["last_error_date"], told["last_error_message"] = self.error
        return told

    async def _deliver(self) -> None:
        busy: set[int] = set()
        room = asyncio.Semaphore(self.most)
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
            while True:
                for update in list(self.queue.fresh()):
                    if update.chat not in busy:
                        busy.add(update.chat)
                        group.create_task(self._post(session, update, busy, room))
                await self.queue.news.until(lambda: self._has_news(busy), 3600)

    def _has_news(self, busy: set[int]) -> bool:
        return any(update.chat not in busy for update in self.queue.fresh())

    async def _post(
        self,
        session: aiohttp.ClientSession,
        update: Waiting,
        busy: set[int],
        room: asyncio.Semaphore,
    ) -> None:
        wait = self.first_wait
        while True:
            async with room:
                status = await self._try(session, update)
            self.posted.append((update.id, status))
            if 200 <= status < 300:
                break
            await asyncio.sleep(wait)
            wait = min(2 * wait, self.longest_wait)
        busy.discard(update.chat)
        self.queue.drop(update)

    async def _try(self, session: aiohttp.ClientSession, update: Waiting) -> int:
        headers = {HEADER: self.secret} if self.secret else {}
        known = urlsplit(self.url)
        address = f"{self.behind}{known.path}" if self.behind else self.url
        headers |= {"Host": known.netloc} if self.behind else {}
        try:
            async with asyncio.timeout(self.patience):
                answer = await session.post(address, json=update.wire(), headers=headers)
                async with answer:
                    status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            self.error = (int(self.now()), str(error) or "Read timeout expired")
            return 0
        if not 200 <= status < 300:
            self.error = (int(self.now()), f"Wrong response from the webhook: {status}")
        return status
