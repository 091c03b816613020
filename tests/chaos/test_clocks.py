"""C33: the clocks of two nodes are wrong, each in its own way, and jump; timers go by the database's."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests

from axme.gateway import LocalGateway
from tests import postgres
from tests.chaos.harness import places
from tests.chaos.harness.load import Load
from tests.chaos.harness.places import START_SECONDS
from tests.chaos.harness.sizes import add, size

#: One node ten minutes ahead and one behind, then jumps of an hour, then back.
OFFSETS = (("+600", "-600"), ("+4200", "-600"), ("+600", "-4200"), ("+0", "+0"))
ROUNDS = 1
#: What libfaketime reads the file for no more often than this.
_CACHE_SECONDS = "1"

pytestmark = pytest.mark.timeout(600)


def _library() -> str:
    found = max(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), default=None)
    if found is None:
        pytest.skip("needs libfaketime: install Debian's package libfaketime")
    return str(found)


def test_nodes_whose_clocks_are_wrong_and_jump(
    postgres_server: postgres.Private, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    library, chance = _library(), random.Random(seed)
    clocks = [tmp_path / f"clock-{n}" for n in range(2)]
    with places.postgresql(tmp_path, postgres_server.url, 2) as place:
        for clock, node, offset in zip(clocks, place.nodes, OFFSETS[0], strict=True):
            clock.write_text(offset)
            monkeypatch.setenv("LD_PRELOAD", library)
            monkeypatch.setenv("FAKETIME_TIMESTAMP_FILE", str(clock))
            monkeypatch.setenv("FAKETIME_CACHE_DURATION", _CACHE_SECONDS)
            monkeypatch.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            node.restart(timeout=START_SECONDS)
        monkeypatch.undo()
        assert [round(_ahead(node), -2) for node in place.nodes] == [600, -600]
        load = Load(place, seed)
        for _ in range(size(ROUNDS)):
            for offsets in OFFSETS:
                for clock, offset in zip(clocks, offsets, strict=True):
                    _set(clock, offset)
                load.more(chance.randrange(40, 80))
        add(clock_jumps=size(ROUNDS) * len(OFFSETS), **load.judge())


def _ahead(node: LocalGateway) -> float:
    """By how many seconds a node's clock is ahead of ours."""
    told = requests.get(f"{node.base_url}/health", timeout=20).headers["Date"]
    return (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds()


def _set(clock: Path, offset: str) -> None:
    scratch = clock.with_suffix(".new")
    scratch.write_text(offset)
    scratch.rename(clock)
