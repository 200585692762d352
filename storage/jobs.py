"""Jobs in the database: what waits, what runs where, and what became of it.

Every change of state is one UPDATE with its conditions in WHERE: either it changes the row, or what
it was for had come too late and nothing happens.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.columns import now as moment
from storage.models import JobRow, JobState

MOST_STARTS = 3  # of a job that fails
MOST_LOSSES = 5  # of one whose worker vanishes: that may be the job's fault, and mostly is not
BACKOFF = timedelta(seconds=2)  # before the first retry; each further one waits twice as long

WAITING = (JobState.QUEUED.value,)
IN_FLIGHT = (JobState.DISPATCHED.value, JobState.RUNNING.value)
OPEN = (*WAITING, *IN_FLIGHT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as its last change left it.

    Attributes:
        id: Its own.
        session_id: The conversation that ordered it.
        number: The conversation's own number for it.
        user_id: Whose it is.
        kind: What it paints.
        state: Where it is.
        dispatch: How often it was given away.
        starts: How often it was begun.
        progress: How much of it is done, 0..1.
        order: What was ordered, as it was added.
    """

    id: int
    session_id: str
    number: int
    user_id: int
    kind: str
    state: JobState
    dispatch: int
    starts: int
    progress: float
    order: Mapping[str, Any]

    @property
    def is_over(self) -> bool:
        return self.state not in OPEN


_COLUMNS = (
    JobRow.id,
    JobRow.session_id,
    JobRow.number,
    JobRow.user_id,
    JobRow.kind,
    JobRow.state,
    JobRow.dispatch,
    JobRow.starts,
    JobRow.progress,
    JobRow.params,
)


async def add(
    db: AsyncSession,
    *,
    session_id: str,
    number: int,
    user_id: int,
    kind: str,
    order: Mapping[str, Any],
    priority: int = 0,
) -> int:
    """Put a job into the queue and return its id; a higher priority goes first."""
    values = {
        "session_id": session_id,
        "number": number,
        "user_id": user_id,
        "kind": kind,
        "priority": priority,
        "params": dict(order),
    }
    return (await db.scalars(insert(JobRow).values(**values).returning(JobRow.id))).one()


async def by_session(db: AsyncSession, session_id: str, number: int) -> Job | None:
    """Find a job by its conversation's number for it."""
    return await _one(db, JobRow.session_id == session_id, JobRow.number == number)


async def by_id(db: AsyncSession, job: int) -> Job | None:
    return await _one(db, JobRow.id == job)


async def pick(db: AsyncSession, credit: int, now: datetime) -> list[Job]:
    """Take the next jobs from the queue, as many as `credit`, and mark them as given away."""
    ids = list(await db.scalars(_in_turn(_due(now)).limit(max(0, credit))))
    picked = await _change(
        db,
        JobRow.id.in_(ids),
        JobRow.state.in_(WAITING),
        state=JobState.DISPATCHED.value,
        dispatch=JobRow.dispatch + 1,
        dispatched_at=now,
        seen_at=now,
        progress=0.0,
    )
    return _sorted(picked, ids)


async def is_due(db: AsyncSession, now: datetime) -> bool:
    """Tell whether a job waits that may be taken."""
    due = select(JobRow.id).where(JobRow.state.in_(WAITING), _due(now))
    return (await db.scalar(due.limit(1))) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(JobRow.not_before.is_(None), JobRow.not_before <= now)


def _in_turn(*conditions: ColumnElement[bool]) -> Select[int]:
    """Order the ids of waiting jobs: by priority, then in turn over the users, then by age.

    Whoever has jobs in flight, or others before it in the queue, has had that many turns. Among
    equals it is the turn of whoever was served longest ago.
    """
    flying, served = _flying(), _served()
    before = func.row_number().over(
        partition_by=JobRow.user_id, order_by=(JobRow.priority.desc(), JobRow.id)
    )
    turn = before + func.coalesce(flying.c.jobs, 0)
    return (
        select(JobRow.id)
        .outerjoin(flying, flying.c.user_id == JobRow.user_id)
        .outerjoin(served, served.c.user_id == JobRow.user_id)
        .where(JobRow.state.in_(WAITING), *conditions)
        .order_by(
            JobRow.priority.desc(),
            turn,
            before > 1,  # by then its user will just have been served
            served.c.last.asc().nulls_first(),
            JobRow.id,
        )
    )


def _flying() -> Subquery:
    jobs = func.count().label("jobs")
    theirs = select(JobRow.user_id, jobs).where(JobRow.state.in_(IN_FLIGHT))
    return theirs.group_by(JobRow.user_id).subquery("flying")


def _served() -> Subquery:
    """Tell when those who wait were served last."""
    last = func.max(JobRow.dispatched_at).label("last")
    who = select(JobRow.user_id).where(JobRow.state.in_(WAITING))
    theirs = select(JobRow.user_id, last).where(JobRow.user_id.in_(who))
    return theirs.group_by(JobRow.user_id).subquery("served")


async def started(db: AsyncSession, job: int, dispatch: int, now: datetime) -> Job | None:
    """Note that a worker began; None if that job was not waiting for this."""
    return _only(
        await _change(
            db,
            JobRow.id == job,
            JobRow.dispatch == dispatch,
            JobRow.state == JobState.DISPATCHED.value,
            state=JobState.RUNNING.value,
            starts=JobRow.starts + 1,
            seen_at=now,
        )
    )


