"""Jobs in a real database: whose turn it is, and that every job ends once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import jobs, paces, people, sessions
from storage.database import Database
from storage.jobs import Job
from storage.models import JobRow, JobState

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


async def order(db: AsyncSession, who: str, count: int = 1, *, priority: int = 0) -> list[int]:
    """Let somebody order a number of jobs, in a conversation that is made for them at first."""
    person = await people.meet(db, "telegram", who, None)
    chat = await people.place(db, "telegram", who, None, False)
    name = f"{who:a<8}"[:8].lower()
    if await sessions.load(db, name) is None:
        await sessions.create(db, name, user_id=person.id, chat_id=chat, state={"versions": []})
    known = await db.scalar(select(func.count()).where(JobRow.session_id == name))
    first = 1 + (known or 0)
    return [
        await jobs.add(
            db,
            session_id=name,
            number=number,
            user_id=person.id,
            kind="prepare",
            order={"for": who},
            priority=priority,
        )
        for number in range(first, first + count)
    ]


def whose(picked: list[Job]) -> str:
    return "".join(job.order["for"] for job in picked)


async def begun(db: AsyncSession) -> Job:
    """Order a job and let a worker begin it."""
    await order(db, "A")
    (picked,) = await jobs.pick(db, 1, NOON)
    started = await jobs.started(db, picked.id, picked.dispatch, NOON)
    assert started is not None
    return started


async def lane(db: AsyncSession) -> None:
    await order(db, "A", 8)
    await order(db, "B", 3)
    await order(db, "C", priority=1)


@pytest.mark.parametrize("credit", [1, 2, 5, 12])
async def test_urgent_ones_go_first_and_then_everybody_in_turn(database: Database, credit: int):
    async with database.writing() as db:
        await lane(db)
        picked: list[Job] = []
        for tick in range(12):
            picked += await jobs.pick(db, credit, NOON + tick * SECOND)
    assert whose(picked) == "CABABABAAAAA"


async def test_turns_are_kept_when_each_job_is_done_before_the_next_is_picked(database: Database):
    async with database.writing() as db:
        await lane(db)
        done = ""
        for tick in range(12):
            (job,) = await jobs.pick(db, 1, NOON + tick * SECOND)
            assert await jobs.finish(db, job.id, NOON + tick * SECOND) is not None
            done += whose([job])
    assert done == "CABABABAAAAA"


async def test_who_has_much_in_flight_waits_for_the_others(database: Database):
    async with database.writing() as db:
        await order(db, "A", 4)
        assert whose(await jobs.pick(db, 3, NOON)) == "AAA"
        await order(db, "B", 3)
        assert whose(await jobs.pick(db, 4, NOON + SECOND)) == "BBBA"


async def test_twenty_people_with_one_job_each_do_not_wait_for_one_with_two_hundred(
    database: Database,
):
    async with database.writing() as db:
        await order(db, "Z", 200)
        for number in range(20):
            await order(db, f"p{number}")
        picked = await jobs.pick(db, 22, NOON)
    assert [job.order["for"] for job in picked].count("Z") == 2


async def test_the_queue_is_told_in_the_order_in_which_it_is_picked(database: Database):
    async with database.writing() as db:
        await lane(db)
        told = await jobs.waiting(db)
        assert [job.id for job in told] == [job.id for job in await jobs.pick(db, 12, NOON)]


async def test_picking_gives_away_once_and_no_more_than_the_credit(database: Database):
    async with database.writing() as db:
        await order(db, "A", 3)
        first = await jobs.pick(db, 2, NOON)
        assert [(job.state, job.dispatch) for job in first] == [(JobState.DISPATCHED, 1)] * 2
        assert len(await jobs.pick(db, 5, NOON)) == 1
        assert await jobs.pick(db, 5, NOON) == []
        assert await jobs.pick(db, 0, NOON) == []
        assert await jobs.pick(db, -1, NOON) == []


async def test_of_eight_results_one_counts(database: Database):
    async with database.writing() as db:
        job = await begun(db)

    async def race(number: int) -> Job | None:
        async with database.writing() as db:
            return await jobs.finish(db, job.id, NOON, result={"racer": number})

    ends = await asyncio.gather(*(race(number) for number in range(8)))
    assert [end.state for end in ends if end] == [JobState.DONE]


async def test_a_result_of_an_earlier_time_counts_too(database: Database):
    async with database.writing() as db:
        job = await begun(db)
        await jobs.lost(db, NOON + SECOND, NOON + SECOND)
        finished = await jobs.finish(db, job.id, NOON)
        assert finished is not None
        assert finished.state is JobState.DONE
        assert await jobs.pick(db, 1, NOON) == []


@pytest.mark.parametrize("end", ["finish", "cancel", "fail"])
async def test_what_is_over_stays_as_it_is(database: Database, end: str):
    async with database.writing() as db:
        job = await begun(db)
        over = await {
            "finish": lambda: jobs.finish(db, job.id, NOON),
            "cancel": lambda: jobs.cancel(db, job.id),
            "fail": lambda: jobs.fail(db, job.id, 1, NOON, error="x", retry=False),
        }[end]()
        assert over is not None
        assert over.is_over
        assert await jobs.finish(db, job.id, NOON) is None
        assert await jobs.cancel(db, job.id) is None
        assert await jobs.fail(db, job.id, 1, NOON, error="x", retry=True) is None
        assert await jobs.started(db, job.id, 1, NOON) is None
        assert await jobs.touch(db, job.id, 1, NOON) is None
        assert await jobs.release(db, job.id, 1) is None
        assert await jobs.lost(db, NOON + SECOND, NOON) == []
        assert await jobs.by_id(db, job.id) == over


async def test_a_failing_job_is_tried_three_times_and_later_each_time(database: Database):
    async with database.writing() as db:
        await order(db, "A")
        now, waits = NOON, list[float]()
        for attempt in (1, 2, 3):
            (job,) = await jobs.pick(db, 1, now)
            await jobs.started(db, job.id, attempt, now)
            failed = await jobs.fail(db, job.id, attempt, now, error="broke", retry=True)
            assert failed is not None
            if failed.state is JobState.FAILED:
                break
            due = now
            while not await jobs.is_due(db, due):
                due += SECOND
            waits.append((due - now).total_seconds())
            now = due
        assert (failed.state, failed.starts, waits) == (JobState.FAILED, 3, [2.0, 4.0])


async def test_a_job_that_is_not_worth_another_try_fails_at_once(database: Database):
    async with database.writing() as db:
        job = await begun(db)
        failed = await jobs.fail(db, job.id, 1, NOON, error="no photo", retry=False)
        assert failed is not None
        assert failed.state is JobState.FAILED


async def test_news_of_an_earlier_time_change_nothing(database: Database):
    async with database.writing() as db:
        job = await begun(db)
        await jobs.lost(db, NOON + SECOND, NOON)
        (again,) = await jobs.pick(db, 1, NOON)
        assert again.dispatch == 2
        assert await jobs.started(db, job.id, 1, NOON) is None
        assert await jobs.touch(db, job.id, 1, NOON, progress=0.5) is None
        assert await jobs.fail(db, job.id, 1, NOON, error="x", retry=False) is None
        assert await jobs.by_id(db, job.id) == again


async def test_beginning_twice_counts_once(database: Database):
    async with database.writing() as db:
        job = await begun(db)
        assert await jobs.started(db, job.id, 1, NOON) is None
        assert (await jobs.by_id(db, job.id)) == job
        assert job.starts == 1


async def test_a_job_is_lost_when_nothing_was_heard_of_it_and_only_then(database: Database):
    async with database.writing() as db:
        job = await begun(db)
        await jobs.touch(db, job.id, 1, NOON + 10 * SECOND)
        assert await jobs.lost(db, NOON + 10 * SECOND, NOON) == []
        (back,) = await jobs.lost(db, NOON + 11 * SECOND, NOON)
        assert (back.id, back.state, back.starts) == (job.id, JobState.QUEUED, 1)


async def test_a_job_whose_worker_vanishes_every_time_fails_in_the_end(database: Database):
    async with database.writing() as db:
        await order(db, "A")
        states: list[JobState] = []
        while JobState.FAILED not in states:
            (job,) = await jobs.pick(db, 1, NOON)
            await jobs.started(db, job.id, job.dispatch, NOON)
            states += [back.state for back in await jobs.requeue_all(db, NOON)]
        assert states == [JobState.QUEUED] * 4 + [JobState.FAILED]


async def test_at_a_start_everything_in_flight_goes_back_and_nothing_else(database: Database):
    async with database.writing() as db:
        await begun(db)
        await order(db, "B", 2)
        await jobs.pick(db, 1, NOON)
        back = await jobs.requeue_all(db, NOON)
        assert {job.state for job in back} == {JobState.QUEUED}
        assert len(back) == 2
        assert len(await jobs.waiting(db)) == 3


async def test_a_job_that_was_put_back_has_not_begun(database: Database):
    async with database.writing() as db:
        job = await begun(db)
        back = await jobs.release(db, job.id, 1)
        assert back is not None
        assert (back.state, back.starts) == (JobState.QUEUED, 0)


async def test_whoever_is_forgotten_has_no_jobs(database: Database):
    async with database.writing() as db:
        job = await begun(db)
        await people.forget(db, job.user_id)
    async with database.writing() as db:
        assert await jobs.by_id(db, job.id) is None
        assert await jobs.finish(db, job.id, NOON) is None


async def test_paces_follow_what_jobs_take(database: Database):
    async with database.writing() as db:
        for seconds in (10.0, 10.0, 20.0):
            await paces.learn(db, "prepare normal", seconds)
        assert await paces.paces(db) == {"prepare normal": pytest.approx(13.0)}


async def test_places_tell_how_long_everything_ahead_takes(database: Database):
    async with database.writing() as db:
        job = await begun(db)
        await jobs.touch(db, job.id, 1, NOON, progress=0.75)
        await order(db, "B", 2)
        await jobs.pick(db, 1, NOON)
        places = await paces.place_and_eta(db, 1, lambda _: 20.0)
        assert [(place.place, place.seconds) for place in places] == [(1, 25.0), (2, 45.0)]
        unknown = await paces.place_and_eta(db, 1, lambda _: None)
        assert [(place.place, place.seconds) for place in unknown] == [(1, None), (2, None)]
