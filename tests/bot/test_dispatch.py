"""From the queue through a worker and back: real SQLite, a real thread, an engine that is quick."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from bot.dispatch import Dispatcher, Times
from bot.link import LinkError, MemoryLink
from pipeline import wire
from pipeline.errors import PlanError
from pipeline.wire import Kind, News, Painting, Request
from storage import jobs, paces, people, sessions
from storage.columns import now
from storage.database import Database, StorageBusy, open_database
from storage.jobs import Job
from storage.models import JobState
from storage.pictures import Pictures
from tests.bot.fakes import FakeEngine, photo_bytes

QUICK = Times(tick=0.05, places=0.0, pause=0.01, lost=45.0, grace=0.5)


@dataclass
class Diary:
    """Listens, writes down what it hears, and can be told to break."""

    lines: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    places: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    sentences: list[str | None] = field(default_factory=list[str | None])
    pictures: list[str] = field(default_factory=list[str])
    breaks: list[Exception] = field(default_factory=list[Exception])
    more: asyncio.Event = field(default_factory=asyncio.Event)

    async def on_place(self, db: AsyncSession, job: Job, place: int, seconds: float | None) -> None:
        self.places.setdefault(job.number, []).append(place)

    async def on_progress(
        self, db: AsyncSession, job: Job, news: wire.Progressed, seconds: float | None
    ) -> None:
        self._note("progress", job)

    async def on_result(self, db: AsyncSession, job: Job, response: wire.Response) -> None:
        if self.breaks:
            raise self.breaks.pop(0)
        self.pictures += [painted.picture.hash for painted in response.pictures]
        self._note("result", job)

    async def on_failure(self, db: AsyncSession, job: Job, sentence: str | None) -> None:
        self.sentences.append(sentence)
        self._note("failure", job)

    async def on_cancelled(self, db: AsyncSession, job: Job) -> None:
        self._note("cancelled", job)

    def committed(self) -> None:
        self.more.set()

    def _note(self, what: str, job: Job) -> None:
        self.lines.append((what, job.number))

    @property
    def ends(self) -> list[tuple[str, int]]:
        return [line for line in self.lines if line[0] != "progress"]

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not is_so():
                self.more.clear()
                await self.more.wait()

    async def ended(self, count: int) -> list[tuple[str, int]]:
        await self.until(lambda: len(self.ends) >= count)
        return self.ends


class Shaky(MemoryLink):
    """A link that can swallow what is published, or not get it through."""

    failing = 0
    swallowing = 0

    async def publish(self, request: Request) -> None:
        if self.failing:
            self.failing -= 1
            raise LinkError("no line")
        if self.swallowing:
            self.swallowing -= 1
            return
        await super().publish(request)


class Shop:
    """All the parts together."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.pictures = Pictures(folder / "pictures")
        self.engine = FakeEngine()
        self.diary = Diary()
        self.numbers = 0

    @asynccontextmanager
    async def open(self, times: Times = QUICK) -> AsyncGenerator["Running"]:
        async with Shaky(lambda: self.engine, self.pictures) as link:
            dispatcher = Dispatcher(self.database, link, self.diary, times=times)
            running = Running(dispatcher, link, asyncio.create_task(dispatcher.run()))
            try:
                yield running
            finally:
                await running.close()

    async def order(self, who: str = "ann", count: int = 1, **asked: object) -> list[int]:
        photo = await self.pictures.put(photo_bytes())
        painting = replace(Painting(kind=Kind.PREPARE, photo=photo), **asked)
        async with self.database.writing() as db:
            person = await people.meet(db, "telegram", who, None)
            chat = await people.place(db, "telegram", who, None, False)
            if await sessions.load(db, who) is None:
                await sessions.create(
                    db, who, user_id=person.id, chat_id=chat, state={"versions": []}
                )
            return [await self._add(db, who, person.id, painting) for _ in range(count)]

    async def _add(self, db: AsyncSession, who: str, user: int, painting: Painting) -> int:
        self.numbers += 1
        return await jobs.add(
            db,
            session_id=who,
            number=self.numbers,
            user_id=user,
            kind=painting.kind,
            order=wire.document_of(painting),
        )

    async def job(self, job: int) -> Job:
        async with self.database.reading() as db:
            found = await jobs.by_id(db, job)
        assert found is not None
        return found


