"""Messages to be sent, each once: written down with what caused them, sent afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.columns import Document, now
from storage.database import insert_new
from storage.models import ChatRow, OutboxRow

_OPEN = (OutboxRow.sent_at.is_(None), OutboxRow.given_up_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to be sent.

    Attributes:
        id: For what becomes of it.
        chat_id: Where to.
        session_id: The session that it belongs to, if any.
        kind: What the payload means.
        payload: What to send.
        attempts: How often that was tried in vain.
    """

    id: int
    chat_id: int
    session_id: str | None
    kind: str
    payload: Document
    attempts: int


async def put(
    db: AsyncSession,
    key: str,
    *,
    chat_id: int,
    session_id: str | None,
    kind: str,
    payload: Document,
) -> bool:
    """Write a message down; tell whether it is new. Two with the same key are the same."""
    values = {"key": key, "chat_id": chat_id, "session_id": session_id}
    row = {**values, "kind": kind, "payload": payload}
    return await insert_new(db, OutboxRow, row) is not None


async def due(db: AsyncSession, at: datetime, chat_id: int | None = None) -> list[Message]:
    """List the messages that are to be sent now, oldest first.

    Args:
        db: The transaction.
        at: What counts as now.
        chat_id: Where to; None lists those to everybody.
    """
    is_time = or_(OutboxRow.not_before.is_(None), OutboxRow.not_before <= at)
    here = (OutboxRow.chat_id == chat_id,) if chat_id is not None else ()
    return await _messages(db, (OutboxRow.attempting_at.is_(None), is_time, *here))


async def doubtful(db: AsyncSession) -> list[Message]:
    """List the messages of which nobody knows whether they were sent: ask only at the start."""
    return await _messages(db, (OutboxRow.attempting_at.is_not(None),))


async def attempting(db: AsyncSession, message_id: int) -> None:
    """Mark, before it is sent, a message that must not be sent twice."""
    await _set(db, message_id, {"attempting_at": now()})


async def sent(db: AsyncSession, message_id: int, message: str | None) -> None:
    """Note that a message was sent, and what the platform calls it."""
    await _set(db, message_id, {"sent_at": now(), "message": message})


async def later(db: AsyncSession, message_id: int, not_before: datetime) -> None:
    """Note that a message was surely not sent, to be tried again."""
    tried = {"attempts": OutboxRow.attempts + 1, "attempting_at": None}
    await _set(db, message_id, {"not_before": not_before, **tried})


async def give_up(db: AsyncSession, message_id: int) -> None:
    """Note that a message is not to be sent any more."""
    await _set(db, message_id, {"given_up_at": now()})


async def _messages(db: AsyncSession, which: Sequence[ColumnElement[bool]]) -> list[Message]:
    columns = (
        OutboxRow.id,
        OutboxRow.chat_id,
        OutboxRow.session_id,
        OutboxRow.kind,
        OutboxRow.payload,
        OutboxRow.attempts,
    )
    reachable = select(*columns).join(ChatRow, ChatRow.id == OutboxRow.chat_id)
    wanted = reachable.where(*_OPEN, ChatRow.parked_at.is_(None), *which).order_by(OutboxRow.id)
    return [Message(**row) for row in (await db.execute(wanted)).mappings()]


async def _set(db: AsyncSession, message_id: int, values: dict[str, Any]) -> None:
    await db.execute(update(OutboxRow).where(OutboxRow.id == message_id).values(**values))
