"""C20, C22: generations and cursors under many hands, on each database and over two nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import postgres
from tests.chaos import probes
from tests.chaos.harness import places
from tests.chaos.harness.places import Place
from tests.chaos.inside import switch


def test_generations_are_linearizable(place: Place) -> None:
    assert probes.registers(place) == []


def test_generations_are_linearizable_over_two_nodes(postgres_server: postgres.Private, tmp_path: Path) -> None:
    with places.postgresql(tmp_path, postgres_server.url, 2) as place:
        assert probes.registers(place) == []


def test_cursors_skip_nothing_though_commits_come_late(
    postgres_server: postgres.Private, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch.plant(monkeypatch, "slow_commits")
    with places.postgresql(tmp_path, postgres_server.url, 2) as place:
        assert probes.cursors(place) == []


def test_one_key_from_all_sides_over_two_nodes(postgres_server: postgres.Private, tmp_path: Path) -> None:
    with places.postgresql(tmp_path, postgres_server.url, 2) as place:
        assert probes.twins(place) == []
