"""Writes the next step from what was changed in `storage.models`, to be read and mended by hand.

python -m storage.migrations "Say what the step changes"
"""

import sys

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from storage.migrations import config_for, upgrade


def write_step(message: str) -> None:
    with create_engine("sqlite://").connect() as connection:
        upgrade(connection)
        config = config_for(connection)
        known = len(list(ScriptDirectory.from_config(config).walk_revisions()))
        command.revision(config, message, autogenerate=True, rev_id=f"{known + 1:04}")


if __name__ == "__main__":
    write_step(" ".join(sys.argv[1:]))
