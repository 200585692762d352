"""Gives jobs to the workers in fair order, hears what becomes of them, and misses lost ones."""

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from pipeline.wire import Progressed, Response
from storage.jobs import Job


class Listener(Protocol):
    """Who wants to know what becomes of jobs.

    Each call comes inside the transaction that changes the job, so that both are kept or neither.
    """

    async def on_place(self, db: AsyncSession, job: Job, place: int, seconds: float | None) -> None:
        """A job waits at this place; 1 is next. Called only when that has changed."""
        ...

    async def on_progress(
        self, db: AsyncSession, job: Job, news: Progressed, seconds: float | None
    ) -> None:
        """A job goes on; it may take so many seconds still. At most once a second and stage."""
        ...

    async def on_result(self, db: AsyncSession, job: Job, response: Response) -> None:
        """A job gave its pictures; called once for each job."""
        ...

    async def on_failure(self, db: AsyncSession, job: Job, sentence: str | None) -> None:
        """A job gave nothing and will not be tried again; the sentence is for the person."""
        ...

    async def on_cancelled(self, db: AsyncSession, job: Job) -> None:
        """A job was stopped, by a worker that was told so by somebody else."""
        ...

    def committed(self) -> None:
        """A transaction in which something was called is over and kept."""
        ...
