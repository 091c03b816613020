"""Bring a database to the present schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from axme._version import __version__
from axme.gateway.store.errors import StoreError


def upgrade(connection: Connection) -> None:
    """Run every migration that ``connection``'s database has not seen, in the transaction of the caller.

    Raises:
        StoreError: a newer gateway has made the schema.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    _require_known(connection, ScriptDirectory.from_config(config))
    command.upgrade(config, "head")


def _require_known(connection: Connection, known: ScriptDirectory) -> None:
    found = MigrationContext.configure(connection).get_current_heads()
    if unknown := sorted(set(found) - {script.revision for script in known.walk_revisions()}):
        raise StoreError(
            f"the database has the schema {', '.join(unknown)} of a newer axme, and this is axme {__version__}: install"
            " the newer one here too. Nodes of this version that run already may go on until then."
        )