@dataclass
class Running:
    """A dispatcher that runs, and its link."""

    dispatcher: Dispatcher
    link: Shaky
    task: asyncio.Task[None]

    async def close(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/bot.db") as database:
        yield Shop(database, tmp_path)


async def test_an_order_becomes_a_picture(shop: Shop):
    async with shop.open() as running:
        (job,) = await shop.order()
        running.dispatcher.wake()
        assert await shop.diary.ended(1) == [("result", 1)]
    assert ("progress", 1) in shop.diary.lines
    assert (await shop.job(job)).state is JobState.DONE
    assert await shop.pictures.get(shop.diary.pictures[0])
    async with shop.database.reading() as db:
        assert list(await paces.paces(db)) == ["prepare normal"]


async def test_jobs_are_found_without_being_woken(shop: Shop):
    async with shop.open():
        await shop.order()
        assert await shop.diary.ended(1) == [("result", 1)]


async def test_users_take_turns_and_places_are_told(shop: Shop):
    shop.engine.hold.clear()
    async with shop.open() as running:
        await shop.order("ann", 4)
        await shop.order("bob", 2)
        running.dispatcher.wake()
        await shop.diary.until(lambda: shop.diary.places.get(4, [0])[-1] == 5)
        assert {number: told[-1] for number, told in shop.diary.places.items() if number > 1} == {
            5: 1,
            2: 2,
            6: 3,
            3: 4,
            4: 5,
        }
        shop.engine.hold.set()
        ends = await shop.diary.ended(6)
    assert [number for _, number in ends] == [1, 5, 2, 6, 3, 4]


async def test_places_are_told_no_more_often_than_they_can_be_shown(shop: Shop):
    async with shop.open(replace(QUICK, places=60.0)) as running:
        await shop.order("ann", 10)
        running.dispatcher.wake()
        await shop.diary.ended(10)
    assert all(len(told) == 1 for told in shop.diary.places.values())


async def test_no_more_is_given_away_than_a_worker_can_begin_and_one(shop: Shop):
    shop.engine.hold.clear()
    async with shop.open():
        await shop.order("ann", 5)
        await shop.diary.until(lambda: ("progress", 1) in shop.diary.lines)
        async with shop.database.reading() as db:
            assert len(await jobs.in_flight(db)) <= 2
        shop.engine.hold.set()
        await shop.diary.ended(5)


async def test_a_job_that_is_stopped_leaves_the_worker_free(shop: Shop):
    shop.engine.hold.clear()
    async with shop.open() as running:
        first, _ = await shop.order("ann", 2)
        await shop.diary.until(lambda: ("progress", 1) in shop.diary.lines)
        async with shop.database.writing() as db:
            await jobs.cancel(db, first)
        running.dispatcher.stop(first)
        await shop.diary.until(lambda: ("progress", 2) in shop.diary.lines)
        shop.engine.hold.set()
        assert await shop.diary.ended(1) == [("result", 2)]
    assert (await shop.job(first)).state is JobState.CANCELLED


async def test_a_worker_that_was_not_told_to_stop_is_told_when_it_is_heard(shop: Shop):
    shop.engine.pace = 0.05
    shop.engine.steps = 200
    async with shop.open():
        (job,) = await shop.order()
        await shop.diary.until(lambda: ("progress", 1) in shop.diary.lines)
        async with shop.database.writing() as db:
            await jobs.cancel(db, job)
        await shop.order("bob", settings=wire.Settings(seed=5))
        await shop.diary.until(lambda: ("progress", 2) in shop.diary.lines)
    assert shop.diary.ends == []


async def test_what_is_worth_it_is_tried_again(shop: Shop):
    shop.engine.raises = [RuntimeError("a bad moment")]
    async with shop.open():
        (job,) = await shop.order()
        assert await shop.diary.ended(1) == [("result", 1)]
    assert (await shop.job(job)).starts == 2


async def test_a_person_s_own_mistake_is_told_at_once(shop: Shop):
    shop.engine.raises = [PlanError("I found nobody.")]
    async with shop.open():
        await shop.order()
        assert await shop.diary.ended(1) == [("failure", 1)]
    assert shop.diary.sentences == ["I found nobody."]


async def test_an_order_that_cannot_be_read_fails_and_stops_nothing(shop: Shop):
    async with shop.open():
        first, _ = await shop.order("ann", 2)
        async with shop.database.writing() as db:
            await db.execute(
                jobs.update(jobs.JobRow).where(jobs.JobRow.id == first).values(params={"wire": 9})
            )
        assert await shop.diary.ended(2)
    assert sorted(shop.diary.ends) == [("failure", 1), ("result", 2)]


async def test_a_result_and_what_it_leads_to_are_kept_together_or_not_at_all(shop: Shop):
    shop.diary.breaks = [RuntimeError("a bad moment"), StorageBusy("locked")]
    async with shop.open():
        (job,) = await shop.order()
        assert await shop.diary.ended(1) == [("result", 1)]
    assert (await shop.job(job)).state is JobState.DONE
    assert (await shop.job(job)).starts == 1


async def test_news_that_break_something_every_time_do_not_stop_the_others(shop: Shop):
    shop.diary.breaks = [RuntimeError("always")] * 3
    async with shop.open():
        first, second = await shop.order("ann", 2)
        assert await shop.diary.ended(1) == [("result", 2)]
    assert (await shop.job(first)).state is not JobState.DONE
    assert (await shop.job(second)).state is JobState.DONE


async def test_what_does_not_get_through_is_given_away_again(shop: Shop):
    async with shop.open() as running:
        running.link.failing = 3
        (job,) = await shop.order()
        assert await shop.diary.ended(1) == [("result", 1)]
    assert (await shop.job(job)).dispatch == 4


async def test_a_job_of_which_nothing_is_heard_is_given_to_another_worker(shop: Shop):
    async with shop.open(replace(QUICK, lost=0.4)) as running:
        running.link.swallowing = 1
        (job,) = await shop.order()
        assert await shop.diary.ended(1) == [("result", 1)]
    assert (await shop.job(job)).dispatch == 2


async def test_at_the_start_what_was_in_flight_is_done_again(shop: Shop):
    (job,) = await shop.order()
    async with shop.database.writing() as db:
        await jobs.pick(db, 1, now())
        await jobs.started(db, job, 1, now())
    async with shop.open():
        assert await shop.diary.ended(1) == [("result", 1)]
    assert (await shop.job(job)).dispatch == 2


async def test_a_job_that_ended_the_program_too_often_is_given_up(shop: Shop):
    (job,) = await shop.order()
    async with shop.database.writing() as db:
        for _ in range(jobs.MOST_LOSSES - 1):
            await jobs.requeue_all(db, now())
            (picked,) = await jobs.pick(db, 1, now() + timedelta(hours=1))
            await jobs.started(db, job, picked.dispatch, now())
        (picked,) = [*await jobs.requeue_all(db, now())]
        (picked,) = await jobs.pick(db, 1, now())
        await jobs.started(db, job, picked.dispatch, now())
    async with shop.open():
        assert await shop.diary.ended(1) == [("failure", 1)]
    assert shop.diary.sentences == [None]


async def test_a_job_that_kills_the_program_is_given_up_and_the_others_are_done(
    shop: Shop, tmp_path: Path
):
    (poison,) = await shop.order("ann", caption="poison")
    (good,) = await shop.order("bob")
    exits: list[int] = []
    while exits[-1:] != [0]:
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bot.poisoned", str(tmp_path)
        )
        exits.append(await program.wait())
    assert exits == [-signal.SIGKILL] * jobs.MOST_LOSSES + [0]
    assert (await shop.job(poison)).state is JobState.FAILED
    assert (await shop.job(good)).state is JobState.DONE


