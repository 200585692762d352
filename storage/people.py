"""People, the places where they talk, and forgetting them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.columns import Document, now
from storage.database import insert_new
from storage.inbox import done_with
from storage.models import (
    CardRow,
    ChatRow,
    ForgottenRow,
    InboxRow,
    JobRow,
    JobState,
    OutboxRow,
    PictureRow,
    PictureUseRow,
    SessionRow,
    UserRow,
    WebMessageRow,
)

QUOTA_PERIOD = timedelta(days=1)  # whose orders somebody who is forgotten has had already
SEEN_AGAIN = timedelta(hours=1)  # sooner, that somebody is here is not worth a write
ACTIVE = (JobState.QUEUED, JobState.DISPATCHED, JobState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on a platform.

    Attributes:
        id: Ours.
        language: As chosen, or else as the platform told first.
        options: As chosen last; empty at first.
    """

    id: int
    language: str | None
    options: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to send something; platform, chat and thread as the platform calls them."""

    platform: str
    chat: str
    thread: str | None
    is_group: bool


async def meet(db: AsyncSession, platform: str, user: str, language: str | None) -> Person:
    """Return who that is; somebody new is written down.

    Args:
        db: A transaction that may write.
        platform: Where they are.
        user: What it calls them.
        language: That it tells just now: kept if none was known or chosen until now.
    """
    who = {"platform": platform, "platform_user": user}
    this = select(UserRow.id, UserRow.seen_at, UserRow.language).filter_by(**who)
    row = (await db.execute(this)).first()
    if row is None:
        await insert_new(db, UserRow, {**who, "language": language})
        row = (await db.execute(this)).one()
    elif row.seen_at < now() - SEEN_AGAIN or (row.language is None and language is not None):
        found = {"seen_at": now(), "language": row.language or language}
        await db.execute(update(UserRow).where(UserRow.id == row.id).values(**found))
    return await known(db, row.id)


async def known(db: AsyncSession, user_id: int) -> Person:
    """Return somebody by their id.

    Raises:
        KeyError: There is no such person any more.
    """
    columns = (UserRow.id, UserRow.language, UserRow.options)
    row = (await db.execute(select(*columns).where(UserRow.id == user_id))).first()
    if row is None:
        raise KeyError(user_id)
    return Person(id=row.id, language=row.language, options=row.options)


async def name_of(db: AsyncSession, user_id: int) -> str | None:
    """Return what the platform calls somebody; None if there is no such person any more."""
    return await db.scalar(select(UserRow.platform_user).where(UserRow.id == user_id))


async def remember(db: AsyncSession, user_id: int, options: Document, language: str | None) -> None:
    """Write down what somebody chose, for their next conversation."""
    chosen = {"options": options, "language": language}
    await db.execute(update(UserRow).where(UserRow.id == user_id).values(**chosen))


async def place(
    db: AsyncSession, platform: str, chat: str, thread: str | None, is_group: bool
) -> int:
    """Return a chat's id; one that was parked is not any more, as somebody talks there."""
    where = {"platform": platform, "chat": chat, "thread": thread or ""}
    this = select(ChatRow.id, ChatRow.parked_at).filter_by(**where)
    row = (await db.execute(this)).first()
    if row is None:
        await insert_new(db, ChatRow, {**where, "is_group": is_group})
        row = (await db.execute(this)).one()
    if row.parked_at is not None:
        await unpark(db, row.id)
    return row.id


async def address(db: AsyncSession, chat_id: int) -> Address:
    """Return where a chat is.

    Raises:
        KeyError: There is no such chat any more.
    """
    columns = (ChatRow.platform, ChatRow.chat, ChatRow.thread, ChatRow.is_group)
    row = (await db.execute(select(*columns).where(ChatRow.id == chat_id))).first()
    if row is None:
        raise KeyError(chat_id)
    return Address(
        platform=row.platform, chat=row.chat, thread=row.thread or None, is_group=row.is_group
    )


async def park(db: AsyncSession, chat_id: int) -> None:
    """Send nothing to a chat that cannot be reached, until somebody talks there again."""
    await db.execute(update(ChatRow).where(ChatRow.id == chat_id).values(parked_at=now()))


async def unpark(db: AsyncSession, chat_id: int) -> None:
    await db.execute(update(ChatRow).where(ChatRow.id == chat_id).values(parked_at=None))


