"""One node among those that share a PostgreSQL: its name is its own, and others see that it lives."""

from __future__ import annotations

import socket
import uuid
from time import monotonic, sleep
from typing import Any

import psycopg

from axme._version import __version__
from axme.gateway.store.errors import StoreError
from axme.gateway.store.queries import nodes

#: How long the server may take to see that our predecessor's connection is gone.
PATIENCE_SECONDS = 5.0
_LOOK_SECONDS = 0.1


def new_node_id() -> str:
    """A name nobody else has, which says where the node runs."""
    return f"{socket.gethostname()}-{uuid.uuid4().hex[:6]}"


class Presence:
    """What a node says of itself on the connection that listens."""

    def __init__(self, node_id: str) -> None:
        self.node_id = node_id
        #: Another one with each start.
        self.run_id = uuid.uuid4().hex
        self._said = {"node_id": node_id, "run_id": self.run_id, "version": __version__}
        self._session = f"axme node {self.run_id}"

    def arrive(self, driver: psycopg.Connection[Any], patience: float) -> None:
        """Take the name, waiting ``patience`` seconds for it.

        Raises:
            StoreError: another node of this name is alive.
        """
        driver.execute(nodes.END_EARLIER, {"name": self._session})
        driver.execute("SELECT set_config('application_name', %s, false)", [self._session])
        until = monotonic() + patience
        while not _is_true(driver, nodes.HOLD, self._said):
            if monotonic() > until:
                raise StoreError(
                    f"another gateway runs as node {self.node_id!r} on this database: give this one a --node-id of its"
                    " own, or leave it out"
                )
            sleep(_LOOK_SECONDS)
        driver.execute(nodes.FORGET)
        driver.execute(nodes.ARRIVE, self._said)

    def beat(self, driver: psycopg.Connection[Any]) -> bool:
        """Be seen to live; says whether a dead node has left work."""
        return _is_true(driver, nodes.BEAT, self._said)

    def leave(self, driver: psycopg.Connection[Any]) -> None:
        """Let others have at once what this node had taken."""
        driver.execute(nodes.LEAVE, self._said)


def _is_true(driver: psycopg.Connection[Any], sql: str, values: dict[str, str]) -> bool:
    row = driver.execute(sql, values).fetchone()
    return row is not None and bool(row[0])
