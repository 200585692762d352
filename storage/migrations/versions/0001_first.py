"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
MOMENT = sa.DateTime(timezone=True)
TEXT = sa.String()

TABLES = (
    "chats",
    "forgotten",
    "pictures",
    "stats",
    "users",
    "sessions",
    "cards",
    "inbox",
    "jobs",
    "outbox",
    "picture_uses",
    "versions",
)


def upgrade() -> None:
    _create_chats()
    _create_forgotten()
    _create_pictures()
    _create_stats()
    _create_users()
    _create_sessions()
    _create_cards()
    _create_inbox()
    _create_jobs()
    _create_outbox()
    _create_picture_uses()
    _create_versions()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _must(name: str, kind: Any, *rest: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *rest, nullable=False)


def _to(column: str, **options: Any) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE", **options)


def _create_chats() -> None:
    op.create_table(
        "chats",
        sa.Column("id", ID, primary_key=True),
        _must("platform", TEXT),
        _must("chat", TEXT),
        _must("thread", TEXT),
        _must("is_group", sa.Boolean()),
        sa.Column("parked_at", MOMENT),
        sa.UniqueConstraint("platform", "chat", "thread"),
        sqlite_autoincrement=True,
    )


def _create_forgotten() -> None:
    op.create_table(
        "forgotten",
        sa.Column("id", ID, primary_key=True),
        _must("user_hash", TEXT),
        _must("orders", sa.Integer()),
        _must("at", MOMENT),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_forgotten_user_hash", "forgotten", ["user_hash"])


def _create_pictures() -> None:
    op.create_table(
        "pictures",
        sa.Column("hash", TEXT, primary_key=True),
        _must("size", sa.Integer()),
        _must("mime", TEXT),
        _must("created_at", MOMENT),
    )


def _create_stats() -> None:
    op.create_table(
        "stats",
        sa.Column("kind", TEXT, primary_key=True),
        _must("step_seconds", sa.Double[float]()),
    )


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", ID, primary_key=True),
        _must("platform", TEXT),
        _must("platform_user", TEXT),
        sa.Column("language", TEXT),
        _must("options", DOCUMENT),
        _must("created_at", MOMENT),
        _must("seen_at", MOMENT),
        sa.UniqueConstraint("platform", "platform_user"),
        sqlite_autoincrement=True,
    )


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", TEXT, primary_key=True),
        _must("user_id", ID, _to("users.id")),
        _must("chat_id", ID, _to("chats.id")),
        _must("state", DOCUMENT),
        _must("revision", sa.Integer()),
        sa.Column("card_message", TEXT),
        _must("card_has_picture", sa.Boolean()),
        _must("card_wanted", sa.Integer()),
        _must("card_shown", sa.Integer()),
        _must("card_fresh", sa.Boolean()),
        _must("touched_at", MOMENT),
        _must("created_at", MOMENT),
    )
    op.create_index("ix_sessions_chat_id", "sessions", ["chat_id"])
    op.create_index("ix_sessions_latest", "sessions", ["user_id", "chat_id", "touched_at"])
    op.create_index("ix_sessions_touched_at", "sessions", ["touched_at"])
    op.create_index(
        "ix_sessions_wanting", "sessions", ["touched_at"], **_where("card_wanted > card_shown")
    )


def _create_cards() -> None:
    op.create_table(
        "cards",
        sa.Column("chat_id", ID, _to("chats.id"), primary_key=True),
        sa.Column("message", TEXT, primary_key=True),
        _must("session_id", TEXT, _to("sessions.id")),
    )
    op.create_index("ix_cards_session_id", "cards", ["session_id"])


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", ID, primary_key=True),
        _must("source", TEXT),
        sa.Column("user_id", ID, _to("users.id")),
        sa.Column("chat_id", ID, _to("chats.id")),
        sa.Column("session_id", TEXT, _to("sessions.id", deferrable=True, initially="DEFERRED")),
        sa.Column("payload", DOCUMENT),
        _must("received_at", MOMENT),
        sa.Column("handled_at", MOMENT),
        _must("attempts", sa.Integer()),
        sa.Column("not_before", MOMENT),
        sa.UniqueConstraint("source"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_chat_id", "inbox", ["chat_id"], **_where("chat_id IS NOT NULL"))
    op.create_index(
        "ix_inbox_pending", "inbox", ["handled_at", "id"], **_where("handled_at IS NULL")
    )
    op.create_index(
        "ix_inbox_session_id", "inbox", ["session_id"], **_where("session_id IS NOT NULL")
    )
    op.create_index("ix_inbox_user_id", "inbox", ["user_id"], **_where("user_id IS NOT NULL"))


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", ID, primary_key=True),
        _must("session_id", TEXT, _to("sessions.id")),
        _must("number", sa.Integer()),
        _must("user_id", ID, _to("users.id")),
        _must("kind", TEXT),
        _must("priority", sa.Integer()),
        _must("state", TEXT),
        _must("dispatch", sa.Integer()),
        _must("starts", sa.Integer()),
        sa.Column("worker", TEXT),
        _must("cancel", sa.Boolean()),
        _must("params", DOCUMENT),
        sa.Column("result", DOCUMENT),
        sa.Column("error", TEXT),
        _must("progress", sa.Double[float]()),
        sa.Column("seen_at", MOMENT),
        sa.Column("not_before", MOMENT),
        _must("created_at", MOMENT),
        sa.Column("dispatched_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.CheckConstraint(
            "state IN ('queued', 'dispatched', 'running', 'done', 'failed', 'cancelled')",
            name="state",
        ),
        sa.UniqueConstraint("session_id", "number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_order", "jobs", ["state", "priority", "id"])
    op.create_index("ix_jobs_ordered", "jobs", ["user_id", "created_at"])
    op.create_index("ix_jobs_served", "jobs", ["user_id", "dispatched_at"])


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, primary_key=True),
        _must("chat_id", ID, _to("chats.id")),
        sa.Column("session_id", TEXT, _to("sessions.id")),
        _must("kind", TEXT),
        _must("key", TEXT),
        _must("payload", DOCUMENT),
        _must("attempts", sa.Integer()),
        sa.Column("not_before", MOMENT),
        sa.Column("attempting_at", MOMENT),
        sa.Column("message", TEXT),
        sa.Column("sent_at", MOMENT),
        sa.Column("given_up_at", MOMENT),
        _must("created_at", MOMENT),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["sent_at", "id"],
        **_where("sent_at IS NULL AND given_up_at IS NULL"),
    )
    op.create_index("ix_outbox_message", "outbox", ["chat_id", "message"])
    op.create_index("ix_outbox_session_id", "outbox", ["session_id"])


def _create_picture_uses() -> None:
    op.create_table(
        "picture_uses",
        sa.Column("session_id", TEXT, _to("sessions.id"), primary_key=True),
        sa.Column("hash", TEXT, _to("pictures.hash"), primary_key=True),
        _must("is_photo", sa.Boolean()),
    )
    op.create_index("ix_picture_uses_hash", "picture_uses", ["hash"])


def _create_versions() -> None:
    op.create_table(
        "versions",
        sa.Column("session_id", TEXT, _to("sessions.id"), primary_key=True),
        sa.Column("number", sa.Integer(), autoincrement=False, primary_key=True),
        sa.Column("parent", sa.Integer()),
        _must("document", DOCUMENT),
    )
