"""Observers behind a network that cuts, swallows and delays: every event once, in order, as the list has them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from axme.client import AxmeClient
from axme.config import AxmeClientConfig
from axme.gateway import LocalGateway
from tests.hard.conftest import INTENT
from tests.hard.kit import in_threads, seeded
from tests.hard.proxy import Fault, FaultProxy

REMINDERS = 60
OBSERVED = 8
#: Two observers for each.
OBSERVERS = 2 * OBSERVED
SEEDS = (1, 2)

pytestmark = pytest.mark.slow


def _lively(client: AxmeClient, reminders: int) -> str:
    """An intent to which something will happen every second of the test clock."""
    intent_id = client.send_intent(INTENT)
    asked = [{"offset_seconds": second, "note": f"say {second}"} for second in range(1, reminders + 1)]
    client.update_intent_controls(intent_id, {"controls": {"reminders": asked}})
    return intent_id


def _through(proxy: FaultProxy, gateway: LocalGateway) -> AxmeClient:
    return AxmeClient(AxmeClientConfig(base_url=proxy.base_url, api_key=gateway.api_key))


def _all_events(client: AxmeClient, intent_id: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = client.list_intent_events(intent_id)["events"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    return events


def _observed(gateway: LocalGateway, choose: Callable[[int], Fault], *, reminders: int) -> FaultProxy:
    """Let things happen while all observe through the proxy; the proxy has counted what it did."""
    with gateway.client() as client, FaultProxy(gateway.port, choose) as proxy, _through(proxy, gateway) as far:
        intents = [_lively(client, reminders) for _ in range(OBSERVED)]
        begun = threading.Semaphore(0)

        def observe(intent_id: str) -> list[dict[str, Any]]:
            seen = []
            for event in far.observe(intent_id, timeout_seconds=100):
                seen.append(event)
                if len(seen) == 3:
                    begun.release()
            return seen

        def happen() -> None:
            for _ in range(OBSERVERS):
                assert begun.acquire(timeout=60)
            for _ in range(reminders):
                gateway.advance(timedelta(seconds=1))
            for intent_id in intents:
                client.resolve_intent(intent_id, {"status": "COMPLETED", "result": {}})

        observed = intents * 2
        jobs: list[Callable[[], Any]] = [lambda one=one: observe(one) for one in observed]  # type: ignore[misc]
        *seen, _ = in_threads([*jobs, happen])
        for intent_id, events in zip(observed, seen, strict=True):
            truth = _all_events(client, intent_id)
            assert len(truth) == 3 + reminders + 2
            assert events == truth
    return proxy


@pytest.mark.parametrize("seed", SEEDS)
def test_cuts_at_any_byte_lose_nothing_and_repeat_nothing(movable_gateway: LocalGateway, seed: int) -> None:
    chance = seeded(seed)
    proxy = _observed(movable_gateway, lambda _: Fault(cut_after=chance.randrange(1, 2500)), reminders=REMINDERS)
    print(f"{proxy.cuts} cuts in {proxy.connections} connections")
    assert proxy.cuts >= 300


def test_every_byte_offset_of_one_short_stream(movable_gateway: LocalGateway) -> None:
    """The first connection of each observer is cut after 1, 2, 3 … bytes; the head of the answer is cut, too."""
    with movable_gateway.client() as client:
        intent_id = client.send_intent(INTENT)
        client.resolve_intent(intent_id, {"status": "CANCELED", "reason": "enough"})
        truth = _all_events(client, intent_id)
        for offset in range(1, 2000, 7):
            cut = Fault(cut_after=offset)
            with (
                FaultProxy(movable_gateway.port, lambda number, cut=cut: Fault() if number else cut) as proxy,  # type: ignore[misc]
                _through(proxy, movable_gateway) as far,
            ):
                assert list(far.observe(intent_id, timeout_seconds=60)) == truth


def test_bytes_that_come_one_by_one_are_the_same_events(movable_gateway: LocalGateway) -> None:
    proxy = _observed(movable_gateway, lambda _: Fault(piece=7, pause=0.0001), reminders=5)
    assert proxy.cuts == 0


def test_connections_that_fall_silent_are_left_and_lose_nothing(movable_gateway: LocalGateway) -> None:
    chance = seeded(3)

    def choose(number: int) -> Fault:
        return Fault(swallow_after=chance.randrange(400, 2500)) if number < OBSERVERS else Fault()

    proxy = _observed(movable_gateway, choose, reminders=20)
    assert proxy.swallowed >= OBSERVERS // 2


def test_writes_over_a_cutting_network_happen_once(fresh_gateway: LocalGateway) -> None:
    """Requests reach the server and answers get lost: the retry finds what the first attempt did."""
    chance = seeded(4)

    def choose(_: int) -> Fault:
        return Fault(cut_after=chance.randrange(1, 4000))

    with (
        fresh_gateway.client() as client,
        FaultProxy(fresh_gateway.port, choose) as proxy,
        AxmeClient(
            AxmeClientConfig(
                base_url=proxy.base_url, api_key=fresh_gateway.api_key, max_retries=20, retry_backoff_seconds=0.01
            )
        ) as far,
    ):

        def write(mine: int) -> list[str]:
            return [far.send_intent({**INTENT, "payload": {"n": f"{mine}-{number}"}}) for number in range(40)]

        sent = [one for mine in in_threads([lambda mine=mine: write(mine) for mine in range(8)]) for one in mine]  # type: ignore[misc]
        stored = client.list_intents(limit=1000)["intents"]
        assert len(set(sent)) == 320
        assert {intent["intent_id"] for intent in stored} == set(sent)
        assert len({intent["payload"]["n"] for intent in stored}) == len(stored) == 320
        print(f"{proxy.cuts} cuts in {proxy.connections} connections")
        assert proxy.cuts >= 50
