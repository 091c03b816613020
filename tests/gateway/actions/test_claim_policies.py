"""Policies are asked once more when an intent is handed out: what was let in may be refused by now."""

from __future__ import annotations

from typing import Any

from axme.gateway.actions import claims, cross_org
from axme.gateway.auth.identity import Identity
from axme.gateway.store.queries import cross_org as queries
from tests.gateway.actions.claiming import claim, complete, one
from tests.gateway.rig import Rig

WORKER = "agent://local/default/worker"


def sender_policy(rig: Rig, mode: str) -> None:
    """Who may send to the worker."""
    subject = rig.do(cross_org.send_policy, WORKER)
    rig.do(cross_org.set_send_policy, subject, {"policy_type": mode})


def received(rig: Rig, who: Identity) -> list[dict[str, Any]]:
    """What the account ``who`` is given now."""
    body = {"worker_id": "w", "lease_seconds": 30, "limit": 10}
    found: list[dict[str, Any]] = rig.do(claims.claim, who.address, body, key=None, who=who)["claims"]
    return found


def test_a_sender_who_was_shut_out_is_not_worked_for_until_it_is_let_in_again(rig: Rig) -> None:
    rig.account("worker")
    refused = rig.create(to_agent=WORKER)
    sender_policy(rig, "allowlist")
    assert claim(rig) == []
    assert rig.events(refused)[-1]["details"] == {
        "delivery_attempt": 1,
        "reason": "policy_denied",
        "message": "send_policy_denied",
    }
    sender_policy(rig, "open")
    assert claim(rig) == [], "it is looked at again after a while"
    rig.advance(seconds=60)
    taken = one(rig)
    assert (taken["intent_id"], taken["attempt"]) == (refused, 2)
    complete(rig, taken["claim_id"])


def test_others_behind_it_are_handed_out_at_once(rig: Rig) -> None:
    rig.account("worker")
    stranger = rig.account("stranger")
    refused = rig.create(to_agent=WORKER, who=stranger)
    rig.advance(seconds=1)
    fine = rig.create(to_agent=WORKER)
    sender_policy(rig, "denylist")
    rig.do(cross_org.add_entry, rig.do(cross_org.send_policy, WORKER), {"sender_pattern": stranger.address})
    assert one(rig)["intent_id"] == fine
    assert rig.story(refused)[-1] == "delivery_failed"


def test_who_is_never_let_in_again_is_told_so_in_the_end(rig: Rig) -> None:
    rig.account("worker")
    refused = rig.create(to_agent=WORKER, max_delivery_attempts=2)
    sender_policy(rig, "allowlist")
    claim(rig)
    rig.advance(seconds=60)
    claim(rig)
    ended = rig.intent(refused)
    assert (ended["status"], ended["error"]["code"]) == ("FAILED", "policy_denied")
    assert "send_policy_denied" in ended["error"]["message"]


def test_an_organization_that_closes_its_door_closes_it_for_what_waits_too(rig: Rig) -> None:
    peer = rig.peer("partner")
    theirs = cross_org.Subject(queries.RECEIVE, peer.org_id, peer.org_id, "", cross_org.rules.CLOSED)
    rig.do(cross_org.set_receive_policy, theirs, {"mode": "open"})
    sent = rig.create(to_agent=peer.address)
    rig.do(cross_org.set_receive_policy, theirs, {"mode": "closed"})
    assert received(rig, peer) == []
    rig.do(cross_org.set_receive_policy, theirs, {"mode": "open"})
    rig.advance(seconds=60)
    assert [found["intent_id"] for found in received(rig, peer)] == [sent]