async def test_at_the_end_a_running_job_may_finish(shop: Shop):
    shop.engine.pace = 0.03
    async with shop.open(replace(QUICK, grace=10.0)) as running:
        await shop.order()
        await shop.diary.until(lambda: ("progress", 1) in shop.diary.lines)
        await running.close()
        assert shop.diary.ends == [("result", 1)]


async def test_at_the_end_what_takes_too_long_is_put_back_as_if_it_had_not_begun(shop: Shop):
    shop.engine.hold.clear()
    async with shop.open() as running:
        first, second = await shop.order("ann", 2)
        await shop.diary.until(lambda: ("progress", 1) in shop.diary.lines)
        await running.close()
    for job in (await shop.job(first), await shop.job(second)):
        assert (job.state, job.starts) == (JobState.QUEUED, 0)


async def test_a_database_that_is_busy_delays_and_loses_nothing(
    shop: Shop, caplog: pytest.LogCaptureFixture
):
    busy = [1] * 4

    def refuse(_: object) -> None:
        if busy:
            busy.pop()
            raise StorageBusy("locked")

    engine = shop.database._writer.sync_engine  # pyright: ignore[reportPrivateUsage]
    async with shop.open():
        await shop.order()
        event.listen(engine, "commit", refuse)
        assert await shop.diary.ended(1)
    assert shop.diary.ends[-1] == ("result", 1)
    assert "broke, and goes on" in caplog.text


async def test_all_news_and_requests_pass_as_strings(shop: Shop):
    heard: list[News] = []
    async with Shaky(lambda: shop.engine, shop.pictures) as link:
        photo = await shop.pictures.put(photo_bytes())
        request = Request(1, 1, Painting(kind=Kind.PREPARE, photo=photo))
        await link.publish(request)
        await link.publish(request)
        while not isinstance(heard[-1] if heard else None, wire.Finished):
            heard.append(await link.hear())
            await link.settle(heard[-1])
        await link.publish(replace(request, job=2))
        assert await link.hear() == wire.Started(2, 1)
