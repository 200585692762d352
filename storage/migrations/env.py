"""What Alembic runs to take a step: on the connection that it is given, within its transaction."""

from typing import Any, Literal

from alembic import context

from storage.columns import UtcDateTime
from storage.models import Base


def _plainly(kind: str, thing: Any, _: Any) -> str | Literal[False]:
    """Have a step name types of its own: it must not change when ours do."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter much of a table; Alembic copies it instead
    transactional_ddl=True,
    compare_type=True,
    render_item=_plainly,
)
with context.begin_transaction():
    context.run_migrations()
