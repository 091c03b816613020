"""Why an intent stands where it stands: what only the gateway knows of it (an addition to the protocol)."""

from __future__ import annotations

from typing import Any

from axme.contract import addresses
from axme.contract.clock import to_text
from axme.contract.statuses import EventType
from axme.gateway.actions.intents.access import find, sees
from axme.gateway.actions.links import state_of
from axme.gateway.actions.steps import shown as steps_of
from axme.gateway.auth.identity import Identity
from axme.gateway.lifecycle import explanations as rules
from axme.gateway.lifecycle import wire
from axme.gateway.lifecycle.explanations import Coming
from axme.gateway.lifecycle.links import LinkState
from axme.gateway.lifecycle.record import Event, IntentRecord
from axme.gateway.lifecycle.retries import policy_of
from axme.gateway.lifecycle.scenarios import ScenarioRun
from axme.gateway.lifecycle.timers import Timer, TimerKind
from axme.gateway.policy import roles
from axme.gateway.policy.health import health
from axme.gateway.store.columns import from_json
from axme.gateway.store.queries import (
    accounts,
    claims,
    cross_org,
    intents,
    jobs,
    links,
    mails,
    pushes,
    scenarios,
    webhooks,
)
from axme.gateway.store.tx import Row, Tx

Body = dict[str, Any]
_TIMERS = frozenset(TimerKind)


def explain(tx: Tx, who: Identity, intent_id: str) -> Body:
    """An intent with what is planned for it and who has it. ``GET /v1/intents/{intent_id}/explanation``

    Raises:
        GatewayError: 404.
    """
    intent = find(tx, who, intent_id)
    events = intents.events_since(tx, intent_id, 0)
    facts = {"at": to_text(tx.now), "since": to_text(rules.since(intent, events))}
    facts |= _told(tx, who, intent)
    facts |= _ended(events) if intent.is_terminal else _living(tx, who, intent, events)
    return {"ok": True, "intent": wire.intent(intent) | steps_of(tx, intent), "explanation": facts}


def _ended(events: list[Event]) -> Body:
    return {"ended_by": events[-1].actor} if events else {}


def _living(tx: Tx, who: Identity, intent: IntentRecord, events: list[Event]) -> Body:
    run = scenarios.load(tx, intent.intent_id) if intent.leads_scenario else None
    planned = tx.run(jobs.OF_INTENT, {"intent_id": intent.intent_id})
    claim = claims.of_intent(tx, intent.intent_id)
    parked = [row for row in planned if row["held"] == jobs.PARKED]
    found: Body = {
        "coming": _coming(tx, intent, [row for row in planned if row not in parked], run, claim),
        "attempts_allowed": policy_of(intent).attempts,
        "parked_jobs": len(parked),
    }
    if claim is not None:
        found["claim"] = {
            "worker_id": claim["worker_id"],
            "attempt": intent.delivery_attempt,
            "lease_expires_at": to_text(claim["lease_until"]),
        }
    failed = [event for event in events if event.event_type is EventType.DELIVERY_FAILED]
    if failed:
        found["last_failure"] = {"at": to_text(failed[-1].at)} | failed[-1].details
    if intent.waits_for_human:
        return found | _asked(tx, who, intent)
    child_id = run.step_intent_id if run else (intent.suspended or {}).get("intent_id")
    if child_id:
        return found | _child(tx, who, child_id)
    return found | (_recipient(tx, who, intent) if intent.handler and not run else {})


def _coming(tx: Tx, intent: IntentRecord, planned: list[Row], run: ScenarioRun | None, claim: Row | None) -> list[Body]:
    timers = [_timer(row) for row in planned if row["kind"] in _TIMERS]
    found = rules.coming(intent, timers, begun=run.begun if run else None)
    if claim is not None:
        found.append(Coming("lease_end", claim["lease_until"]))
    elif intent.was_free:
        found += rules.retry(intent, at=tx.now)
    return [rules.shown(one, paused_at=intent.paused_at) for one in sorted(found, key=lambda one: one.due_at)]


def _timer(row: Row) -> Timer:
    return Timer(TimerKind(row["kind"]), row["due_at"], from_json(row["details"]))


def _asked(tx: Tx, who: Identity, intent: IntentRecord) -> Body:
    """By which ways the person was reached, for those who may know."""
    if who.address != intent.from_agent and not who.roles & roles.LINK_ADMIN:
        return {}
    made = links.of_intent(tx, intent.intent_id)
    written = tx.run(mails.OF_INTENT, {"intent_id": intent.intent_id})
    return {
        "open_links": sum(state_of(tx, link, intent) is LinkState.OPEN for link in made),
        "mails": [{"address": mail["address"], "status": mail["status"]} for mail in written],
    }


def _told(tx: Tx, who: Identity, intent: IntentRecord) -> Body:
    """How many messages of webhooks about it have come to what, for those who may know."""
    if who.address != intent.from_agent and not who.roles & roles.LINK_ADMIN:
        return {}
    counts = webhooks.counts_about(tx, intent.intent_id)
    return {"webhooks": dict(sorted(counts.items()))} if counts else {}


def _child(tx: Tx, who: Identity, intent_id: str) -> Body:
    child = intents.load(tx, intent_id)
    known = {"status": child.status.value, "to_agent": child.to_agent} if child and sees(who, child) else {}
    return {"waits_on": {"intent_id": intent_id} | known}


def _recipient(tx: Tx, who: Identity, intent: IntentRecord) -> Body:
    """How the agent is that has it, as far as that is the caller's to know."""
    address = intent.handler or intent.to_agent
    killed = cross_org.is_killed(tx, intent.from_agent, address)
    account = tx.one(accounts.LATEST_ACCOUNT_AT, {"address": address})
    place = addresses.parts(address)
    if account is None and (place is None or place.org == who.org_slug):
        return {"recipient": {"address": address, "state": "unregistered"}}
    if account is None or not who.roles_in(account["org_id"], account["workspace_id"]):
        return {"recipient": {"address": address, "state": "elsewhere"}}
    binding = pushes.bound_to(tx, address)
    mode = pushes.mode_of(binding) if binding else pushes.PULLED[0]
    how = health(last_heartbeat_at=account["last_heartbeat_at"], killed_at=account["killed_at"], at=tx.now)
    found = {
        "address": address,
        "state": "killed" if account["killed_at"] is not None else account["status"],
        "health": how.value,
        "posted": mode == pushes.HTTP,
        "delivery_mode": mode,
        "sender_killed": killed and account["killed_at"] is None,
    }
    if account["last_heartbeat_at"] is not None:
        found["last_heartbeat_at"] = to_text(account["last_heartbeat_at"])
    return {"recipient": found}
