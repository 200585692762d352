"""Updates that were taken in: each once, and kept until what it asks for has been fetched."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.columns import Document, now
from storage.database import insert_new
from storage.models import InboxRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An update that something is yet to be done for.

    Attributes:
        id: For `handled` and `later`.
        session_id: The session that it belongs to.
        payload: What is to be done.
        attempts: How often that was tried in vain.
    """

    id: int
    session_id: str | None
    payload: Document
    attempts: int


async def receive(
    db: AsyncSession,
    source: str,
    *,
    user_id: int | None = None,
    chat_id: int | None = None,
    session_id: str | None = None,
    payload: Document | None = None,
) -> int | None:
    """Take an update in.

    Args:
        db: The transaction.
        source: What the platform calls the update; two with the same source are the same.
        user_id: Who sent it.
        chat_id: Where.
        session_id: The session that it belongs to; may be made later in this transaction.
        payload: What is yet to be done for it; None where it is handled in this transaction.

    Returns:
        Its id, or None where it was taken in before.
    """
    whose = {"user_id": user_id, "chat_id": chat_id, "session_id": session_id, "payload": payload}
    values = done_with() if payload is None else whose
    return await insert_new(db, InboxRow, {"source": source, **values})


def done_with() -> dict[str, Any]:
    """Return the columns of an update that nothing is to be done for: all but its source empty."""
    left = dict.fromkeys(("user_id", "chat_id", "session_id", "payload"), None)
    return {**left, "handled_at": now()}


async def handled(db: AsyncSession, inbox_id: int) -> None:
    """Mark that all is done for an update; only its source is kept, as it may come again."""
    await db.execute(update(InboxRow).where(InboxRow.id == inbox_id).values(**done_with()))


async def later(db: AsyncSession, inbox_id: int, not_before: datetime) -> None:
    """Mark that something was tried in vain, to be tried again."""
    values = {"not_before": not_before, "attempts": InboxRow.attempts + 1}
    await db.execute(update(InboxRow).where(InboxRow.id == inbox_id).values(**values))


async def pending(db: AsyncSession, at: datetime) -> list[Waiting]:
    """List the updates that something is to be done for now, oldest first."""
    is_time = or_(InboxRow.not_before.is_(None), InboxRow.not_before <= at)
    columns = (InboxRow.id, InboxRow.session_id, InboxRow.payload, InboxRow.attempts)
    wanted = select(*columns).where(InboxRow.handled_at.is_(None), is_time)
    return [
        Waiting(
            id=row.id, session_id=row.session_id, payload=row.payload or {}, attempts=row.attempts
        )
        for row in await db.execute(wanted.order_by(InboxRow.id))
    ]


async def purge(db: AsyncSession, before: datetime) -> None:
    """Drop updates so old that no platform delivers them again."""
    await db.execute(delete(InboxRow).where(InboxRow.received_at < before))
