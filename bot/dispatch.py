"""Gives jobs to the workers in fair order, and takes back those whose workers are heard no more."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.hearing import Hearing
from bot.hearing import Listener as Listener
from bot.link import Link, LinkError
from bot.loops import Loop
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
        places: Between two looks at who stands where in the queue, at least.
        pause: After something broke.
        lost: Without a sign of life, until a job is given to another worker.
        grace: For running jobs to end, when the program ends.
    """

    tick: float = 0.5
    places: float = 1.0
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
        self._looked_at = float("-inf")
        self._recovered = False
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
        loop = partial(Loop, pause=self._times.pause)
        hearing = loop("hearing", self._until_heard, self._take_in)
        giving = loop("giving jobs away", self._until_woken, self._give_and_tell)
        missing = loop("missing jobs", self._between_looks, self._take_back)
        try:
            await asyncio.Event().wait()
        finally:
            await missing.end()
            await giving.end()
            await self._let_end()
            await hearing.end()
            await self._put_back()

    async def _recover(self) -> None:
        """Put back what was given away before this program began: its workers died with it."""
        if not self._recovered:
            await self._missed(jobs.requeue_all)
            self._recovered = True

    async def _between_looks(self) -> None:
        await asyncio.sleep(self._times.lost / 4)

    async def _take_back(self) -> None:
        before = self._now() - timedelta(seconds=self._times.lost)
        await self._missed(partial(jobs.lost, before=before))

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

    async def _until_heard(self) -> None:
        if self._news is None:
            self._news, self._tries = await self._link.hear(), 0

    async def _take_in(self) -> None:
        """Take in what was heard; what cannot be taken in now is tried again."""
        news = self._news
        if news is None:
            return
        try:
            await self._hearing.take_in(news)
        except StorageError:
            raise
        except Exception:
            self._tries += 1
            if self._tries < MOST_TRIES:
                raise
            log.exception("news of job %s are given up", news.job)
        await self._link.settle(news)
        self._news = None
        if not isinstance(news, Progressed | Beating | Loading):
            self.wake()

    async def _until_woken(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._times.tick):
                await self._woken.wait()
        self._woken.clear()

    async def _give_and_tell(self) -> None:
        await self._recover()
        while self._stopping:
            await self._link.cancel(self._stopping[0])
            del self._stopping[0]
        await self._give()
        if self._moved and time.monotonic() - self._looked_at >= self._times.places:
            await self._tell_places()

    async def _tell_places(self) -> None:
        self._moved, self._looked_at = False, time.monotonic()
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
