"""Rows to begin with: somebody in a chat, a session, a picture."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import people, pictures, sessions
from storage.columns import Base
from storage.models import SessionRow

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Talker:
    user: int
    chat: int


async def somebody(db: AsyncSession, name: str = "1") -> Talker:
    person = await people.meet(db, "telegram", name, "ko")
    return Talker(person.id, await people.place(db, "telegram", name, None, is_group=False))


def version(number: int, **more: Any) -> dict[str, Any]:
    return {"is": "Version", "number": number, "parent": number - 1 or None, **more}


def state(*versions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"format": 1, "state": {"is": "State", **more, "versions": list(versions)}}


async def begin(db: AsyncSession, who: Talker, name: str, *versions: dict[str, Any]) -> str:
    await sessions.create(db, name, user_id=who.user, chat_id=who.chat, state=state(*versions))
    return name


async def touched(db: AsyncSession, name: str, at: datetime) -> None:
    await db.execute(update(SessionRow).where(SessionRow.id == name).values(touched_at=at))


async def picture(db: AsyncSession, content: bytes) -> str:
    """Note a picture without its file."""
    name = sha256(content).hexdigest()
    await pictures.note(db, name, len(content), "image/png")
    return name


async def count(db: AsyncSession, *tables: type[Base]) -> list[int]:
    return [(await db.scalars(select(func.count()).select_from(table))).one() for table in tables]


def job_of(who: Talker, session: str, number: int = 1) -> dict[str, Any]:
    """Return what a row of a job needs."""
    named = {"session_id": session, "user_id": who.user, "number": number}
    return {**named, "kind": "prepare", "params": {"seed": number}}
