"""Browsers that were let in, what counts once, and the messages of web chats."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
MOMENT = sa.DateTime(timezone=True)
TEXT = sa.String()


def upgrade() -> None:
    _create_visits()
    _create_spent()
    _create_web_messages()
    op.create_table(
        "web_pictures",
        sa.Column("message_id", ID, _to("web_messages.id"), primary_key=True),
        _must("content", sa.LargeBinary()),
    )


def downgrade() -> None:
    for table in ("web_pictures", "web_messages", "spent", "visits"):
        op.drop_table(table)


def _must(name: str, kind: Any, *rest: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *rest, nullable=False)


def _to(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE")


def _create_visits() -> None:
    op.create_table(
        "visits",
        sa.Column("token_hash", TEXT, primary_key=True),
        _must("user_id", ID, _to("users.id")),
        _must("scope", TEXT),
        sa.Column("session_id", TEXT, _to("sessions.id")),
        _must("expires_at", MOMENT),
    )
    for column in ("user_id", "session_id", "expires_at"):
        op.create_index(f"ix_visits_{column}", "visits", [column])


def _create_spent() -> None:
    op.create_table("spent", sa.Column("nonce", TEXT, primary_key=True), _must("until", MOMENT))
    op.create_index("ix_spent_until", "spent", ["until"])


def _create_web_messages() -> None:
    op.create_table(
        "web_messages",
        sa.Column("id", ID, primary_key=True),
        _must("chat_id", ID, _to("chats.id")),
        sa.Column("session_id", TEXT, _to("sessions.id")),
        sa.Column("key", TEXT, unique=True),
        _must("mine", sa.Boolean()),
        _must("document", DOCUMENT),
        _must("link", TEXT),
        _must("picture", sa.Integer()),
        sa.Column("file", TEXT),
        _must("created_at", MOMENT),
        sa.UniqueConstraint("link"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_web_messages_chat", "web_messages", ["chat_id", "id"])
    op.create_index("ix_web_messages_session_id", "web_messages", ["session_id"])
