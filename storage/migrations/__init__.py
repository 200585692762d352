"""Brings a database's tables up to date, step by step, with what is in it kept."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Take all steps that a database has not taken yet, within the connection's transaction.

    Raises:
        CommandError: The database has taken steps that are not known here.
    """
    before = MigrationContext.configure(connection).get_current_heads()
    command.upgrade(config_for(connection), "head")
    after = MigrationContext.configure(connection).get_current_heads()
    if after != before and connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if lost:
            raise CommandError(f"{len(lost)} rows would refer to none")


def config_for(connection: Connection) -> Config:
    """Return Alembic's configuration for a connection that is open; it opens none of its own."""
    config = Config()
    config.set_main_option("script_location", f"{__name__}:")
    config.attributes["connection"] = connection
    return config
