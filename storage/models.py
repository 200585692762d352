"""The tables. Rows never leave this package; what callers get are values."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import NEVER_TWICE, Base, Document, Id, now


class JobState(StrEnum):
    """Where a job is; the last three are never left."""

    QUEUED = "queued"
    DISPATCHED = "dispatched"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


def _where(condition: str) -> dict[str, Any]:
    """Keep an index to the rows that are asked for: the few that are still open."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


_STATES = ", ".join(f"'{state}'" for state in JobState)


class UserRow(Base):
    """A person on one platform, with what they chose last."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("platform", "platform_user"), NEVER_TWICE)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    platform: Mapped[str]
    platform_user: Mapped[str]
    language: Mapped[str | None]
    options: Mapped[Document] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)


class ChatRow(Base):
    """A place where people talk to the bot; `thread` is empty where there are none."""

    __tablename__ = "chats"
    __table_args__ = (UniqueConstraint("platform", "chat", "thread"), NEVER_TWICE)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    platform: Mapped[str]
    chat: Mapped[str]
    thread: Mapped[str] = mapped_column(default="")
    is_group: Mapped[bool]
    parked_at: Mapped[datetime | None]


class InboxRow(Base):
    """An update that was taken in. Once it is handled, only its source is left of it."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_pending", "handled_at", "id", **_where("handled_at IS NULL")),
        Index("ix_inbox_user_id", "user_id", **_where("user_id IS NOT NULL")),
        Index("ix_inbox_chat_id", "chat_id", **_where("chat_id IS NOT NULL")),
        Index("ix_inbox_session_id", "session_id", **_where("session_id IS NOT NULL")),
        NEVER_TWICE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    # Looked at when the transaction ends: an update is taken in before its session is made.
    session_id: Mapped[str | None] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED")
    )
    payload: Mapped[Document | None]
    received_at: Mapped[datetime] = mapped_column(default=now)
    handled_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]


class SessionRow(Base):
    """A conversation about one photo, and the message that shows it."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_latest", "user_id", "chat_id", "touched_at"),
        Index("ix_sessions_wanting", "touched_at", **_where("card_wanted > card_shown")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), index=True)
    state: Mapped[Document]
    revision: Mapped[int] = mapped_column(default=0)
    card_message: Mapped[str | None]
    card_has_picture: Mapped[bool] = mapped_column(default=False)
    card_wanted: Mapped[int] = mapped_column(default=0)
    card_shown: Mapped[int] = mapped_column(default=0)
    card_fresh: Mapped[bool] = mapped_column(default=False)
    touched_at: Mapped[datetime] = mapped_column(default=now, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class VersionRow(Base):
    """A picture in a session's tree of what was tried, as the conversation wrote it down."""

    __tablename__ = "versions"

    session_id: Mapped[str] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    parent: Mapped[int | None]
    document: Mapped[Document]


class CardRow(Base):
    """A message that is or was a session's card, so that replies to it find the session."""

    __tablename__ = "cards"

    chat_id: Mapped[int] = mapped_column(
        ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True
    )
    message: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )


class JobRow(Base):
    """Something to be painted; `number` is the conversation's own for it."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("session_id", "number"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Index("ix_jobs_order", "state", "priority", "id"),
        Index("ix_jobs_ordered", "user_id", "created_at"),
        Index("ix_jobs_served", "user_id", "dispatched_at"),
        NEVER_TWICE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    number: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str]
    priority: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=JobState.QUEUED.value)
    dispatch: Mapped[int] = mapped_column(default=0)
    starts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None]
    cancel: Mapped[bool] = mapped_column(default=False)
    params: Mapped[Document]
    result: Mapped[Document | None]
    error: Mapped[str | None]
    progress: Mapped[float] = mapped_column(default=0.0)
    seen_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    dispatched_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class OutboxRow(Base):
    """A message to be sent, once."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_due", "sent_at", "id", **_where("sent_at IS NULL AND given_up_at IS NULL")
        ),
        Index("ix_outbox_message", "chat_id", "message"),
        NEVER_TWICE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    session_id: Mapped[str | None] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    payload: Mapped[Document]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    attempting_at: Mapped[datetime | None]
    message: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class PictureRow(Base):
    """A stored file, by the SHA-256 of its content."""

    __tablename__ = "pictures"

    hash: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    mime: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class PictureUseRow(Base):
    """A session that needs a picture; `is_photo` where it is the file that the person sent."""

    __tablename__ = "picture_uses"

    session_id: Mapped[str] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    hash: Mapped[str] = mapped_column(
        ForeignKey("pictures.hash", ondelete="CASCADE"), primary_key=True, index=True
    )
    is_photo: Mapped[bool] = mapped_column(default=False)


class ForgottenRow(Base):
    """Somebody who asked to be forgotten: not who, but enough to know them by if they return.

    `orders` is how many jobs they had ordered that day: forgetting is no way around the quota.
    """

    __tablename__ = "forgotten"
    __table_args__ = (NEVER_TWICE,)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_hash: Mapped[str] = mapped_column(index=True)
    orders: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)


class StatRow(Base):
    """How long a step of a kind of job takes, as a moving average."""

    __tablename__ = "stats"

    kind: Mapped[str] = mapped_column(primary_key=True)
    step_seconds: Mapped[float]


class VisitRow(Base):
    """A browser that was let in: to a person's web chat, or to the skeleton of one session.

    Only the hash of what the browser holds is kept.
    """

    __tablename__ = "visits"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    scope: Mapped[str]
    session_id: Mapped[str | None] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SpentRow(Base):
    """Something that counts once and was used; kept until it would not count any more anyway."""

    __tablename__ = "spent"

    nonce: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


class WebMessageRow(Base):
    """A message in a web chat, which no other platform keeps for us.

    `link` is the secret part of the addresses of what it shows; `picture` counts its pictures.
    """

    __tablename__ = "web_messages"
    __table_args__ = (Index("ix_web_messages_chat", "chat_id", "id"), NEVER_TWICE)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    session_id: Mapped[str | None] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    key: Mapped[str | None] = mapped_column(unique=True)
    mine: Mapped[bool]
    document: Mapped[Document]
    link: Mapped[str] = mapped_column(unique=True)
    picture: Mapped[int] = mapped_column(default=0)
    file: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class WebPictureRow(Base):
    """The picture that a web chat's message shows now, as a JPEG; it goes with its message."""

    __tablename__ = "web_pictures"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("web_messages.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[bytes]