async def move_chat(db: AsyncSession, platform: str, old: str, new: str) -> None:
    """Follow a chat that has another name now; the messages in it cannot be edited any more."""
    rows = select(ChatRow.id, ChatRow.thread).filter_by(platform=platform)
    known = {row.thread: row.id for row in await db.execute(rows.filter_by(chat=new))}
    for row in (await db.execute(rows.filter_by(chat=old))).all():
        await _lose_messages(db, row.id)
        if row.thread in known:
            await _merge(db, row.id, known[row.thread])
        else:
            await db.execute(update(ChatRow).where(ChatRow.id == row.id).values(chat=new))


async def _lose_messages(db: AsyncSession, chat_id: int) -> None:
    await db.execute(delete(CardRow).where(CardRow.chat_id == chat_id))
    await db.execute(update(OutboxRow).where(OutboxRow.chat_id == chat_id).values(message=None))
    await db.execute(
        update(SessionRow)
        .where(SessionRow.chat_id == chat_id, SessionRow.card_message.is_not(None))
        .values(card_message=None, card_has_picture=False)
    )


async def _merge(db: AsyncSession, old: int, new: int) -> None:
    for table in (SessionRow, OutboxRow, InboxRow):
        await db.execute(update(table).where(table.chat_id == old).values(chat_id=new))
    await db.execute(delete(ChatRow).where(ChatRow.id == old))


async def forget(db: AsyncSession, user_id: int) -> set[str]:
    """Delete everything that is kept of somebody but a tombstone that does not name them.

    Returns:
        The hashes of the pictures that nobody uses any more; their files are to be removed once
        the transaction has committed.
    """
    await _bury(db, user_id)
    # That an update was taken in is kept: it may be delivered again.
    await db.execute(update(InboxRow).where(InboxRow.user_id == user_id).values(**done_with()))
    await _forget_web_chat(db, user_id)
    theirs = select(SessionRow.id).where(SessionRow.user_id == user_id)
    used = select(PictureUseRow.hash).where(PictureUseRow.session_id.in_(theirs))
    hashes = set(await db.scalars(used))
    await db.execute(delete(UserRow).where(UserRow.id == user_id))
    is_used = exists().where(PictureUseRow.hash == PictureRow.hash)
    gone = delete(PictureRow).where(PictureRow.hash.in_(hashes), ~is_used)
    return set(await db.scalars(gone.returning(PictureRow.hash)))


async def _forget_web_chat(db: AsyncSession, user_id: int) -> None:
    """Delete the messages of somebody's chat, where it is we who keep them."""
    chat = (
        select(ChatRow.id)
        .join(
            UserRow,
            (UserRow.platform == ChatRow.platform) & (UserRow.platform_user == ChatRow.chat),
        )
        .where(UserRow.id == user_id)
    )
    await db.execute(delete(WebMessageRow).where(WebMessageRow.chat_id.in_(chat)))


async def _bury(db: AsyncSession, user_id: int) -> None:
    orders = await orders_since(db, user_id, now() - QUOTA_PERIOD)
    tombstone = {"user_hash": await _name_hash(db, user_id), "orders": orders}
    await db.execute(insert(ForgottenRow).values(**tombstone))


async def orders_since(db: AsyncSession, user_id: int, since: datetime) -> int:
    """Count the jobs that somebody ordered, also before they were forgotten."""
    jobs = select(func.count()).where(JobRow.user_id == user_id, JobRow.created_at >= since)
    forgotten = select(func.coalesce(func.sum(ForgottenRow.orders), 0)).where(
        ForgottenRow.user_hash == await _name_hash(db, user_id), ForgottenRow.at >= since
    )
    return (await db.scalars(jobs)).one() + (await db.scalars(forgotten)).one()


async def active_jobs(db: AsyncSession, user_id: int) -> int:
    """Count somebody's jobs that wait or run."""
    active = (JobRow.user_id == user_id, JobRow.state.in_(ACTIVE))
    return (await db.scalars(select(func.count()).where(*active))).one()


async def _name_hash(db: AsyncSession, user_id: int) -> str:
    columns = (UserRow.platform, UserRow.platform_user)
    row = (await db.execute(select(*columns).where(UserRow.id == user_id))).one()
    return sha256(f"{row.platform}:{row.platform_user}".encode()).hexdigest()
