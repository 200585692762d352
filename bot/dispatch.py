"""Gives jobs to the workers in fair order, and takes back those whose workers are heard no more."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.hearing import Hearing
from bot.hearing import Listener as Listener
from bot.link import Link, LinkError
from bot.places import Places
from pipeline.wire import (
    Beating,
    Loading,
    News,
    Painting,
    Progressed,
    Request,
    WireError,
    from_document,
)
from storage import jobs
from storage.columns import now as moment
from storage.database import Database, StorageError
from storage.jobs import Job
from storage.models import JobState

log = logging.getLogger(__name__)

MOST_TRIES = 3  # of taking news in that break something


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How often things are done, in seconds.

    Attributes:
        tick: Looking into the queue, unless woken before.
        pause: After something broke.
        lost: Without a sign of life, until a job is given to another worker.
        grace: For running jobs to end, when the program ends.
    """

    tick: float = 0.5
    pause: float = 1.0
    lost: float = 45.0
    grace: float = 8.0


class Dispatcher:
    """Keeps workers busy and conversations told, as long as `run` runs."""

    def __init__(
        self,
        database: Database,
        link: Link,
        listener: Listener,
        *,
        times: Times | None = None,
        now: Callable[[], datetime] = moment,
    ) -> None:
        """Put the parts together.

        Args:
            database: Where the jobs are.
            link: The way to the workers.
            listener: Told of everything, each time inside the transaction that it belongs to.
            times: How often things are done.
            now: The clock.
        """
        self._database = database
        self._link = link
        self._listener = listener
        self._times = times or Times()
        self._now = now
        self._hearing = Hearing(database, link, listener, now)
        self._woken = asyncio.Event()
        self._stopping: list[int] = []
        self._places = Places(database, link, listener)
        self._moved = True
        self._news: News | None = None
        self._tries = 0

    def wake(self) -> None:
        """Look into the queue now: there is a new job."""
        self._moved = True
        self._woken.set()

    def stop(self, job: int) -> None:
        """Tell the workers to stop a job; its end is written down already."""
        self._stopping.append(job)
        self.wake()

    async def run(self) -> None:
        """Work until cancelled; then wait a little for what runs, and put the rest back."""
        await self._guarded(self._recover, once=True)
        hearing = asyncio.create_task(self._guarded(self._hear))
        others = [
            asyncio.create_task(self._guarded(loop)) for loop in (self._tick, self._take_back)
        ]
        try:
            await asyncio.wait([hearing, *others])
        finally:
            for task in others:
                task.cancel()
            await asyncio.wait(others)
            await self._let_end()
            hearing.cancel()
            await asyncio.wait([hearing])
            await self._put_back()

    async def _guarded(self, action: Callable[[], Awaitable[None]], *, once: bool = False) -> None:
        """Do it over and over; what breaks is logged and tried again after a pause."""
        while True:
            try:
                await action()
            except Exception:
                log.exception("%s broke, and goes on", action.__name__.strip("_"))
                await asyncio.sleep(self._times.pause)
            else:
                if once:
                    return

    async def _recover(self) -> None:
        """Put back what was given away before this program began: its workers died with it."""
        await self._missed(jobs.requeue_all)

    async def _take_back(self) -> None:
        await asyncio.sleep(self._times.lost / 4)
        await self._missed(partial(jobs.lost, before=self._now() - self._lost()))

    def _lost(self) -> timedelta:
        return timedelta(seconds=self._times.lost)

    async def _missed(self, take: Callable[..., Awaitable[list[Job]]]) -> None:
        async with self._database.writing() as db:
            missed = await take(db, now=self._now())
            failed = [job for job in missed if job.state is JobState.FAILED]
            for job in failed:
                await self._listener.on_failure(db, job, None)
        if missed:
            log.warning("%s jobs were lost, %s of them for good", len(missed), len(failed))
            self.wake()
        if failed:
            self._listener.committed()

    async def _hear(self) -> None:
        """Take in the next news; those that cannot be taken in now are tried again."""
        if self._news is None:
            self._news, self._tries = await self._link.hear(), 0
        try:
            await self._hearing.take_in(self._news)
        except StorageError:
            raise
        except Exception:
            self._tries += 1
            if self._tries < MOST_TRIES:
                raise
            log.exception("news of job %s are given up", self._news.job)
        await self._link.settle(self._news)
        goes_on = isinstance(self._news, Progressed | Beating | Loading)
        self._news = None
        if not goes_on:
            self.wake()

    async def _tick(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), self._times.tick)
        self._woken.clear()
        while self._stopping:
            await self._link.cancel(self._stopping[0])
            del self._stopping[0]
        await self._give()
        if self._moved:
            self._moved = False
            try:
                await self._places.tell()
            except Exception:
                self._moved = True
                raise

    async def _give(self) -> None:
        """Give away as many jobs as the workers can begin, and one each to have at hand."""
        slots = self._link.slots
        async with self._database.reading() as db:
            credit = slots and slots + 1 - len(await jobs.in_flight(db))
            if credit <= 0 or not await jobs.is_due(db, self._now()):
                return
        async with self._database.writing() as db:
            picked = await jobs.pick(db, credit, self._now())
        self._moved |= bool(picked)
        for job in picked:
            await self._publish(job)

    async def _publish(self, job: Job) -> None:
        try:
            painting = from_document(Painting, job.order)
        except WireError:
            log.exception("job %s cannot be read", job.id)
            await self._give_up(job)
            return
        try:
            await self._link.publish(Request(job.id, job.dispatch, painting))
        except LinkError:
            log.warning("job %s did not get through", job.id, exc_info=True)
            async with self._database.writing() as db:
                await jobs.release(db, job.id, job.dispatch)

    async def _give_up(self, job: Job) -> None:
        async with self._database.writing() as db:
            failed = await jobs.fail(
                db, job.id, job.dispatch, self._now(), error="unreadable", retry=False
            )
            if failed is not None:
                await self._listener.on_failure(db, failed, None)
        self._listener.committed()

    async def _let_end(self) -> None:
        """Wait for what runs, as long as there is grace."""
        try:
            async with asyncio.timeout(self._times.grace):
                while True:
                    self._woken.clear()
                    if not await self._runs():
                        return
                    await self._woken.wait()
        except TimeoutError:
            log.info("what still runs is put back")

    async def _runs(self) -> bool:
        async with self._database.reading() as db:
            return any(job.state is JobState.RUNNING for job in await jobs.in_flight(db))

    async def _put_back(self) -> None:
        try:
            await self._release_all()
        except StorageError:
            log.warning("jobs are put back at the next start", exc_info=True)

    async def _release_all(self) -> None:
        async with self._database.writing() as db:
            for job in await jobs.in_flight(db):
                await jobs.release(db, job.id, job.dispatch)
