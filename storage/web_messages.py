"""The messages of web chats, which no platform keeps for us."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.columns import Document
from storage.database import insert_new
from storage.models import ChatRow, SessionRow, WebMessageRow, WebPictureRow

LINK_BYTES = 18
SHOWN = 200  # messages that a chat begins with


@dataclass(frozen=True, slots=True, kw_only=True)
class WebMessage:
    """A message in a web chat.

    Attributes:
        id: Grows with time.
        session: The session that it belongs to, if any.
        mine: Whether the person wrote it.
        document: What it says, in the chat's own words.
        link: The secret part of the addresses of what it shows.
        picture: How many pictures it has shown so far; 0 for none.
        file: The hash of the stored file that it offers, if any.
        created_at: When it came.
    """

    id: int
    session: str | None
    mine: bool
    document: Document
    link: str
    picture: int
    file: str | None
    created_at: datetime


async def add(
    db: AsyncSession,
    chat_id: int,
    document: Document,
    *,
    session: str | None = None,
    mine: bool = False,
    key: str | None = None,
    picture: bytes | None = None,
    file: str | None = None,
) -> int | None:
    """Write a message down; return its id, or None if one with this key is there already."""
    values = {
        "chat_id": chat_id,
        "session_id": _there(session),
        "key": key,
        "mine": mine,
        "document": document,
        "link": secrets.token_urlsafe(LINK_BYTES),
        "file": file,
    }
    message = await insert_new(db, WebMessageRow, values)
    if message is not None and picture is not None:
        await _show(db, message, picture)
    return message


async def change(
    db: AsyncSession,
    chat_id: int,
    message: int,
    document: Document,
    *,
    session: str | None = None,
    picture: bytes | None = None,
) -> bool:
    """Change what a message says, and its picture if there is a new one; tell if it is there."""
    this = (WebMessageRow.id == message, WebMessageRow.chat_id == chat_id)
    values = {"document": document, "session_id": _there(session)}
    change = update(WebMessageRow).where(*this).values(**values)
    if await db.scalar(change.returning(WebMessageRow.id)) is None:
        return False
    if picture is not None:
        await _show(db, message, picture)
    return True


async def one(db: AsyncSession, chat_id: int, message: int) -> WebMessage | None:
    """Return a chat's message."""
    this = (WebMessageRow.id == message, WebMessageRow.chat_id == chat_id)
    row = await db.scalar(select(WebMessageRow).where(*this))
    return _read(row) if row else None


async def by_key(db: AsyncSession, key: str) -> int | None:
    """Return the message that was written down under a key."""
    return await db.scalar(select(WebMessageRow.id).where(WebMessageRow.key == key))


async def newest(db: AsyncSession, chat_id: int) -> list[WebMessage]:
    """List a chat's last messages, oldest first."""
    here = select(WebMessageRow).where(WebMessageRow.chat_id == chat_id)
    rows = await db.scalars(here.order_by(WebMessageRow.id.desc()).limit(SHOWN))
    return [_read(row) for row in reversed(rows.all())]


async def by_link(db: AsyncSession, link: str, chat: str) -> WebMessage | None:
    """Return the message of somebody's own chat that a link names."""
    here = select(WebMessageRow).join(ChatRow, ChatRow.id == WebMessageRow.chat_id)
    this = (WebMessageRow.link == link, ChatRow.platform == "web", ChatRow.chat == chat)
    row = await db.scalar(here.where(*this))
    return _read(row) if row else None


async def picture(db: AsyncSession, message: int) -> bytes | None:
    """Return the picture that a message shows now."""
    this = WebPictureRow.message_id == message
    return await db.scalar(select(WebPictureRow.content).where(this))


async def _show(db: AsyncSession, message: int, content: bytes) -> None:
    await db.execute(delete(WebPictureRow).where(WebPictureRow.message_id == message))
    await db.execute(insert(WebPictureRow).values(message_id=message, content=content))
    more = update(WebMessageRow).where(WebMessageRow.id == message)
    await db.execute(more.values(picture=WebMessageRow.picture + 1))


def _there(session: str | None) -> Any:
    """Give a session if it is still there when this is written."""
    return select(SessionRow.id).where(SessionRow.id == session).scalar_subquery()


def _read(row: WebMessageRow) -> WebMessage:
    return WebMessage(
        id=row.id,
        session=row.session_id,
        mine=row.mine,
        document=row.document,
        link=row.link,
        picture=row.picture,
        file=row.file,
        created_at=row.created_at,
    )
