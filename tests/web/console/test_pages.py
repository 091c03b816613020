"""What the pages of the console show and do, by plain HTTP."""

from __future__ import annotations

import uuid

from axme.gateway import LocalGateway
from tests.plain import Caller
from tests.web.console.visitor import Visitor, World


def test_every_page_is_there(admin_visitor: Visitor, world: World) -> None:
    for name, path in world.pages().items():
        page = admin_visitor.open(path)
        assert page.status_code == 200, (name, page.text)
        assert "<h1" in page.text, name


def test_intents_are_found_and_read_page_by_page(admin_visitor: Visitor, caller: Caller) -> None:
    kind = f"console.k{uuid.uuid4().hex[:8]}.v1"
    ids = [caller.create(intent_type=kind) for _ in range(51)]
    caller.post(f"/v1/intents/{ids[0]}/resolve", {"status": "CANCELED", "reason": "x"})
    first = admin_visitor.open(f"intents?intent_type={kind}").text
    assert [intent_id for intent_id in ids if intent_id in first] == ids[1:]
    older = admin_visitor.open(f"intents?intent_type={kind}&before={ids[1]}").text
    assert ids[0] in older
    assert ids[1] not in older
    assert "Newest" in older
    for query in ("status=CANCELED", f"text={ids[0].upper()}", f"text={ids[0]}&agent=worker"):
        found = admin_visitor.open(f"intents?intent_type={kind}&{query}").text
        assert [intent_id for intent_id in ids if intent_id in found] == ids[:1], query
    assert "No intent fits" in admin_visitor.open(f"intents?intent_type={kind}&text=100%25").text
    assert "No intent fits" in admin_visitor.open(f"intents?intent_type={kind}&agent=nobody-here").text
    assert admin_visitor.open("intents?status=nonsense").status_code == 422
    assert admin_visitor.open("intents?before=nonsense").status_code == 404


def test_an_intent_is_canceled_with_a_reason_and_the_key_is_on_record(
    admin_visitor: Visitor, caller: Caller, gateway: LocalGateway
) -> None:
    intent_id = caller.create()
    page = admin_visitor.send(f"intents/{intent_id}", reason="not needed")
    assert "The intent was canceled" in page.text
    assert "not needed" in page.text
    intent = caller.get(f"/v1/intents/{intent_id}")["intent"]
    assert (intent["status"], intent["reason"]) == ("CANCELED", "not needed")
    again = admin_visitor.send(f"intents/{intent_id}", tokens=admin_visitor.tokens("me"))
    assert again.status_code == 409
    assert "This cannot be done now" in again.text
    org_id = caller.get("/v1/me")["me"]["org_id"]
    rows = caller.get("/v1/audit/events", org_id=org_id, limit=500)["events"]
    assert any(intent_id in str(row) and "resolve" in str(row) for row in rows)


def test_a_task_is_decided_with_the_same_form_as_on_its_own_page(admin_visitor: Visitor, caller: Caller) -> None:
    task = {"title": "Check it", "task_type": "approval", "required_comment": True, "allowed_outcomes": ["yes", "no"]}
    intent_id = caller.create("manager", human_task=task)
    assert intent_id in admin_visitor.open("tasks").text
    missing = admin_visitor.send(f"tasks/{intent_id}", outcome="yes")
    assert missing.status_code == 422
    assert "Please fill this in" in missing.text
    done = admin_visitor.send(f"tasks/{intent_id}", outcome="yes", comment="checked")
    assert "Your decision was recorded" in done.text
    assert caller.get(f"/v1/intents/{intent_id}")["intent"]["result"]["task_result"]["comment"] == "checked"
    assert admin_visitor.open(f"tasks/{intent_id}").status_code == 409


def test_an_agent_is_stopped_and_resumed(admin_visitor: Visitor, caller: Caller, world: World) -> None:
    path = f"agents/{world.address_id}"
    assert "was stopped" in admin_visitor.send(path, do="kill").text
    assert caller.get(f"/v1/mesh/agents/{world.address_id}")["agent"]["health_status"] == "killed"
    assert "sends and receives again" in admin_visitor.send(path, do="resume").text
    assert caller.get(f"/v1/mesh/agents/{world.address_id}")["agent"]["killed_at"] is None


def test_deliveries_and_events_are_sent_anew_once_for_each_form(
    admin_visitor: Visitor, caller: Caller, world: World
) -> None:
    path = f"deliveries/{world.delivery_id}"
    tokens = admin_visitor.tokens(path)
    first, second = (admin_visitor.send(path, tokens=tokens) for _ in range(2))
    assert first.url == second.url
    assert "on its way again" in first.text
    made = first.url.partition("?")[0].rpartition("/")[2]
    assert caller.get(f"/v1/deliveries/{made}")["delivery"]["replay_of_delivery_id"] == world.delivery_id
    me = caller.get("/v1/me")["me"]["address"]
    assert "on its way again" in admin_visitor.send(f"webhooks/{world.event_id}", owner=me).text


def test_threads_are_read_and_answered(admin_visitor: Visitor, caller: Caller, world: World) -> None:
    path = f"inbox/{world.thread_id}?owner={world.owner}"
    assert "marked as read" in admin_visitor.send(path, owner=world.owner, do="read").text
    assert "On my way" in admin_visitor.send(path, owner=world.owner, do="reply", message="On my way").text
    assert admin_visitor.send(path, owner=world.owner, do="reply", message="").status_code == 422


def test_a_key_is_shown_once_and_revoked(admin_visitor: Visitor, gateway: LocalGateway, caller: Caller) -> None:
    name = f"made-{uuid.uuid4().hex[:8]}"
    account = admin_visitor.send("access", name=name)
    assert "Give it a key next" in account.text
    path = f"access/{account.url.partition('?')[0].rpartition('/')[2]}"
    tokens = admin_visitor.tokens(path)
    made = admin_visitor.send(path, tokens=tokens, days="30")
    token = made.text.partition('aria-label="The key">')[2].partition("<")[0]
    with Caller(gateway.base_url, token) as own:
        assert own.get("/v1/me")["me"]["address"].endswith(name)
        again = admin_visitor.send(path, tokens=tokens, days="30").text
        assert "shown before" in again
        assert token not in again
        key_id = next(key["key_id"] for key in caller.get(f"/v1/service-accounts/{path[7:]}/keys")["keys"])
        assert "was revoked" in admin_visitor.send(path, revoke=key_id).text
        assert own.send("GET", "/v1/me").status_code == 401
    assert token not in admin_visitor.open(path).text
