"""How jobs reach a worker and news come back, whatever lies between."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Protocol, Self

from taskiq import InMemoryBroker

from pipeline.commission import Paints
from pipeline.wire import Cancelled, Failed, Finished, News, Request, Started, pack, unpack
from pipeline.worker import Pictures, Worker, add_paint

UNNOTED = 5.0  # seconds after which a job begins although nobody has noted that it does


class LinkError(Exception):
    """A request could not be given to the worker; it may be tried again."""


class Link(Protocol):
    """The way to the workers."""

    @property
    def slots(self) -> int:
        """How many jobs can be worked on at once now; 0 while no worker is there."""
        ...

    async def publish(self, request: Request) -> None:
        """Give a job to whichever worker is free. The same job and dispatch again is no other job.

        Raises:
            LinkError: It did not get through.
        """
        ...

    async def cancel(self, job: int) -> None:
        """Stop a job wherever it is; once more, or when it is over, is no error."""
        ...

    async def hear(self) -> News:
        """Wait for the next news.

        Raises:
            LinkError: The line is down; ask again.
        """
        ...

    async def settle(self, news: News) -> None:
        """Say that news are taken in for good. What is not settled may be heard again."""
        ...


class MemoryLink:
    """A worker in this process: one slot, and nothing outlives the program.

    Requests and news go as the same strings as over a network, so that nothing works here that does
    not work there. Use it in an `async with` block.
    """

    slots = 1

    def __init__(self, load: Callable[[], Paints], pictures: Pictures) -> None:
        """Remember what to load.

        Args:
            load: Loads the weights; called in the worker's thread.
            pictures: Where photos are fetched from and pictures put.
        """
        self._news: asyncio.Queue[str] = asyncio.Queue()
        self._broker = InMemoryBroker(max_async_tasks=100)
        self._worker = Worker(load, pictures, self._tell)
        self._paint = add_paint(self._broker, self._worker)
        self._published: set[tuple[int, int]] = set()
        self._beginning: dict[tuple[int, int], asyncio.Event] = {}

    async def __aenter__(self) -> Self:
        await self._broker.startup()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._worker.close()
        await self._broker.shutdown()

    async def warm(self) -> None:
        """Load the weights now, not at the first job."""
        await self._worker.warm()

    async def publish(self, request: Request) -> None:
        """See `Link.publish`."""
        key = (request.job, request.dispatch)
        if key not in self._published:
            self._published.add(key)
            await self._paint.kiq(pack(request))

    async def cancel(self, job: int) -> None:
        """See `Link.cancel`."""
        self._worker.cancel(job)

    async def hear(self) -> News:
        """See `Link.hear`."""
        return unpack(News, await self._news.get())

    async def settle(self, news: News) -> None:
        """See `Link.settle`; news in memory are not heard again."""
        if isinstance(news, Started) and (news.job, news.dispatch) in self._beginning:
            self._beginning[news.job, news.dispatch].set()

    async def _tell(self, news: News) -> None:
        key = (news.job, news.dispatch)
        if isinstance(news, Finished | Failed | Cancelled):
            self._published.discard(key)
        if not isinstance(news, Started):
            self._news.put_nowait(pack(news))
            return
        # A job that kills the program as it begins would never be counted, and kill for ever.
        noted = self._beginning[key] = asyncio.Event()
        self._news.put_nowait(pack(news))
        with suppress(TimeoutError):
            async with asyncio.timeout(UNNOTED):
                await noted.wait()
        del self._beginning[key]
