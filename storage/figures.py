"""Figures about what is stored: how busy the bot is, and what somebody's jobs are at."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import JobRow, JobState, UserRow
from storage.people import ACTIVE


async def counts(db: AsyncSession, since: datetime) -> dict[str, int]:
    """Count the people seen since then, the jobs that wait and run, and those that ended."""
    people = await db.scalars(select(func.count()).where(UserRow.seen_at >= since))
    open_now = await _by_state(db, JobRow.state.in_(ACTIVE))
    ended = await _by_state(db, JobRow.finished_at >= since)
    return {
        "people": people.one(),
        "waiting": open_now.get(JobState.QUEUED, 0),
        "running": open_now.get(JobState.DISPATCHED, 0) + open_now.get(JobState.RUNNING, 0),
        "done": ended.get(JobState.DONE, 0),
        "failed": ended.get(JobState.FAILED, 0),
    }


async def _by_state(db: AsyncSession, which: ColumnElement[bool]) -> dict[str, int]:
    rows = await db.execute(
        select(JobRow.state, func.count().label("jobs")).where(which).group_by(JobRow.state)
    )
    return {row.state: row.jobs for row in rows}


async def under_way(db: AsyncSession, user_id: int) -> list[int]:
    """List somebody's jobs that a worker may have."""
    active = (JobRow.user_id == user_id, JobRow.state.in_(ACTIVE))
    return list(await db.scalars(select(JobRow.id).where(*active)))
