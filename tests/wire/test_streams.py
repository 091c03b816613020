"""The flat streams: plain dicts, each once and in order, on a real gateway."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest

from axme import AxmeClient, AxmeNotFoundError, AxmeTimeoutError
from axme.wire.intent_events import is_last
from tests.resources.samples import ID, event


def order(to_agent: str = "nobody-listens") -> dict[str, Any]:
    return {"intent_type": "order.v1", "to_agent": to_agent, "payload": {"n": 1}}


def test_observe_yields_dicts_up_to_the_terminal_one(client: AxmeClient) -> None:
    intent_id = client.send_intent(order())
    seen: list[dict[str, Any]] = []
    for step in client.observe(intent_id, timeout_seconds=10):
        seen.append(step)
        if step["status"] == "DELIVERED":
            client.resume_intent(intent_id, {"action": "complete", "parcels": 1})
    assert all(type(step) is dict for step in seen)
    assert [step["seq"] for step in seen] == [1, 2, 3, 4, 5]
    assert [step["event_type"] for step in seen][-2:] == ["intent.in_progress", "intent.completed"]
    assert client.get_intent(intent_id)["intent"]["lifecycle_status"] == "COMPLETED"
    assert client.get_intent(intent_id)["result"]["parcels"] == 1


def test_observe_goes_on_from_a_cursor_and_can_be_left(client: AxmeClient) -> None:
    intent_id = client.send_intent(order())
    with client.observe(intent_id, timeout_seconds=10) as stream:
        assert next(stream)["seq"] == 1
        assert stream.cursor == 1
    assert list(stream) == []
    with client.observe(intent_id, since=2, timeout_seconds=10) as stream:
        assert next(stream)["seq"] == 3


def test_wait_for_returns_the_terminal_event(client: AxmeClient) -> None:
    intent_id = client.send_intent(order())
    ending = {"status": "CANCELLED", "reason": "later"}
    timer = threading.Timer(0.2, client.resolve_intent, args=(intent_id, ending))
    timer.start()
    last = client.wait_for(intent_id, timeout_seconds=10)
    assert (last["status"], last["status_alias"], last["event_type"]) == ("CANCELED", "CANCELLED", "intent.canceled")
    timer.join()


def test_time_runs_out(client: AxmeClient) -> None:
    intent_id = client.send_intent(order())
    with pytest.raises(TimeoutError) as caught:
        client.wait_for(intent_id, timeout_seconds=0.2)
    assert isinstance(caught.value, AxmeTimeoutError)
    with pytest.raises(TimeoutError):
        list(client.listen(f"agent-{uuid.uuid4().hex[:8]}", timeout_seconds=0.2))


def test_what_is_not_there_cannot_be_observed(client: AxmeClient) -> None:
    with pytest.raises(AxmeNotFoundError):
        next(client.observe(str(uuid.uuid4()), timeout_seconds=5))


@pytest.mark.parametrize("call", ["observe", "listen"])
def test_a_cursor_before_the_first_event_is_refused(call: str, client: AxmeClient) -> None:
    with pytest.raises(ValueError, match="since"):
        getattr(client, call)(ID, since=-1)


def test_listen_yields_deliveries_to_a_bare_name(client: AxmeClient) -> None:
    name = f"agent-{uuid.uuid4().hex[:8]}"
    early = client.send_intent(order(name))
    with client.listen(name, timeout_seconds=10) as stream:
        delivery = next(stream)
        assert (delivery["intent_id"], delivery["status"], delivery["payload"]) == (early, "DELIVERED", {"n": 1})
        late = client.send_intent(order(name))
        assert next(stream)["intent_id"] == late
        assert stream.cursor == next(client.listen(name, since=delivery["seq"], timeout_seconds=10))["seq"]
    client.resume_intent(early, {"action": "complete"})
    with client.listen(name, timeout_seconds=10, status="COMPLETED") as stream:
        assert next(stream)["intent_id"] == early


def test_controls_and_inbox_in_the_forms_programs_use(client: AxmeClient) -> None:
    owner = f"owner-{uuid.uuid4().hex[:8]}"
    made = client.create_intent(
        intent_type="budget.v1", to_agent=owner, payload={"amount": 1}, human_task={"title": "Approve"}
    )
    assert made["policy_generation"] == 0
    steered = client.update_intent_controls(
        made["intent_id"], {"controls": {"timeout_seconds": 60}}, policy_generation=0
    )
    assert steered["policy_generation"] == 1
    items = client.list_inbox(owner_agent=owner).get("items", [])
    assert [item["intent_id"] for item in items] == [made["intent_id"]]
    client.approve_inbox_thread(items[0]["thread_id"], {"note": "fine"}, owner_agent=owner)
    assert client.wait_for(made["intent_id"], timeout_seconds=10)["status"] == "COMPLETED"
    assert client.get("/v1/intents", query={"to_agent": owner})["intents"][0]["status"] == "COMPLETED"


@pytest.mark.parametrize("word", ["COMPLETED", "RESOLVED", "FAILED", "CANCELED", "CANCELLED", "TIMED_OUT", "EXPIRED"])
def test_the_last_event_is_known_by_its_status_in_either_vocabulary(word: str) -> None:
    assert is_last(event(5, word))


def test_the_last_event_is_known_by_its_type() -> None:
    assert is_last({"event_type": "intent.timed_out"})
    assert not is_last(event(4, "WAITING"))
    assert not is_last({})
    assert not is_last({"event_type": ["intent.completed"], "status": {"COMPLETED": 1}})
