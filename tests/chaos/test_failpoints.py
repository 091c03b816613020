"""C2: a gateway dies at a named place of a write, comes back, and the client's retry finds what was done."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from axme.client import AxmeClient
from axme.gateway import LocalGateway
from tests import postgres
from tests.chaos.checker import History, Op, Post, check
from tests.chaos.harness import places
from tests.chaos.harness.places import KINDS, START_SECONDS, Place
from tests.chaos.harness.sink import Sink
from tests.chaos.harness.sizes import add, size
from tests.chaos.inside import switch
from tests.chaos.inside.failpoints import POINTS
from tests.chaos.probes import EVENT, body, told
from tests.plain import until

DEATHS = 30
#: A create is some twenty statements.
STATEMENTS = 24
LONGEST_WAIT = 20.0

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(params=KINDS)
def deadly(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A place whose gateway dies where the file says, and the file."""
    order = tmp_path / "order"
    switch.failpoints(monkeypatch, order)
    if request.param == "sqlite":
        with places.sqlite(tmp_path / "gateway") as made:
            yield made, order
    else:
        server: postgres.Private = request.getfixturevalue("postgres_server")
        with places.postgresql(tmp_path, server.url) as made:
            yield made, order


def test_deaths_at_named_places(deadly: tuple[Place, Path], seed: int) -> None:
    place, order = deadly
    chance, history, sink = random.Random(seed), History(), Sink()
    with place.client(timeout=90) as client:
        subscription = client.webhooks.subscribe(sink.url, [EVENT]).id
        died = _die_again_and_again(place, order, client, chance, history)
        until(lambda: not client.list_webhook_events(status="pending")["events"], seconds=60)
    final = place.close()
    sink.close()
    history.posts = [Post(event_id, subscription, text) for event_id, text in sink.posts]
    assert {op.outcome for op in history.ops} == {"ok"}, "every write succeeds in the end"
    assert check(history, final) == []
    assert died.total() >= size(DEATHS) // 2
    print(dict(died))
    add(deaths_at_failpoints=died.total())


def _die_again_and_again(
    place: Place, order: Path, client: AxmeClient, chance: random.Random, history: History
) -> Counter[str]:
    died: Counter[str] = Counter()
    names, gateway = list(POINTS), place.nodes[0]
    for number in range(size(DEATHS)):
        name = names[number % len(names)]
        passes = chance.randrange(1, STATEMENTS) if name == "statement" else 1
        scratch = order.with_suffix(".new")
        scratch.write_text(f"{name} {passes}")
        scratch.rename(order)
        writing = threading.Thread(target=_write, args=(client, f"f-{number}", chance, history))
        writing.start()
        _await(gateway, lambda writing=writing: not writing.is_alive())  # type: ignore[misc]
        if name in ("after_claim", "after_send") or not order.exists():
            _await(gateway, lambda: False)
        order.unlink(missing_ok=True)
        if not gateway.is_running:
            died[name] += 1
            gateway.restart(timeout=START_SECONDS)
        writing.join(90)
        assert not writing.is_alive()
    return died


def _await(gateway: LocalGateway, over: Callable[[], bool]) -> None:
    """Until it is dead, or there is nothing to wait for any more."""
    deadline = time.monotonic() + LONGEST_WAIT
    while gateway.is_running and not over() and time.monotonic() < deadline:
        time.sleep(0.01)


def _write(client: AxmeClient, key: str, chance: random.Random, history: History) -> None:
    """A create and its end, with a webhook and a timer behind them."""
    due = (datetime.now(UTC) + timedelta(seconds=0.2)).isoformat()
    sent = body(key)
    make: Callable[[], dict[str, Any]] = lambda: client.create_intent(sent, idempotency_key=key)  # noqa: E731
    history.ops.append(told("create", key, make, asked=sent))
    timed = body(f"{key}-timed", deadline_at=due)
    history.ops.append(
        told("create", f"{key}-timed", lambda: client.create_intent(timed, idempotency_key=f"{key}-timed"), asked=timed)
    )
    happened = {"event_type": EVENT, "source": "chaos", "payload": {"mark": key}}
    history.ops.append(
        told("publish", key, lambda: client.publish_webhook_event(happened, idempotency_key=f"{key}-event"))
    )
    made: Op = history.ops[-3]
    end = {"status": "COMPLETED", "result": {}}
    history.ops.append(
        told(
            "resolve", f"{key}-end",
            lambda: client.resolve_intent(made.answer["intent_id"], end, idempotency_key=f"{key}-end"),
            intent_id=made.answer["intent_id"], asked=end,
        )
    )  # fmt: skip
