"""Takes news of jobs in: the job's row and the conversation change together or not at all."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.link import Link
from pipeline import wire
from pipeline.jobs import Stage
from pipeline.wire import Beating, Cancelled, Failed, Finished, Loading, News, Progressed, Started
from storage import jobs, paces
from storage.database import Database
from storage.jobs import Job
from storage.models import JobState

log = logging.getLogger(__name__)

BETWEEN_PROGRESS = 1.0  # seconds, of one stage of one job
BETWEEN_TOUCHES = 2.0  # seconds
_PAINTING = frozenset({Stage.OUTPAINT, Stage.REFINE})


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

    async def on_result(self, db: AsyncSession, job: Job, response: wire.Response) -> None:
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


@dataclass(slots=True)
class _Told:
    """What was last told of a running job: which stage, and when (monotonic seconds)."""

    stage: Stage | None = None
    at: float = float("-inf")
    touched: float = float("-inf")


class Hearing:
    """Takes in one news after the other."""

    def __init__(
        self, database: Database, link: Link, listener: Listener, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._link = link
        self._listener = listener
        self._now = now
        self._told: dict[int, _Told] = {}

    async def take_in(self, news: News) -> None:
        """Take news in; those that come too late change nothing.

        Raises:
            StorageError: The database cannot do it now; the news are to be taken in again.
        """
        match news:
            case Loading() | Beating():
                await self._touch(news)
            case Progressed():
                await self._progressed(news)
            case Started():
                await self._started(news)
            case Finished() | Failed() | Cancelled():
                await self._over(news)

    async def _started(self, news: Started) -> None:
        self._told[news.job] = _Told()
        async with self._database.writing() as db:
            job = await jobs.started(db, news.job, news.dispatch, self._now())
            stale = job is None and await _is_over(db, news.job)
        if stale:
            await self._link.cancel(news.job)

    async def _touch(self, news: Loading | Beating | Progressed) -> None:
        async with self._database.writing() as db:
            job = await jobs.touch(db, news.job, news.dispatch, self._now())
            stale = job is None and await _is_over(db, news.job)
        if stale:  # the word to stop did not get through, or came too early
            await self._link.cancel(news.job)

    async def _progressed(self, news: Progressed) -> None:
        told, now = self._told.setdefault(news.job, _Told()), time.monotonic()
        is_telling = (
            news.preview is not None
            or news.stage is not told.stage
            or now - told.at >= BETWEEN_PROGRESS
        )
        if is_telling:
            await self._tell_progress(news)
            told.stage, told.at, told.touched = news.stage, now, now
        elif now - told.touched >= BETWEEN_TOUCHES:
            await self._touch(news)
            told.touched = now

    async def _tell_progress(self, news: Progressed) -> None:
        share = news.step / max(1, news.steps) if news.stage in _PAINTING else None
        async with self._database.writing() as db:
            job = await jobs.touch(db, news.job, news.dispatch, self._now(), progress=share)
            stale = job is None and await _is_over(db, news.job)
            if job is not None:
                seconds = cost_of(job, await paces.paces(db))
                left = None if seconds is None else seconds * (1 - job.progress)
                await self._listener.on_progress(db, job, news, left)
        if job is not None:
            self._listener.committed()
        if stale:
            await self._link.cancel(news.job)

    async def _over(self, news: Finished | Failed | Cancelled) -> None:
        async with self._database.writing() as db:
            told = await self._ended(db, news)
        self._told.pop(news.job, None)
        if told:
            self._listener.committed()

    async def _ended(self, db: AsyncSession, news: Finished | Failed | Cancelled) -> bool:
        match news:
            case Finished():
                return await self._finished(db, news)
            case Failed():
                job = await jobs.fail(
                    db,
                    news.job,
                    news.dispatch,
                    self._now(),
                    error=news.sentence or "broke down",
                    retry=news.retry,
                )
                if job is None or job.state is not JobState.FAILED:
                    return False
                await self._listener.on_failure(db, job, news.sentence)
            case Cancelled():
                job = await jobs.cancel(db, news.job)
                if job is None:
                    return False
                await self._listener.on_cancelled(db, job)
        return True

    async def _finished(self, db: AsyncSession, news: Finished) -> bool:
        response = news.response
        result = {
            "pictures": [painted.picture.hash for painted in response.pictures],
            "seconds": response.seconds,
        }
        job = await jobs.finish(db, news.job, self._now(), result=result)
        if job is None:
            log.info("job %s was over when its result came", news.job)
            return False
        await self._listener.on_result(db, job, response)
        kind, pictures = wire.size_of(job.order)
        await paces.learn(db, kind, response.seconds / pictures)
        return True


async def _is_over(db: AsyncSession, job: int) -> bool:
    known = await jobs.by_id(db, job)
    return known is None or known.is_over


def cost_of(job: Job, known: dict[str, float]) -> float | None:
    """Tell how many seconds a job takes, by what jobs like it took; None if there was none."""
    kind, pictures = wire.size_of(job.order)
    return known[kind] * pictures if kind in known else None
