"""How long jobs take, learned from those that are done, and how long until others are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import jobs
from storage.jobs import Job
from storage.models import JobState, StatRow

WEIGHT = 0.3  # of the newest job in the moving average

Cost = Callable[[Job], float | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A waiting job's place in the queue; 1 is next. `seconds` until it is done, if known."""

    job: Job
    place: int
    seconds: float | None


async def learn(db: AsyncSession, kind: str, seconds: float) -> None:
    """Take one measurement into the moving average of its kind."""
    before = await db.scalar(select(StatRow.step_seconds).where(StatRow.kind == kind))
    if before is None:
        await db.execute(insert(StatRow).values(kind=kind, step_seconds=seconds))
        return
    moved = before + WEIGHT * (seconds - before)
    await db.execute(update(StatRow).where(StatRow.kind == kind).values(step_seconds=moved))


async def paces(db: AsyncSession) -> dict[str, float]:
    """Return the seconds that each kind takes."""
    rows = await db.execute(select(StatRow.kind, StatRow.step_seconds))
    return {kind: seconds for kind, seconds in rows}  # noqa: C416


async def place_and_eta(db: AsyncSession, slots: int, cost: Cost) -> list[Place]:
    """Tell where each job that has not begun stands, and when it will be done.

    Args:
        db: The transaction.
        slots: How many jobs are worked on at once.
        cost: How many seconds a job takes, None where that is not known.
    """
    held = await jobs.in_flight(db)
    running = [job for job in held if job.state is JobState.RUNNING]
    queue = [job for job in held if job.state is JobState.DISPATCHED] + await jobs.waiting(db)
    return _places(running, queue, max(1, slots), cost)


def _places(running: Sequence[Job], queue: Sequence[Job], slots: int, cost: Cost) -> list[Place]:
    costs = [cost(job) for job in queue]
    known = [seconds for seconds in costs if seconds is not None]
    if not known:
        return [Place(job, number, None) for number, job in enumerate(queue, 1)]
    usual = sum(known) / len(known)
    ahead = sum((cost(job) or usual) * (1 - job.progress) for job in running)
    places: list[Place] = []
    for number, (job, seconds) in enumerate(zip(queue, costs, strict=True), 1):
        own = usual if seconds is None else seconds
        places.append(Place(job, number, ahead / slots + own))
        ahead += own
    return places
