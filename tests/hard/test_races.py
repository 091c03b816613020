"""Many at once: one key has one effect, and one intent has one end."""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from axme.client import AxmeClient
from axme.contract.statuses import is_terminal
from axme.exceptions import AxmeConflictError, AxmePolicyGenerationError, AxmeTerminalError
from axme.gateway import LocalGateway
from tests.databases import rows
from tests.hard.conftest import INTENT
from tests.hard.kit import in_threads, seeded

THREADS = 16
KEYS = 300
INTENTS = 200

pytestmark = pytest.mark.slow


def _answers(gateway: LocalGateway, keys: list[str], together: threading.Barrier) -> list[bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    found = []
    for key in keys:
        headers = {"x-api-key": gateway.api_key, "content-type": "application/json", "idempotency-key": key}
        together.wait(60)
        connection.request("POST", "/v1/intents", json.dumps({**INTENT, "payload": {"key": key}}), headers)
        answer = connection.getresponse()
        found.append(answer.read())
        assert answer.status == 200, found[-1]
    connection.close()
    return found


def test_the_same_key_from_all_sides_makes_one_intent_and_one_answer(fresh_gateway: LocalGateway) -> None:
    keys = [f"key-{number}" for number in range(KEYS)]
    together = threading.Barrier(THREADS)
    answers = in_threads([lambda: _answers(fresh_gateway, keys, together)] * THREADS)
    for number in range(KEYS):
        assert len({mine[number] for mine in answers}) == 1
    data_dir: Path = fresh_gateway.data_dir
    assert rows(data_dir, "SELECT count(*), count(DISTINCT payload) FROM intents") == [(KEYS, KEYS)]
    assert rows(data_dir, "SELECT count(*) FROM agent_deliveries") == [(KEYS,)]
    assert {json.loads(body)["intent_id"] for body in answers[0]} == {
        intent_id for (intent_id,) in rows(data_dir, "SELECT intent_id FROM intents")
    }


ENDINGS = (
    {"status": "COMPLETED", "result": {"n": 1}},
    {"status": "FAILED", "error": {"message": "broken"}},
    {"status": "CANCELED", "reason": "enough"},
)


def _ends(client: AxmeClient, intents: list[str], mine: int, together: threading.Barrier) -> Iterator[str | None]:
    """The status this thread brought each intent to; ``None`` where another was first, and the error said which."""
    for number, intent_id in enumerate(intents):
        wanted = ENDINGS[(mine + number) % len(ENDINGS)]
        together.wait(60)
        try:
            yield client.resolve_intent(intent_id, wanted)["intent"]["status"]
        except AxmeTerminalError as error:
            yield f"lost to {error.details['status']}"


def test_one_end_wins_and_the_losers_are_told_which(fresh_gateway: LocalGateway) -> None:
    together = threading.Barrier(THREADS)
    with fresh_gateway.client(timeout=60) as client:
        intents = [client.send_intent(INTENT) for _ in range(INTENTS)]
        seen = in_threads(
            [lambda mine=mine: list(_ends(client, intents, mine, together)) for mine in range(THREADS)]  # type: ignore[misc]
        )
        for number, intent_id in enumerate(intents):
            said = [mine[number] for mine in seen]
            winners = [word for word in said if word and not word.startswith("lost")]
            assert len(winners) == 1
            assert Counter(said) == {winners[0]: 1, f"lost to {winners[0]}": THREADS - 1}
            events = client.list_intent_events(intent_id)["events"]
            assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
            assert [event["status"] for event in events if is_terminal(event["status"])] == winners
            assert events[-1]["status"] == winners[0] == client.get_intent(intent_id)["status"]


def test_of_many_who_know_the_same_generation_one_changes_the_controls(fresh_gateway: LocalGateway) -> None:
    with fresh_gateway.client(timeout=60) as client:
        intent_id = client.send_intent(INTENT)
        together = threading.Barrier(THREADS)
        told: list[int] = []

        def change(mine: int) -> int:
            won = 0
            for generation in range(20):
                together.wait(60)
                try:
                    client.update_intent_controls(
                        intent_id, {"controls": {f"by_{generation}": mine}}, policy_generation=generation
                    )
                    won += 1
                except AxmePolicyGenerationError as error:
                    told.append(error.details["policy_generation"] - generation)
                together.wait(60)
            return won

        won = in_threads([lambda mine=mine: change(mine) for mine in range(THREADS)])  # type: ignore[misc]
        assert sum(won) == 20
        assert told == [1] * 20 * (THREADS - 1)
        assert client.get_intent(intent_id)["policy_generation"] == 20


def test_chance_of_order_leaves_one_decision(fresh_gateway: LocalGateway) -> None:
    """Approve, reject and cancel a task at once: one of them is the truth everywhere."""
    chance = seeded(20)
    with fresh_gateway.client(timeout=60) as client:
        for _ in range(40):
            task = client.send_intent({**INTENT, "human_task": {}, "reply_to": "asker"})
            threads = client.list_inbox(owner_agent="worker")["threads"]
            thread_id = next(thread["thread_id"] for thread in threads if thread["intent_id"] == task)
            together = threading.Barrier(6)
            acts = [
                lambda t=thread_id: client.approve_inbox_thread(t, {}, owner_agent="worker"),
                lambda t=thread_id: client.reject_inbox_thread(t, {}, owner_agent="worker"),
                lambda t=task: client.resolve_intent(t, {"status": "CANCELED"}),
            ] * 2
            chance.shuffle(acts)

            def attempt(act: object, together: threading.Barrier = together) -> bool:
                together.wait(60)
                try:
                    act()  # type: ignore[operator]
                except AxmeConflictError:
                    return False
                return True

            assert sum(in_threads([lambda act=act: attempt(act) for act in acts])) == 1  # type: ignore[misc]
            events = client.list_intent_events(task)["events"]
            assert sum(is_terminal(event["status"]) for event in events) == 1
            told = [t for t in client.list_inbox(owner_agent="asker")["threads"] if t["intent_id"] == task]
            assert [entry["details"]["status"] for t in told for entry in t["timeline"]] == [events[-1]["status"]]
