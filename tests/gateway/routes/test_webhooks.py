"""Webhooks over plain HTTP: answers in shape, and nothing of another tenant."""

from __future__ import annotations

from axme.contract.schemas import webhooks as schemas
from axme.gateway import LocalGateway
from tests.plain import Caller, good, make_agent, refused
from tests.tenants import tenant

BODY = {"callback_url": "https://hooks.example/axme", "event_types": ["inbox.thread_updated"], "active": False}
EVENT = {"event_type": "inbox.thread_updated", "source": "tests", "payload": {}}
SUBSCRIPTIONS = "/v1/webhooks/subscriptions"


def test_answers_have_the_shape_they_promise(caller: Caller) -> None:
    owner = make_agent(caller).address
    made = caller.post(f"{SUBSCRIPTIONS}?owner_agent={owner}", BODY)
    assert not schemas.SubscriptionAnswer().validate(made)
    assert caller.get(SUBSCRIPTIONS, owner_agent=owner)["subscriptions"] == []
    listed = caller.get(SUBSCRIPTIONS, owner_agent=owner, include_inactive="true")
    assert not schemas.SubscriptionList().validate(listed)
    secret = made["subscription"].pop("secret")
    assert listed["subscriptions"] == [made["subscription"]], "and the secret is shown once"
    assert secret.endswith(made["subscription"]["secret_hint"][1:])
    event = caller.post(f"/v1/webhooks/events?owner_agent={owner}", EVENT)
    assert not schemas.Event().validate(event)
    assert (event["owner_agent"], event["queued_deliveries"]) == (owner, 0)
    path = f"{SUBSCRIPTIONS}/{made['subscription']['subscription_id']}"
    gone = good(caller.send("DELETE", path, params={"owner_agent": owner}))
    assert not schemas.SubscriptionDeleted().validate(gone)


def test_another_tenants_webhooks_look_missing(caller: Caller, gateway: LocalGateway) -> None:
    made = caller.post(SUBSCRIPTIONS, BODY)["subscription"]["subscription_id"]
    event_id = caller.post("/v1/webhooks/events", EVENT)["event_id"]
    with tenant(gateway, "other") as other, other.caller() as theirs:
        refused(theirs.send("DELETE", f"{SUBSCRIPTIONS}/{made}"), 404, "not_found")
        refused(theirs.send("POST", f"/v1/webhooks/events/{event_id}/replay"), 404, "not_found")
        owner = {"owner_agent": "agent://local/default/admin"}
        refused(theirs.send("GET", SUBSCRIPTIONS, params=owner), 403, "owner_scope_mismatch")
        refused(theirs.send("POST", SUBSCRIPTIONS, json=BODY, params=owner), 403, "owner_scope_mismatch")
    refused(caller.send("DELETE", f"{SUBSCRIPTIONS}/nothing"), 404, "not_found")