async def touch(
    db: AsyncSession, job: int, dispatch: int, now: datetime, *, progress: float | None = None
) -> Job | None:
    """Note that a worker still has a job; None if it is not its any more."""
    done = {} if progress is None else {"progress": progress}
    held = (JobRow.id == job, JobRow.dispatch == dispatch, JobRow.state.in_(IN_FLIGHT))
    return _only(await _change(db, *held, seen_at=now, **done))


async def finish(
    db: AsyncSession, job: int, now: datetime, *, result: Mapping[str, Any] | None = None
) -> Job | None:
    """Note a job's result; None if it was over already: of several results one counts.

    It does not matter which time it was given away: the same order gives the same pictures.
    """
    return await _end(
        db, job, JobState.DONE, now, result=dict(result or {}), progress=1.0, error=None
    )


async def cancel(db: AsyncSession, job: int) -> Job | None:
    """End a job that is not over, wherever it is; None if it was."""
    return await _end(db, job, JobState.CANCELLED, moment(), cancel=True)


async def _end(
    db: AsyncSession, job: int, state: JobState, now: datetime, **values: Any
) -> Job | None:
    is_open = (JobRow.id == job, JobRow.state.in_(OPEN))
    return _only(await _change(db, *is_open, state=state.value, finished_at=now, **values))


async def fail(
    db: AsyncSession, job: int, dispatch: int, now: datetime, *, error: str, retry: bool
) -> Job | None:
    """Note that a worker gave a job up; None if it is not its any more.

    Args:
        db: The transaction.
        job: Its id.
        dispatch: Which time it was given away.
        now: The time.
        error: Why, in a few words, for whoever runs the bot.
        retry: Whether it is worth another try.

    Returns:
        The job: failed, or back in the queue if it may be tried again, later each time.
    """
    held = (JobRow.id == job, JobRow.dispatch == dispatch, JobRow.state.in_(IN_FLIGHT))
    known = await _one(db, *held)
    if known is None:
        return None
    if not retry or known.starts >= MOST_STARTS:
        return await _end(db, job, JobState.FAILED, now, error=error)
    later = now + BACKOFF * 2 ** max(0, known.starts - 1)
    return _only(await _back(db, *held, not_before=later, error=error))


async def lost(db: AsyncSession, before: datetime, now: datetime) -> list[Job]:
    """Take back the jobs whose workers were last heard of before then.

    Returns:
        What is back in the queue, and what was lost so often that it failed.
    """
    return await _take_back(db, now, JobRow.seen_at < before)


async def requeue_all(db: AsyncSession, now: datetime) -> list[Job]:
    """Take back all jobs in flight: for the start of a program whose workers died with it.

    Returns:
        What is back in the queue, and what was lost so often that it failed.
    """
    return await _take_back(db, now)


async def release(db: AsyncSession, job: int, dispatch: int) -> Job | None:
    """Put a job back that was stopped through no fault of its own, as if it had not begun."""
    held = (JobRow.id == job, JobRow.dispatch == dispatch, JobRow.state.in_(IN_FLIGHT))
    known = await _one(db, *held)
    begun = known is not None and known.state is JobState.RUNNING
    return _only(await _back(db, *held, starts=JobRow.starts - int(begun)))


async def _take_back(db: AsyncSession, now: datetime, *which: ColumnElement[bool]) -> list[Job]:
    held = (JobRow.state.in_(IN_FLIGHT), *which)
    over = {"state": JobState.FAILED.value, "finished_at": now, "error": "lost"}
    failed = await _change(db, *held, JobRow.starts >= MOST_LOSSES, **over)
    return [*failed, *await _back(db, *held, error="lost")]


async def _back(db: AsyncSession, *where: ColumnElement[bool], **values: Any) -> list[Job]:
    return await _change(db, *where, state=JobState.QUEUED.value, progress=0.0, **values)


async def in_flight(db: AsyncSession) -> list[Job]:
    """List the jobs that were given away, in that order."""
    return await _all(db, JobRow.state.in_(IN_FLIGHT), order=(JobRow.dispatched_at, JobRow.id))


async def waiting(db: AsyncSession) -> list[Job]:
    """List the jobs in the queue, in the order in which they would be taken now."""
    ids = list(await db.scalars(_in_turn()))
    return _sorted(await _all(db, JobRow.id.in_(ids)), ids)


async def _all(db: AsyncSession, *where: ColumnElement[bool], order: Any = ()) -> list[Job]:
    rows = await db.execute(select(*_COLUMNS).where(*where).order_by(*order))
    return [_job(row) for row in rows]


async def _one(db: AsyncSession, *where: ColumnElement[bool]) -> Job | None:
    return _only(await _all(db, *where))


async def _change(db: AsyncSession, *where: ColumnElement[bool], **values: Any) -> list[Job]:
    changed = update(JobRow).where(*where).values(**values).returning(*_COLUMNS)
    rows = await db.execute(changed.execution_options(synchronize_session=False))
    return [_job(row) for row in rows.all()]


def _job(row: Any) -> Job:
    known = dict(zip(("id", "session_id", "number", "user_id", "kind"), row[:5], strict=True))
    state, dispatch, starts, progress, order = row[5:]
    return Job(
        **known,
        state=JobState(state),
        dispatch=dispatch,
        starts=starts,
        progress=progress,
        order=order,
    )


def _only(jobs: list[Job]) -> Job | None:
    return jobs[0] if jobs else None


def _sorted(jobs: Iterable[Job], ids: list[int]) -> list[Job]:
    places = {job: place for place, job in enumerate(ids)}
    return sorted(jobs, key=lambda job: places[job.id])
