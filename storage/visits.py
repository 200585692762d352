"""Browsers that were let in, and what counts only once. Tokens themselves are never stored."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.columns import now
from storage.database import insert_new
from storage.models import SpentRow, VisitRow

TOKEN_BYTES = 32


class Scope(StrEnum):
    """What a browser was let in to."""

    CHAT = "chat"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A browser that was let in.

    Attributes:
        name: Tells this visit from others; it opens nothing.
        user_id: Whose it is.
        scope: What it may see.
        session: The only session that it may see; None for all of that person.
        expires: When it ends.
    """

    name: str
    user_id: int
    scope: Scope
    session: str | None
    expires: datetime


async def begin(
    db: AsyncSession,
    user_id: int,
    scope: Scope,
    *,
    session: str | None = None,
    lifetime: timedelta,
    token: str | None = None,
) -> str:
    """Let a browser in; return what it shows from then on.

    Args:
        db: The transaction.
        user_id: Whose it is.
        scope: What it may see.
        session: The only session that it may see; None for all of that person.
        lifetime: How long.
        token: What it showed before, where it is let in again; None draws a new one.
    """
    token = token or secrets.token_urlsafe(TOKEN_BYTES)
    values = {"user_id": user_id, "scope": scope.value, "session_id": session}
    row = {"token_hash": _hash(token), "expires_at": now() + lifetime, **values}
    await db.execute(insert(VisitRow).values(**row))
    return token


async def find(db: AsyncSession, token: str) -> Visit | None:
    """Return whose visit that is; None if there is none, or not any more."""
    this = select(VisitRow).where(VisitRow.token_hash == _hash(token), VisitRow.expires_at > now())
    row = await db.scalar(this)
    if row is None:
        return None
    return Visit(
        name=row.token_hash[:16],
        user_id=row.user_id,
        scope=Scope(row.scope),
        session=row.session_id,
        expires=row.expires_at,
    )


async def extend(db: AsyncSession, token: str, lifetime: timedelta) -> None:
    """Let a browser stay for longer; what it shows and is called stays the same."""
    this = update(VisitRow).where(VisitRow.token_hash == _hash(token))
    await db.execute(this.values(expires_at=now() + lifetime))


async def spend(db: AsyncSession, nonce: str, until: datetime) -> bool:
    """Use something up that counts once; tell whether it had not been used before.

    Args:
        db: The transaction.
        nonce: What is used up.
        until: When it would not count any more anyway, so that it need not be remembered.
    """
    return await insert_new(db, SpentRow, {"nonce": nonce, "until": until}) is not None


async def sweep(db: AsyncSession, at: datetime) -> None:
    """Forget visits that are over, and what was used up and would not count any more."""
    await db.execute(delete(VisitRow).where(VisitRow.expires_at <= at))
    await db.execute(delete(SpentRow).where(SpentRow.until <= at))


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
