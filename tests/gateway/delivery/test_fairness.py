"""Nobody is slowed by another's slowness: the rule alone, then with threads, then with real servers that hang."""

from __future__ import annotations

import threading
from pathlib import Path

from axme.gateway import start
from axme.gateway.delivery.fairness import AT_ONCE, REMEMBERED, Fairness
from axme.gateway.store.queries.outside import ALL
from tests.gateway.delivery.target import answering, serving
from tests.plain import until


def proven(*targets: str, places: int = 8) -> Fairness:
    made = Fairness(places)
    for target in targets:
        made.leave(made.enter(target, 0.0), 0.1)
    return made


def test_a_target_nobody_knows_gets_one_push_at_a_time() -> None:
    fair = Fairness(8)
    assert fair.open_targets(0.0) == ALL
    ticket = fair.enter("new", 0.0)
    assert fair.open_targets(0.0).full == {"new"}
    fair.leave(ticket, 0.2)
    for _ in range(AT_ONCE):
        assert not fair.open_targets(0.3).full
        fair.enter("new", 0.3)
    assert fair.open_targets(0.4).full == {"new"}


def test_one_that_becomes_slow_loses_its_places_at_once() -> None:
    fair = proven("shop")
    first = fair.enter("shop", 10.0)
    assert not fair.open_targets(10.9).full
    assert fair.open_targets(11.1).full == {"shop"}
    fair.leave(first, 5.0)
    fair.enter("shop", 15.0)
    assert fair.open_targets(15.0).full == {"shop"}


def test_the_slow_share_half_of_the_places_and_newcomers_a_quarter_more() -> None:
    fair = proven("good")
    for n in range(4):
        fair.leave(fair.enter(f"slow-{n}", 0.0), 9.0)
    for n in range(4):
        assert "slow-3" not in fair.open_targets(9.0).full
        fair.enter(f"slow-{n}", 9.0)
    fair.leave(fair.enter("slow-4", 0.0), 9.0)
    assert "slow-4" in fair.open_targets(9.0).full
    for n in range(2):
        assert fair.open_targets(9.0).only is None
        fair.enter(f"new-{n}", 9.0)
    assert fair.open_targets(9.0).only == {"good"}


def test_who_was_not_asked_has_proven_nothing_and_memory_has_an_end() -> None:
    fair = Fairness(8)
    fair.leave(fair.enter("off", 0.0), None)
    fair.enter("off", 0.0)
    assert fair.open_targets(0.0).full == {"off"}
    fair = proven(*(f"t{n}" for n in range(REMEMBERED + 1)), places=2)
    fair.enter("hangs", 0.0)
    only = fair.open_targets(0.0).only
    assert only is not None
    assert (len(only), "t0" in only) == (REMEMBERED, False)


def test_hanging_targets_hold_up_nobody(tmp_path: Path) -> None:
    """Twenty targets that never answer, each with a heap of events: another one's deliveries arrive all the same."""
    let_go = threading.Event()

    def hang(_: object) -> None:
        let_go.wait(30)

    with (
        start(data_dir=tmp_path, allow_local_targets=True) as gateway,
        gateway.client() as client,
        serving(answering("200 OK")) as good,
        serving(hang, host="") as hanging,
    ):
        quick, slow = client.agents.create("quick"), client.agents.create("slow")
        for n in range(1, 21):
            url = f"http://127.0.0.{n}:{hanging.port}/in"
            client.webhooks.subscribe(url, ["invite.accepted"], owner=slow.address)
        client.webhooks.subscribe(good.url, ["invite.accepted"], owner=quick.address)
        for _ in range(50):
            client.webhooks.publish("invite.accepted", {}, source="tests", owner=slow.address)
        until(lambda: hanging.connections == 20)
        for _ in range(20):
            client.webhooks.publish("invite.accepted", {}, source="tests", owner=quick.address)
        until(lambda: len(good.requests) == 20, seconds=5)
        let_go.set()
