"""A job that cannot even be prepared, or taken down: it stands before no other, and is tried more and more seldom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from axme.contract.clock import MovableClock
from axme.gateway.actions import dispatch, outside
from axme.gateway.delivery.outbox import Outbox
from axme.gateway.lifecycle.pushing import Push
from axme.gateway.store import Tx
from tests.gateway.delivery.test_outbox import GOOD, Bench, bench, clock

__all__ = ["bench", "clock"]


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every try to prepare a delivery; the one of payload 13 fails."""
    seen: list[str] = []
    prepare = dispatch.prepare

    def failing(tx: Tx, delivery_id: str) -> Push | None:
        seen.append(delivery_id)
        push = prepare(tx, delivery_id)
        if push is not None and b'"n":13' in push.body.replace(b" ", b""):
            raise ValueError("planted")
        return push

    monkeypatch.setitem(outside.KINDS, dispatch.KIND, outside.Kind(failing, dispatch.settle))
    return seen


def test_what_cannot_be_prepared_lets_the_others_pass(bench: Bench, clock: MovableClock, tries: list[str]) -> None:
    bad, good = bench.submit(13), [bench.submit(n) for n in range(3)]
    outbox = Outbox(bench.store, lambda push: GOOD)
    outbox.run_due()
    assert [bench.status(each) for each in good] == [("delivered", 1)] * 3
    assert bench.status(bad) == ("submitted", 0)
    assert tries.count(bad) == 1
    for seconds, expected in ((0.5, 1), (0.6, 2), (1, 2), (1.1, 3), (2, 3), (2.1, 4)):
        clock.advance(timedelta(seconds=seconds))
        outbox.run_due()
        assert tries.count(bad) == expected


def test_what_cannot_be_taken_down_is_not_sent_every_minute(
    bench: Bench, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(tx: Tx, delivery_id: str, outcome: object) -> None:
        raise ValueError("planted")

    monkeypatch.setitem(outside.KINDS, dispatch.KIND, outside.Kind(dispatch.prepare, failing))
    bench.submit()
    sent: list[Push] = []
    outbox = Outbox(bench.store, lambda push: sent.append(push) or GOOD)
    for _ in range(10):
        outbox.run_due()
        clock.advance(timedelta(minutes=6))
    assert len(sent) == 10
    for _ in range(6):
        clock.advance(timedelta(minutes=10))
        outbox.run_due()
    assert len(sent) <= 16
    monkeypatch.undo()
    clock.advance(timedelta(hours=1))
    outbox.run_due()
    assert bench.take() is None
