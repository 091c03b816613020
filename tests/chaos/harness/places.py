"""Where the chaos happens: one gateway on a SQLite file, or any number of nodes on one PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from axme.client import AxmeClient
from axme.config import AxmeClientConfig
from axme.gateway import LocalGateway, start
from axme.gateway.mailbox import WrittenMail
from tests import postgres
from tests.chaos.checker.history import Final
from tests.chaos.checker.reading import read_postgres, read_sqlite

#: A restart may find a machine with all else it has to do.
START_SECONDS = 60.0
KINDS = ("sqlite", "postgresql")


@dataclass(slots=True)
class Place:
    """The nodes, and the database they share."""

    nodes: list[LocalGateway]
    api_key: str
    read: Callable[[], Final]

    def client(self, node: int = 0, *, timeout: float = 60.0, **options: float) -> AxmeClient:
        """A client of one node, patient enough for a restart."""
        config = AxmeClientConfig(
            base_url=self.nodes[node].base_url,
            api_key=self.api_key,
            timeout=timeout,
            **options,  # type: ignore[arg-type]
        )
        return AxmeClient(config)

    def mails(self) -> list[WrittenMail]:
        """What all nodes have written."""
        return [mail for node in self.nodes for mail in node.outbox()]

    def logs(self) -> dict[str, str]:
        """What the nodes logged since their last start."""
        return {f"log {n}": (node.data_dir / "gateway.log").read_text() for n, node in enumerate(self.nodes)}

    def close(self) -> Final:
        """Stop all nodes, and read what they leave."""
        for node in self.nodes:
            node.stop()
        return self.read()


@contextmanager
def sqlite(folder: Path, **options: object) -> Iterator[Place]:
    """One gateway on a file."""
    with start(data_dir=folder, timeout=START_SECONDS, allow_local_targets=True, **options) as gateway:  # type: ignore[arg-type]
        yield Place([gateway], gateway.api_key, lambda: read_sqlite(folder))


@contextmanager
def postgresql(folder: Path, server_url: str, nodes: int = 1, **options: object) -> Iterator[Place]:
    """So many nodes on a database of their own at ``server_url``."""
    with ExitStack() as opened:
        url = opened.enter_context(postgres.database(server_url))
        running = [
            opened.enter_context(
                start(  # type: ignore[arg-type]
                    data_dir=folder / str(n), database=url, timeout=START_SECONDS, allow_local_targets=True, **options
                )
            )
            for n in range(nodes)
        ]
        yield Place(running, running[0].api_key, lambda: read_postgres(url))
