"""Conversations: their states as documents, their versions, and the messages that show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.columns import Document, now
from storage.database import insert_new
from storage.models import CardRow, ChatRow, OutboxRow, SessionRow, VersionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPlace:
    """The message that shows a session.

    Attributes:
        message: The platform's id of it; None where none was sent yet.
        has_picture: Whether there is a picture on it.
        wanted: How often it was to change.
        shown: Up to which of these changes it shows.
        fresh: Whether it is to be sent as a new message.
    """

    message: str | None
    has_picture: bool
    wanted: int
    shown: int
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A session as it was saved."""

    id: str
    user_id: int
    chat_id: int
    state: Document
    card: CardPlace


async def create(
    db: AsyncSession, session_id: str, *, user_id: int, chat_id: int, state: Document
) -> None:
    """Begin a session."""
    rest, versions = _split(state)
    values = {"id": session_id, "user_id": user_id, "chat_id": chat_id, "state": rest}
    await db.execute(insert(SessionRow).values(**values))
    await _save_versions(db, session_id, versions)


async def load(db: AsyncSession, session_id: str) -> Saved | None:
    """Return a session; its state is not to be changed in place, as `save` compares with it."""
    row = (
        await db.execute(select(SessionRow.__table__).where(SessionRow.id == session_id))
    ).first()
    if row is None:
        return None
    versions = list((await _versions(db, session_id)).values())
    return Saved(
        id=row.id,
        user_id=row.user_id,
        chat_id=row.chat_id,
        state=_joined(row.state, versions),
        card=CardPlace(
            message=row.card_message,
            has_picture=row.card_has_picture,
            wanted=row.card_wanted,
            shown=row.card_shown,
            fresh=row.card_fresh,
        ),
    )


async def save(db: AsyncSession, session_id: str, state: Document, *, touched: bool = True) -> None:
    """Write what has changed of a state, and nothing else; nothing if the session is gone.

    Args:
        db: The transaction.
        session_id: Whose state it is.
        state: All of it.
        touched: Whether a person did it: their words go to the session that they touched last,
            and what nobody touches for long is deleted.
    """
    rest, versions = _split(state)
    values: dict[str, Any] = {"state": rest, "revision": SessionRow.revision + 1}
    values |= {"touched_at": now()} if touched else {}
    change = update(SessionRow).where(SessionRow.id == session_id).values(**values)
    if await db.scalar(change.returning(SessionRow.id)) is not None:
        await _save_versions(db, session_id, versions)


async def latest(db: AsyncSession, user_id: int, chat_id: int) -> str | None:
    """Return the session that somebody touched last in a chat."""
    theirs = (SessionRow.user_id == user_id, SessionRow.chat_id == chat_id)
    order = SessionRow.touched_at.desc()
    return await db.scalar(select(SessionRow.id).where(*theirs).order_by(order).limit(1))


async def by_message(db: AsyncSession, chat_id: int, message: str) -> str | None:
    """Return the session that a message belongs to: as its card, now or earlier, or otherwise.

    Threads are not told apart: a message has one id in all of a chat.
    """
    here = select(ChatRow.platform, ChatRow.chat).where(ChatRow.id == chat_id).subquery()
    threads = select(ChatRow.id).where(
        ChatRow.platform == here.c.platform, ChatRow.chat == here.c.chat
    )
    for table in (CardRow, OutboxRow):
        found = select(table.session_id).where(
            table.chat_id.in_(threads), table.message == message, table.session_id.is_not(None)
        )
        session_id = await db.scalar(found.limit(1))
        if session_id is not None:
            return session_id
    return None


async def want_card(db: AsyncSession, session_id: str, *, fresh: bool = False) -> None:
    """Mark that a card has changed; `fresh` wants it as a new message."""
    values: dict[str, Any] = {"card_wanted": SessionRow.card_wanted + 1}
    values |= {"card_fresh": True} if fresh else {}
    await db.execute(update(SessionRow).where(SessionRow.id == session_id).values(**values))


async def wanting(db: AsyncSession, chat_id: int | None = None) -> list[tuple[str, int]]:
    """List the sessions whose cards have changed, each with its chat, longest untouched first.

    Args:
        db: The transaction.
        chat_id: Where to look; None looks everywhere.
    """
    wanted = (
        select(SessionRow.id, SessionRow.chat_id)
        .join(ChatRow, ChatRow.id == SessionRow.chat_id)
        .where(SessionRow.card_wanted > SessionRow.card_shown, ChatRow.parked_at.is_(None))
        .order_by(SessionRow.touched_at)
    )
    if chat_id is not None:
        wanted = wanted.where(SessionRow.chat_id == chat_id)
    return [(row.id, row.chat_id) for row in await db.execute(wanted)]


async def showing(db: AsyncSession, session_id: str, message: str) -> None:
    """Note the message, still without a picture, that is the card from now on."""
    values = {"card_message": message, "card_has_picture": False, "card_fresh": False}
    change = update(SessionRow).where(SessionRow.id == session_id).values(**values)
    chat_id = await db.scalar(change.returning(SessionRow.chat_id))
    if chat_id is not None:
        card = {"chat_id": chat_id, "message": message, "session_id": session_id}
        await insert_new(db, CardRow, card)


async def shown(db: AsyncSession, session_id: str, wanted: int, has_picture: bool) -> None:
    """Note up to which change the card shows, and whether there is a picture on it."""
    values = {"card_shown": wanted, "card_has_picture": has_picture}
    await db.execute(update(SessionRow).where(SessionRow.id == session_id).values(**values))


def _split(state: Mapping[str, Any]) -> tuple[Document, dict[int, Document]]:
    """Take the versions out of a state."""
    if "state" in state:  # in its envelope, which tells the format
        rest, versions = _split(state["state"])
        return {**state, "state": rest}, versions
    rest = {name: value for name, value in state.items() if name != "versions"}
    return rest, {version["number"]: version for version in state.get("versions", ())}


def _joined(rest: Mapping[str, Any], versions: list[Document]) -> Document:
    if "state" in rest:
        return {**rest, "state": _joined(cast("Document", rest["state"]), versions)}
    return {**rest, "versions": versions}


async def _versions(db: AsyncSession, session_id: str) -> dict[int, Document]:
    """Return the versions that are stored, read once in a transaction."""
    read: dict[str, dict[int, Document]] = db.info.setdefault("versions", {})
    if session_id not in read:
        columns = select(VersionRow.number, VersionRow.document)
        rows = columns.where(VersionRow.session_id == session_id).order_by(VersionRow.number)
        read[session_id] = {row.number: row.document for row in await db.execute(rows)}
    return read[session_id]


async def _save_versions(
    db: AsyncSession, session_id: str, versions: Mapping[int, Document]
) -> None:
    of_session = VersionRow.session_id == session_id
    old = await _versions(db, session_id)
    dropped = old.keys() - versions.keys()
    if dropped:
        await db.execute(delete(VersionRow).where(of_session, VersionRow.number.in_(dropped)))
    for number, document in versions.items():
        values = {"parent": document.get("parent"), "document": document}
        if number not in old:
            row = {"session_id": session_id, "number": number, **values}
            await db.execute(insert(VersionRow).values(**row))
        elif old[number] != document:
            this = (of_session, VersionRow.number == number)
            await db.execute(update(VersionRow).where(*this).values(**values))
    db.info["versions"][session_id] = dict(versions)
