"""C5: the database has committed, and the gateway hears of a failure. Nobody is told that nothing was done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import postgres
from tests.chaos.checker import History, check
from tests.chaos.harness import places
from tests.chaos.harness.sizes import add, size
from tests.chaos.inside import switch
from tests.chaos.probes import create

COMMITS = 100


@pytest.mark.parametrize("retries", [0, 8])
def test_a_commit_that_is_reported_as_failed(
    postgres_server: postgres.Private, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, retries: int
) -> None:
    switch.plant(monkeypatch, "commits_reported_as_failed")
    with places.postgresql(tmp_path, postgres_server.url) as place:
        with place.client(max_retries=retries, retry_backoff_seconds=0.01) as client:
            history = History([create(client, f"c-{n}") for n in range(size(COMMITS))])
        found = check(history, place.close())
    assert found == []
    outcomes = {op.outcome for op in history.ops}
    assert outcomes == ({"ok"} if retries else {"ok", "unknown"})
    add(commits_reported_as_failed=size(COMMITS) // 2)
