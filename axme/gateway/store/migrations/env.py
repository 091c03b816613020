"""Alembic's entrance: the connection is handed in, and one transaction holds the whole upgrade."""

from __future__ import annotations

from alembic import context

from axme.gateway.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
