"""What becomes of jobs, told to the conversations that ordered them."""

from math import ceil

from sqlalchemy.ext.asyncio import AsyncSession

from bot import orders
from bot.bells import After, Bells, ring
from bot.carrying import keep_pictures
from bot.conversation import step
from bot.effects import ShowCard
from bot.events import Cancelled, Event, Failed, Progressed, Queued
from bot.metrics import Metrics
from bot.saving import load_state, save_state
from pipeline import wire
from storage import pictures, sessions
from storage.jobs import Job


class News:
    """Steps conversations by what their jobs came to, in the transaction that changes the job."""

    def __init__(self, bells: Bells, metrics: Metrics) -> None:
        self._bells = bells
        self._metrics = metrics
        self._after = After()

    async def on_place(self, db: AsyncSession, job: Job, place: int, seconds: float | None) -> None:
        await self._step(db, job, Queued(job.number, place, _whole(seconds)))

    async def on_progress(
        self, db: AsyncSession, job: Job, news: wire.Progressed, seconds: float | None
    ) -> None:
        if news.preview is not None:
            await _note(db, news.preview)
        event = Progressed(
            job.number,
            news.stage,
            news.step,
            news.steps,
            seconds=_whole(seconds),
            preview=news.preview.hash if news.preview else None,
        )
        await self._step(db, job, event)

    async def on_result(self, db: AsyncSession, job: Job, response: wire.Response) -> None:
        for painted in response.pictures:
            await _note(db, painted.picture)
        await self._step(db, job, orders.event_of(job, response))
        self._count(job, "done")

    async def on_failure(self, db: AsyncSession, job: Job, sentence: str | None) -> None:
        await self._step(db, job, Failed(job.number, sentence))
        self._count(job, "failed")

    async def on_cancelled(self, db: AsyncSession, job: Job) -> None:
        await self._step(db, job, Cancelled(job.number))
        self._count(job, "cancelled")

    def committed(self) -> None:
        """Tell who has something to show, now that it is kept."""
        after, self._after = self._after, After()
        ring(self._bells, after)

    async def _step(self, db: AsyncSession, job: Job, event: Event) -> None:
        saved = await sessions.load(db, job.session_id)
        if saved is None:
            return
        before = load_state(saved.state)
        state, effects = step(before, event)
        if state == before:
            return
        await sessions.save(db, state.session, save_state(state), touched=False)
        await keep_pictures(db, before, state)
        for effect in effects:
            if isinstance(effect, ShowCard):
                await sessions.want_card(db, state.session, fresh=effect.fresh)
                self._after.chats.add(saved.chat_id)

    def _count(self, job: Job, outcome: str) -> None:
        self._metrics.jobs.labels(job.kind, outcome).inc()


async def _note(db: AsyncSession, stored: wire.Stored) -> None:
    await pictures.note(db, stored.hash, stored.size, stored.mime)


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else ceil(seconds)
