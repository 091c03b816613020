"""What the suite can see: each known mistake, put back, turns a probe red that is green without it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from axme.transport import exchange, idempotency
from tests import postgres
from tests.chaos import probes
from tests.chaos.harness import places
from tests.chaos.harness.places import Place
from tests.chaos.harness.sizes import add
from tests.chaos.inside import switch
from tests.chaos.inside.plants import PLANTS
from tests.chaos.power import PowerLine, why_absent

Opened = AbstractContextManager[Place]


class Case(NamedTuple):
    """A probe, where it asks, and the name a mistake is found under."""

    probe: Callable[..., probes.Found]
    name: str
    plant: str
    #: What a gateway needs to be so that the right one is put to the test, too.
    without: str = ""
    where: str = "sqlite"
    clock: str = "real"


CASES = {
    "1 look-up, then insert": Case(probes.twins, "I2", "look_up_then_insert"),
    "2 key after effect": Case(probes.twins, "I2", "key_after_effect"),
    "3 lazy sync": Case(probes.power_cut, "I1", "normal_sync", where="power"),
    "4 answer before commit": Case(probes.kill_after_answer, "I1", "answer_before_commit"),
    "5 cursor of time": Case(probes.cursors, "W4", "cursor_of_time", "slow_commits", "postgresql"),
    "6 seq without a lock": Case(probes.registers, "I5", "no_row_lock", "slow_commits", "postgresql"),
    "7 second end": Case(probes.two_ends, "I4", "second_end"),
    "8 timer armed twice": Case(probes.reminders, "I6", "timer_armed_twice", clock="test"),
    "9 claim without fence": Case(probes.late_result, "I7", "claim_without_fence", clock="test"),
    "10 no tenant filter": Case(probes.tenants, "C7", "no_tenant_filter"),
    "11 new id each try": Case(probes.webhooks, "I8", "new_id_each_try", clock="test"),
}


def _asked(case: Case, plant: str, request: pytest.FixtureRequest) -> probes.Found:
    patch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    folder: Path = request.getfixturevalue("tmp_path") / (plant or "right")
    folder.mkdir()
    if plant:
        switch.plant(patch, plant)
    if case.where == "postgresql":
        server: postgres.Private = request.getfixturevalue("postgres_server")
        with places.postgresql(folder, server.url) as place:
            return case.probe(place)
    more: list[Any] = []
    if case.where == "power":
        if why := why_absent():
            pytest.skip(why)
        more = [PowerLine(folder, patch)]
    with places.sqlite(folder / "gateway", clock=case.clock) as place:
        return case.probe(place, *more)


@pytest.mark.parametrize("name", CASES)
def test_a_planted_bug_is_found(name: str, request: pytest.FixtureRequest) -> None:
    case = CASES[name]
    right = _asked(case, case.without, request)
    assert right == [], "the gateway as it is must pass"
    wrong = _asked(case, case.plant, request)
    assert case.name in {violation.name for violation in wrong}, wrong
    add(planted_bugs_found=1)


def test_a_client_that_makes_new_keys_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """12: the mistake is in the client."""
    with places.sqlite(tmp_path / "right") as place:
        assert probes.lost_answers(place) == []
    attempt = exchange.Exchange.attempt

    def renamed(self: exchange.Exchange) -> Any:
        self.outgoing.request.headers["Idempotency-Key"] = idempotency.mint()
        return attempt(self)

    monkeypatch.setattr(exchange.Exchange, "attempt", renamed)
    with places.sqlite(tmp_path / "wrong") as place:
        assert {violation.name for violation in probes.lost_answers(place)} == {"I2"}
    add(planted_bugs_found=1)


def test_every_plant_is_put_to_use() -> None:
    no_bugs = {"slow_commits", "commits_reported_as_failed", "next_release"}
    assert {case.plant for case in CASES.values()} | no_bugs == set(PLANTS)
