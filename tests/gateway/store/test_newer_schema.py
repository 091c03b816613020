"""A database that a newer gateway has changed: those that run go on, and an older one does not start on it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from axme.contract.clock import MovableClock
from axme.gateway.store import Store
from axme.gateway.store.errors import StoreError
from tests.gateway.rig import Rig


def test_a_gateway_refuses_a_schema_it_does_not_know(database_url: str) -> None:
    rig = Rig(database_url)
    rig.store.write_sync(lambda tx: tx.query(text("ALTER TABLE intents ADD COLUMN mood text DEFAULT 'new'")))
    rig.store.write_sync(lambda tx: tx.query(text("UPDATE alembic_version SET version_num = 'r9999'")))
    assert rig.intent(rig.create())["status"] == "DELIVERED"
    rig.close()
    with pytest.raises(StoreError, match="schema r9999 of a newer axme"):
        Store.open(database_url, MovableClock())
