"""How long everything is kept, and the deleting of what is older."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from storage import inbox, pictures, visits
from storage.database import Database
from storage.models import (
    ChatRow,
    ForgottenRow,
    InboxRow,
    JobRow,
    OutboxRow,
    PictureUseRow,
    SessionRow,
    UserRow,
    WebMessageRow,
)
from storage.people import ACTIVE

# From when the person touched the session last:
PHOTOS = timedelta(hours=24)  # the file that they sent, with all that a camera writes into one
SESSIONS = timedelta(days=7)  # all the rest of it: results, poses, messages, jobs
# From when it came:
UPDATES = timedelta(hours=48)  # that an update was taken in; a message of no session
LOOSE = timedelta(hours=1)  # such a message that was sent; a picture that no session needs (yet)
# From when the person was last seen:
PEOPLE = timedelta(days=30)  # their language and settings; tombstones

_Ids = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]

BATCH = 100  # sessions to delete in one transaction, so that nobody waits for long


async def sweep(database: Database, store: pictures.Pictures, at: datetime) -> None:
    """Delete what was kept for long enough.

    Args:
        database: Where it is deleted.
        store: The pictures' files.
        at: What counts as now.

    Raises:
        StorageError: The database is locked or full; the next sweep goes on from there.
    """
    while await _sweep_sessions(database, at):
        pass
    async with database.writing() as db:
        await _sweep_photos(db, at)
        await inbox.purge(db, at - UPDATES)
        await _sweep_messages(db, at)
        await visits.sweep(db, at)
        await _sweep_people(db, at)
        await pictures.drop(db, await pictures.unused(db, at - LOOSE))
    await _sweep_files(database, store, at)
    await database.tidy()


async def _sweep_sessions(database: Database, at: datetime) -> int:
    """Delete some of the old sessions; return how many."""
    async with database.writing() as db:
        some = await _old_sessions(db, at)
        await db.execute(delete(SessionRow).where(SessionRow.id.in_(some)))
    return len(some)


async def _old_sessions(db: AsyncSession, at: datetime) -> Sequence[str]:
    old = select(SessionRow.id).where(SessionRow.touched_at < at - SESSIONS)
    return (await db.scalars(old.order_by(SessionRow.touched_at).limit(BATCH))).all()


async def _sweep_photos(db: AsyncSession, at: datetime) -> None:
    old = select(SessionRow.id).where(
        SessionRow.touched_at < at - PHOTOS,
        ~exists().where(JobRow.session_id == SessionRow.id, JobRow.state.in_(ACTIVE)),
    )
    photos = (PictureUseRow.is_photo, PictureUseRow.session_id.in_(old))
    await db.execute(delete(PictureUseRow).where(*photos))


async def _sweep_messages(db: AsyncSession, at: datetime) -> None:
    """Delete messages of no session; their chats, which may tell who somebody is, go with them."""
    over = or_(
        OutboxRow.created_at < at - UPDATES,
        OutboxRow.sent_at < at - LOOSE,
        OutboxRow.given_up_at < at - LOOSE,
    )
    await db.execute(delete(OutboxRow).where(OutboxRow.session_id.is_(None), over))
    loose = (WebMessageRow.session_id.is_(None), WebMessageRow.created_at < at - SESSIONS)
    await db.execute(delete(WebMessageRow).where(*loose))


async def _sweep_people(db: AsyncSession, at: datetime) -> None:
    """Delete people who have not been seen for long, and places where nothing is left."""
    away = UserRow.seen_at < at - PEOPLE
    await db.execute(delete(UserRow).where(away, ~_has_any(SessionRow.user_id, UserRow.id)))
    tables = (SessionRow.chat_id, OutboxRow.chat_id, InboxRow.chat_id, WebMessageRow.chat_id)
    await db.execute(delete(ChatRow).where(*(~_has_any(column, ChatRow.id) for column in tables)))
    await db.execute(delete(ForgottenRow).where(ForgottenRow.at < at - PEOPLE))


def _has_any(column: _Ids, value: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return exists().where(column == value)


async def _sweep_files(database: Database, store: pictures.Pictures, at: datetime) -> None:
    """Remove files of pictures that were struck off, or never noted as somebody was killed."""
    for prefix in await store.prefixes():
        async with database.reading() as db:
            known = await pictures.known(db, prefix)
        await store.remove_unknown(prefix, known, at - LOOSE)
