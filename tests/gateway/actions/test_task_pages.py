"""Answering by a link: the recipient is who decided, the first counts, and a link does what it was made for."""

from __future__ import annotations

from typing import Any

from axme.gateway.actions import audit_trail, links, task_pages
from axme.gateway.lifecycle.links import LinkState
from axme.gateway.store import Tx
from tests.gateway.rig import Rig, race, refusal

MIA, JOE = "mia@example.com", "joe@example.com"


def ask(rig: Rig, **task: Any) -> str:
    """An intent that asks."""
    return rig.create(human_task={"title": "Approve it"} | task)


def token(rig: Rig, intent_id: str, recipient: str = MIA) -> str:
    """The token of a new link."""
    link = rig.do(links.create, intent_id, {"recipient": recipient}, base_url="")["link"]
    found: str = link["url"].rpartition("/")[2]
    return found


def decide(rig: Rig, by: str, outcome: str = "approved", **said: Any) -> LinkState:
    """Decide by the link with the token ``by``; returns what it led to before."""

    def act(tx: Tx) -> LinkState:
        return task_pages.decide(tx, by, {"outcome": outcome} | said, request_id="req-1").state

    return rig.store.write_sync(act)


def test_the_recipient_is_who_decided(rig: Rig) -> None:
    intent_id = ask(rig, assignees=["somebody.else@example.com"])
    assert decide(rig, token(rig, intent_id), "rejected", comment="too dear") is LinkState.OPEN
    intent = rig.intent(intent_id)
    assert (intent["status"], intent["reason"]) == ("CANCELED", "rejected: too dear")
    assert {event["actor"] for event in rig.events(intent_id)[-2:]} == {MIA}
    (row,) = rig.do(audit_trail.list_events, org_id=None, actors=frozenset(), action_prefix="intent.decide", limit=5)[
        "events"
    ]
    assert (row["actor"], row["request_id"], row["details"]["outcome"]) == (MIA, "req-1", "rejected")


def test_only_the_first_decides(rig: Rig) -> None:
    intent_id = ask(rig)
    people = [f"p{n}@example.com" for n in range(8)]
    tokens = [token(rig, intent_id, person) for person in people]
    seen = race([lambda by=by: decide(rig, by) for by in tokens], 8)
    assert sorted(map(str, seen)) == ["decided"] * 7 + ["open"]
    winner = people[seen.index(LinkState.OPEN)]
    found = rig.store.read_sync(lambda tx: links.open(tx, tokens[0]))
    assert found.answered is not None
    assert (found.answered.by, found.answered.outcome) == (winner, "approved")
    error = refusal(lambda: rig.resume(intent_id, {"task_result": {"outcome": "rejected"}}))
    assert winner in error.message


def test_what_is_wrong_changes_nothing(one_rig: Rig) -> None:
    intent_id = ask(one_rig, task_type="override")
    by, before = token(one_rig, intent_id), one_rig.intent(intent_id)
    assert refusal(lambda: decide(one_rig, by, "override_approved")).details == {"field": "task_result.comment"}
    assert one_rig.intent(intent_id) == before
    assert decide(one_rig, "no-such-token") is LinkState.UNKNOWN
    one_rig.do(links.revoke_all, intent_id)
    assert decide(one_rig, by, "override_approved", comment="yes") is LinkState.REVOKED
    assert one_rig.intent(intent_id) == before
