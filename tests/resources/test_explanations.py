"""Why an intent waits: told by a real gateway, for every way there is to wait, and by a server that tells nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import responses

from axme import AxmeClient, AxmeClientConfig, AxmeNotFoundError, Intent
from axme.gateway import LocalGateway
from tests.plain import until
from tests.resources.test_scenarios import bundle, step_of, waits_for

PLACE = "http://127.0.0.1:8100"
#: What other servers show of an intent.
PLAIN: dict[str, Any] = {
    "intent_id": "i-1", "status": "WAITING", "waiting_reason": "WAITING_FOR_HUMAN", "intent_type": "budget.v1",
    "from_agent": "a", "to_agent": "agent://o/w/b", "correlation_id": "c", "payload": {},
    "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "deadline_at": "2026-01-02T00:00:00Z",
    "pending_with": {"type": "human", "ref": "anna", "name": "anna"}, "human_task": {"title": "Approve <b>"},
}  # fmt: skip


def _ask(client: AxmeClient, **more: Any) -> Intent:
    task = {"title": "Approve Q3", "assignees": ["anna"]}
    return client.intents.create("budget.v1", to="agent_core", human_task=task, **more)


def _coming(intent: Intent) -> list[str]:
    return [one.what for one in intent.explain().coming]


def test_a_person_is_reminded_and_then_somebody_else_is_asked(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        intent = _ask(
            client, remind_after=timedelta(hours=1), deadline=timedelta(hours=9), escalate_to="boss@example.com"
        )
        told = intent.explain()
        assert told.summary == "waits for anna to decide 'Approve Q3'"
        assert told.waits_for == "anna"
        assert told.since == intent.created_at
        assert [one.at and one.at - intent.created_at for one in told.coming] == [
            timedelta(hours=hours) for hours in (1, 2, 3, 4, 9)
        ]
        movable_gateway.advance(timedelta(hours=2))
        assert _coming(intent) == [
            "reminder 3 of 3", "it is handed to boss@example.com", "its deadline passes, and it ends TIMED_OUT",
        ]  # fmt: skip
        movable_gateway.advance(timedelta(hours=2))
        assert intent.explain().waits_for == "boss@example.com"
        intent.pause()
        told = intent.explain()
        assert told.summary == "is paused, and its timers stand still"
        assert [(one.what, one.at) for one in told.coming] == [
            ("its deadline passes, and it ends TIMED_OUT (then in 5 h)", None)
        ]
        intent.unpause()
        intent.decide("rejected", comment="too much")
        told = intent.explain()
        assert told.summary.startswith("was canceled by agent://local/default/admin: rejected: too much")
        assert told.because == ("agent://local/default/admin decided 'rejected' and said: too much",)
        assert not told.coming


def test_what_it_says_can_be_done_can_be_done(client: AxmeClient) -> None:
    intent = _ask(client)
    move = next(one for one in intent.explain().moves if one.call == "intent.decide('approved')")
    eval(move.call, {"intent": intent})
    assert intent.status == "COMPLETED"
    method, path, body = move.http.split(" ", 2)
    assert (method, path, body) == (
        "POST", f"/v1/intents/{intent.id}/resume", '{"task_result":{"outcome":"approved"}}',
    )  # fmt: skip
    assert intent.explain().moves == ()


def test_an_agent_that_nobody_knows_serves_or_lets_work(client: AxmeClient) -> None:
    lost = client.intents.create("order.v1", to="explained-nobody").explain()
    assert "nobody has registered agent://local/default/explained-nobody; check the spelling" in lost.because
    agent = client.agents.create("explained-shop")
    intent = client.intents.create("order.v1", to=agent)
    assert "is a worker of it running?" in intent.explain().because[0]
    agent.kill()
    told = intent.explain()
    assert told.because == (f"{agent.address} is killed: nothing is handed to it",)
    assert f"client.agents.get('{agent.address}').resume()" in [move.call for move in told.moves]


def test_a_worker_has_it_under_a_lease_and_fails_and_is_given_time(client: AxmeClient) -> None:
    agent = client.agents.create("explained-worker")
    intent = client.intents.create("order.v1", to=agent)
    claim = client.claim_deliveries(agent.address, {"worker_id": "w1"})["claims"][0]
    told = intent.explain()
    assert told.summary == f"is being worked on by w1 of {agent.address} (attempt 1 of 5)"
    assert [one.what for one in told.coming] == ["its worker must be heard of by then, or the attempt is over"]
    client.fail_claim(claim["claim_id"], {"error": {"message": "disk full"}, "retry_after_seconds": 300})
    told = intent.explain()
    assert told.summary == f"waits before attempt 2 of 5 by {agent.address}"
    assert told.because[-1].endswith("disk full")
    assert [one.what for one in told.coming] == ["attempt 2 of 5 may begin"]


@pytest.mark.parametrize(
    ("wait", "summary"),
    [
        ({"for": "time", "seconds": 3600}, "sleeps until"),
        ({"for": "agent", "to": "explained-child", "intent_type": "part.v1"}, "waits for agent://local/default/expla"),
        ({"for": "human", "human_task": {"title": "Look"}}, "waits for "),
    ],
)
def test_a_suspended_intent_says_for_what(client: AxmeClient, wait: dict[str, Any], summary: str) -> None:
    agent = client.agents.create(f"explained-{wait['for']}")
    intent = client.intents.create("order.v1", to=agent)
    claim = client.claim_deliveries(agent.address, {"worker_id": "w1"})["claims"][0]
    client.suspend_claim(claim["claim_id"], {"wait": wait})
    told = intent.explain()
    assert told.summary.startswith(summary)
    if wait["for"] == "agent":
        child = client.intents.list(to="explained-child").first()
        assert child is not None
        assert f"it goes on when intent {child.id} has ended, which is DELIVERED" in told.because
    if wait["for"] == "time":
        assert [one.what for one in told.coming] == ["it wakes up and goes on"]


def test_a_scenario_says_at_which_step_it_is(client: AxmeClient) -> None:
    made = bundle()
    intent = client.scenarios.apply(made)
    until(lambda: bool(intent.refresh().steps[0].started_at))
    told = intent.explain()
    assert "it is at step 1 of 2, 'check'" in told.because
    assert told.waits_for == f"agent://local/default/{made['agents'][0]['address']}"
    step_of(client, made).complete({"ok": True})
    waits_for(intent, "human")
    assert "it is at step 2 of 2, 'sign'" in intent.explain().because


def test_another_server_is_explained_from_what_it_says() -> None:
    with responses.RequestsMock() as server, AxmeClient(AxmeClientConfig(api_key="k" * 8, base_url=PLACE)) as client:
        server.get(f"{PLACE}/v1/intents/i-1/explanation", status=404, json={"detail": "Not Found"})
        server.get(f"{PLACE}/v1/intents/i-1", json={"ok": True, "intent": PLAIN})
        told = client.intents.handle("i-1").explain()
    assert told.summary == "waits for anna to decide 'Approve <b>'"
    assert [one.what for one in told.coming] == ["its deadline passes, and it ends TIMED_OUT"]
    assert told.to_dict()["status"] == "WAITING"
    assert "<b>" not in told._repr_html_()
    assert "2026-01-02 00:00:00 UTC: its deadline" in str(told)


def test_an_intent_that_is_not_there_is_not_explained(client: AxmeClient) -> None:
    with pytest.raises(AxmeNotFoundError):
        client.intents.handle("nothing").explain()
