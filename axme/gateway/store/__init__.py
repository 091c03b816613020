"""The only room with SQL: tables, migrations, queries, and the two databases behind one door."""

from axme.gateway.store.store import Store
from axme.gateway.store.tx import Notice, Tx

__all__ = ["Notice", "Store", "Tx"]
