"""Inboxes: threads, changes and what owners do (contract 3.4)."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from axme.gateway.actions import agents, inbox
from tests.gateway.rig import Rig, race, refusal

WORKER = "agent://local/default/worker"


def thread_of(rig: Rig, owner: str = "worker") -> str:
    """The newest thread of an owner."""
    found: str = rig.do(inbox.list_threads, owner=owner, status=None)["threads"][0]["thread_id"]
    return found


def test_a_thread_goes_from_pending_over_active_to_done(rig: Rig) -> None:
    intent_id = rig.create()
    thread_id = thread_of(rig)
    got = rig.do(inbox.get, thread_id, owner="worker")["thread"]
    assert (got["status"], got["owner_agent"], got["intent_id"]) == ("pending", WORKER, intent_id)
    assert got["timeline"][0]["details"] == {"intent_type": "order.fulfillment.v1"}
    rig.do(inbox.mark_read, thread_id, owner="worker")
    assert len(rig.do(inbox.mark_read, thread_id, owner="worker")["thread"]["timeline"]) == 2
    replied = rig.do(inbox.reply, thread_id, {"message": "on it"}, owner="worker")["thread"]
    assert (replied["status"], replied["timeline"][-1]["details"]) == ("active", {"message": "on it"})
    rig.resolve(intent_id, "COMPLETED")
    done = rig.do(inbox.get, thread_id, owner="worker")["thread"]
    assert (done["status"], done["timeline"][-1]["event_type"]) == ("done", "intent_completed")
    assert refusal(lambda: rig.do(inbox.reply, thread_id, {"message": "late"}, owner="worker")).code.status == 409
    assert [t["thread_id"] for t in rig.do(inbox.list_threads, owner="worker", status="done")["items"]] == [thread_id]
    assert rig.do(inbox.list_threads, owner="worker", status="pending")["items"] == []


def test_another_owners_thread_is_forbidden_and_an_unknown_one_missing(rig: Rig) -> None:
    rig.create()
    thread_id = thread_of(rig)
    assert refusal(lambda: rig.do(inbox.get, thread_id, owner=None)).code.status == 403
    assert refusal(lambda: rig.do(inbox.get, thread_id, owner="agent://manager")).code.status == 403
    assert refusal(lambda: rig.do(inbox.get, "no-such-thread", owner="worker")).code.status == 404


def test_delegating_moves_thread_and_work(rig: Rig) -> None:
    intent_id = rig.create()
    thread_id = thread_of(rig)
    moved = rig.do(inbox.delegate, thread_id, {"delegate_to": "helper", "note": "yours"}, owner="worker")["thread"]
    assert moved["owner_agent"] == "agent://local/default/helper"
    assert rig.do(inbox.list_threads, owner="worker", status=None)["threads"] == []
    assert rig.do(inbox.changes, owner="worker", cursor=None, limit=9)["changes"] == []
    assert thread_of(rig, "helper") == thread_id
    assert rig.story(intent_id)[-1] == "transfer"
    assert rig.events(intent_id)[-1]["handler"] == rig.intent(intent_id)["handler"] == "agent://local/default/helper"
    (delivery,) = rig.do(agents.backlog, "helper", 0, None).events
    assert delivery["intent_id"] == intent_id
    assert refusal(
        lambda: rig.do(inbox.delegate, thread_id, {"delegate_to": "agent://acme/x/y"}, owner="helper")
    ).code.code == "policy_denied"  # fmt: skip


def test_messages_are_deleted_by_id_by_number_or_altogether(rig: Rig) -> None:
    rig.create()
    thread_id = thread_of(rig)
    for n in range(4):
        rig.do(inbox.reply, thread_id, {"message": str(n)}, owner="worker")

    def delete(**body: Any) -> dict[str, Any]:
        return rig.do(inbox.delete_messages, thread_id, {"mode": "self"} | body, owner="worker")

    timeline = rig.do(inbox.get, thread_id, owner="worker")["thread"]["timeline"]
    first = timeline[1]["event_id"]
    assert delete(message_ids=[first, first])["message_ids"] == [first]
    assert refusal(lambda: delete(message_ids=[first])).code.status == 404
    assert delete(limit=1)["message_ids"] == [timeline[4]["event_id"]]
    assert delete()["deleted_count"] == 2
    assert delete()["deleted_count"] == 0
    left = [entry["event_type"] for entry in rig.do(inbox.get, thread_id, owner="worker")["thread"]["timeline"]]
    assert left == ["intent_received", *["messages_deleted"] * 3]


def test_changes_are_paged_in_order_and_none_is_lost_or_repeated(rig: Rig) -> None:
    race([rig.create for _ in range(60)], 8)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = rig.do(inbox.changes, owner="worker", cursor=cursor, limit=7)
        seen += [change["thread"]["thread_id"] for change in page["changes"]]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert len(seen) == len(set(seen)) == 60
    assert rig.do(inbox.changes, owner="worker", cursor=cursor, limit=7) == {
        "ok": True, "changes": [], "next_cursor": cursor, "has_more": False,
    }  # fmt: skip
    for bad in ("12", "x:y", ":", "-1:aa", "9" * 40 + ":aa"):
        error = refusal(lambda bad=bad: rig.do(inbox.changes, owner="worker", cursor=bad, limit=7))
        assert error.code.code == "bad_cursor"


def test_readers_beside_writers_skip_nothing(rig: Rig) -> None:
    """Cursors follow the order of commits, not the order in which transactions began."""
    deliveries: list[int] = []
    changes: list[str] = []
    writing = [lambda: [rig.create() for _ in range(10)] for _ in range(8)]

    def read() -> None:
        until = time.monotonic() + 60
        while (len(deliveries) < 80 or len(changes) < 80) and time.monotonic() < until:
            since, cursor = max(deliveries, default=0), changes[-1] if changes else None
            found = rig.store.read_sync(
                partial(agents.backlog, who=rig.who, address="worker", since=since, statuses=None)
            )
            deliveries.extend(event["seq"] for event in found.events)
            page = rig.store.read_sync(partial(inbox.changes, who=rig.who, owner="worker", cursor=cursor, limit=1000))
            changes.extend(change["cursor"] for change in page["changes"])

    race([*writing, read], 9)
    assert deliveries == list(range(2, 162, 2))
    assert len(changes) == len(set(changes)) == 80


def test_short_addresses_are_another_owner_in_every_workspace(rig: Rig) -> None:
    peer = rig.peer()
    rig.create(to_agent="agent://manager")
    assert len(rig.do(inbox.list_threads, owner="agent://manager", status=None)["items"]) == 1
    assert rig.do(inbox.list_threads, owner="agent://manager", status=None, who=peer)["items"] == []
    assert rig.do(agents.backlog, "agent://manager", 0, None, who=peer).events == []
    assert refusal(lambda: rig.do(agents.backlog, WORKER, 0, None, who=peer)).code.status == 403


def test_a_backlog_shows_what_is_open_unless_asked_otherwise(rig: Rig) -> None:
    from axme.contract.statuses import IntentStatus

    open_one, ended = rig.create(), rig.create()
    rig.resolve(ended, "FAILED")
    shown = rig.do(agents.backlog, "worker", 0, None)
    assert [event["intent_id"] for event in shown.events] == [open_one]
    assert shown.newest == 4
    assert shown.events[0]["event_type"] == "intent.delivered"
    failed = rig.do(agents.backlog, "worker", 0, frozenset({IntentStatus.FAILED}))
    assert [event["intent_id"] for event in failed.events] == [ended]
    assert rig.do(agents.backlog, "worker", 3, frozenset(IntentStatus)).events == failed.events
