"""How jobs reach a worker and news come back, whatever lies between."""

from typing import Protocol

from pipeline.wire import News, Request


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
