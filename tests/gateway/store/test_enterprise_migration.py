"""A database from before members: whoever was first owns the organization afterwards."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

import axme.gateway.store
from axme.contract.clock import MovableClock
from axme.gateway.auth import keys
from axme.gateway.store import Store
from axme.gateway.store.queries import tenants

OLD_ROWS = (
    "INSERT INTO organizations VALUES ('o', 'local', 'local', 5)",
    "INSERT INTO workspaces VALUES ('w', 'o', 'default', 'default', 5)",
    "INSERT INTO service_accounts VALUES"
    " ('sa_1', 'o', 'w', 'admin', NULL, NULL, 'active', 'agent://local/default/admin', 'system', 5, 5),"
    " ('sa_2', 'o', 'w', 'later', NULL, NULL, 'active', 'agent://local/default/later', 'system', 6, 6)",
    "INSERT INTO service_account_keys VALUES"
    " ('sak_1', 'sa_1', :first, '…', 'system', 5, NULL, NULL),"
    " ('sak_2', 'sa_2', :second, '…', 'system', 6, NULL, NULL)",
)
HASHES = {name: keys.digest(name) for name in ("first", "second")}


def _old_database(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(axme.gateway.store.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "r0001")
        for row in OLD_ROWS:
            connection.execute(text(row), HASHES if ":first" in row else {})
    engine.dispose()


def test_the_first_account_owns_the_organization(tmp_path: Path) -> None:
    path = tmp_path / "axme.db"
    _old_database(path)
    path.chmod(0o600)
    store = Store.open(f"sqlite:///{path}", MovableClock())
    try:
        first = store.read_sync(lambda tx: keys.authenticate(tx, "first"))
        second = store.read_sync(lambda tx: keys.authenticate(tx, "second"))
        organization = store.read_sync(lambda tx: tx.run(tenants.ORGANIZATION, {"sought": "local"})[0])
    finally:
        store.close()
    assert first is not None
    assert second is not None
    assert (first.roles, second.roles) == ({"org_owner"}, {"workspace_admin"})
    assert (organization["status"], organization["metadata"], organization["updated_at"]) == ("active", "{}", 5)
