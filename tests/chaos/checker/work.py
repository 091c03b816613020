"""I7: claims and their results. I8: webhooks. I9: decisions of people, and the mails about them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from axme.contract import jsontext
from axme.contract.schemas.webhooks import DELIVERY_STATUSES
from axme.contract.statuses import IntentStatus
from tests.chaos.checker.history import Final, Found, History, Row, Violation

_WITH_AN_AGENT = frozenset({IntentStatus.DELIVERED, IntentStatus.ACKNOWLEDGED, IntentStatus.IN_PROGRESS})


def claimed(history: History, final: Final) -> Found:
    """I7: one accepted result, and whatever has none can be claimed, now or when a lease ends."""
    accepted: dict[str, set[str]] = defaultdict(set)
    for op in history.of("finish", "ok"):
        accepted[op.intent_id].add(op.key)
        row = final.intent(op.intent_id)
        if row is not None and "result" in op.asked and _result(row) != op.asked["result"]:
            yield Violation("I7", f"the result of {op.intent_id} that was accepted is not the one that is stored")
    for intent_id, claim_ids in accepted.items():
        # One that is sent again is answered again.
        if len(claim_ids) > 1:
            yield Violation("I7", f"{len(claim_ids)} results of {intent_id} were accepted")
    claims = {row["intent_id"]: row for row in final["claims"]}
    for row in final["intents"]:
        if _is_for_a_worker(row) and row["claim_id"] is None and row["queue"] is None:
            yield Violation("I7", f"{row['intent_id']} waits for a worker, and none can claim it")
        claim = claims.get(row["intent_id"])
        if claim and final.now and final.now - claim["lease_until"] > claim["lease_seconds"] * 1_000_000:
            yield Violation("I7", f"the lease on {row['intent_id']} has long ended, and it was not freed")


def _result(row: Row) -> Any:
    return jsontext.loads(row["result"]) if isinstance(row["result"], str) else row["result"]


def _is_for_a_worker(row: Row) -> bool:
    return bool(
        IntentStatus(row["status"]) in _WITH_AN_AGENT
        and row["paused_at"] is None
        and row["handler"] is not None
        and row["delivery_attempt"] > 0
        and row["scenario_id"] is None
    )


def posted(history: History, final: Final) -> Found:
    """I8: each (event, subscription) is delivered, pending or given up on; ids and bodies stay; tries are counted."""
    arrived: dict[tuple[str, str], set[str]] = defaultdict(set)
    for post in history.posts:
        arrived[post.event_id, post.subscription_id].add(post.body)
    known = {row["event_id"] for row in final["webhook_events"]}
    for op in history.of("publish", "ok"):
        if op.answer["event_id"] not in known:
            yield Violation("I8", f"the event {op.answer['event_id']} was acknowledged and has vanished")
    attempts: dict[str, list[int]] = defaultdict(list)
    for row in final["webhook_attempts"]:
        attempts[row["delivery_id"]].append(row["attempt"])
    pairs = Counter((row["event_id"], row["subscription_id"]) for row in final["webhook_deliveries"])
    for pair, count in pairs.items():
        if count > 1:
            yield Violation("I8", f"{pair} has {count} deliveries")
    for row in final["webhook_deliveries"]:
        yield from _delivery(row, sorted(attempts[row["delivery_id"]]), arrived)
    for (event_id, subscription_id), bodies in arrived.items():
        if (event_id, subscription_id) not in pairs:
            yield Violation("I8", f"{event_id} arrived at {subscription_id} under an id nobody gave")
        if len(bodies) > 1:
            yield Violation("I8", f"{event_id} arrived at {subscription_id} with different bodies")


def _delivery(row: Row, attempts: list[int], arrived: dict[tuple[str, str], set[str]]) -> Found:
    pair = row["event_id"], row["subscription_id"]
    if row["status"] not in DELIVERY_STATUSES:
        yield Violation("I8", f"{pair} is {row['status']!r}, which is no state of a delivery")
    if attempts != list(range(1, len(attempts) + 1)):
        yield Violation("I8", f"the tries of {pair} are numbered {attempts}")
    if row["status"] == "delivered" and not arrived[pair]:
        yield Violation("I8", f"{pair} is noted as delivered, and never arrived")


def decided(history: History, final: Final) -> Found:
    """I9: at most one decision a task, by somebody at a time; mails lead to the task they are about."""
    decisions: dict[str, set[str]] = defaultdict(set)
    for op in history.of("decide", "ok"):
        decisions[op.intent_id].add(op.key)
    for intent_id, keys in decisions.items():
        if len(keys) > 1:
            yield Violation("I9", f"{len(keys)} decisions about {intent_id} were accepted")
    for row in final["intents"]:
        if row["decision"] is not None and not (row["decided_by"] and row["decided_at"]):
            yield Violation("I9", f"{row['intent_id']} was decided by nobody, or at no time")
    for mail in history.mails:
        if mail.leads_to != mail.intent_id:
            yield Violation("I9", f"a mail about {mail.intent_id} leads to {mail.leads_to}")
    written = {mail.intent_id for mail in history.mails}
    for intent_id in history.mailed_tasks:
        if intent_id not in written:
            yield Violation("I9", f"nobody was written to about {intent_id}")
