"""Changing a live intent's controls and policy by compare-and-set (contract 2.10)."""

from __future__ import annotations

from typing import Any

from axme.gateway.actions import audit
from axme.gateway.actions.admission import admit_escalation
from axme.gateway.actions.intents.access import find_to_change
from axme.gateway.actions.intents.change import store_change
from axme.gateway.auth.identity import Identity
from axme.gateway.lifecycle import controls, timers, wire
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.transitions import require_open
from axme.gateway.policy.intents import UPDATE_CONTROLS, UPDATE_POLICY
from axme.gateway.store import topics
from axme.gateway.store.queries import jobs, scenarios
from axme.gateway.store.tx import Tx

Body = dict[str, Any]


def update_controls(tx: Tx, who: Identity, intent_id: str, body: Body, *, owner: str | None) -> Body:
    """Merge a patch into the controls. ``POST /v1/intents/{intent_id}/controls``

    Args:
        tx: the transaction.
        who: the caller.
        intent_id: the intent.
        body: as :class:`~axme.contract.schemas.intents.IntentControls` loads it.
        owner: in whose name, an address or a bare name.

    Raises:
        GatewayError: 400, 403, 404, 409 ``intent_terminal`` or ``policy_generation_conflict``.
    """
    intent = _find(tx, who, intent_id, body, UPDATE_CONTROLS, owner)
    patch = controls.merge_patches(body.get("controls"), body.get("controls_patch"))
    change = _patch_controls(tx, who, intent, patch)
    return _answer(tx, who, intent, [change], f"intent.{UPDATE_CONTROLS}", body)


def update_policy(tx: Tx, who: Identity, intent_id: str, body: Body, *, owner: str | None) -> Body:
    """Merge a patch into grants, envelope and controls. ``POST /v1/intents/{intent_id}/policy``

    Args:
        tx: the transaction.
        who: the caller.
        intent_id: the intent.
        body: as :class:`~axme.contract.schemas.intents.IntentPolicy` loads it.
        owner: in whose name, an address or a bare name.

    Raises:
        GatewayError: 400, 403, 404, 409 ``intent_terminal`` or ``policy_generation_conflict``.
    """
    intent = _find(tx, who, intent_id, body, UPDATE_POLICY, owner)
    whole: Body = body.get("policy") or {}
    grants = controls.merge_patches(whole.get("grants"), body.get("grants"), body.get("grants_patch"))
    envelope = controls.merge_patches(whole.get("envelope"), body.get("envelope"), body.get("envelope_patch"))
    changes = [
        _patch_controls(tx, who, intent, whole.get("controls") or {}),
        controls.patch_policy(intent, grants=grants, envelope=envelope, at=tx.now),
    ]
    return _answer(tx, who, intent, changes, f"intent.{UPDATE_POLICY}", body)


def apply_to_jobs(tx: Tx, intent: IntentRecord, change: controls.Change) -> None:
    """Let the intent's timers follow a change: stand still, go on, or be set anew."""
    key = {"intent_id": intent.intent_id}
    if change.paused:
        tx.run(jobs.HOLD, {"id": intent.intent_id})
    if change.paused_for is not None:
        tx.run(jobs.RELEASE, {"id": intent.intent_id, "paused_for": change.paused_for})
        tx.publish(topics.JOBS, tx.now, None)
        if intent.leads_scenario:
            # What has ended meanwhile was not looked at.
            jobs.add_look(tx, scenarios.KIND, intent.intent_id)
    if change.deadline:
        tx.run(jobs.DELETE_KIND_OF_INTENT, key | {"kind": timers.TimerKind.DEADLINE})
        jobs.add_timers(tx, intent.intent_id, timers.deadline(intent), held=intent.paused)
    if change.reminders:
        tx.run(jobs.DELETE_KIND_OF_INTENT, key | {"kind": timers.TimerKind.ASKED_REMINDER})
        asked = timers.asked_reminders(intent, at=intent.paused_at or tx.now)
        jobs.add_timers(tx, intent.intent_id, asked, held=intent.paused)
    if change.reminding:
        tx.run(jobs.DELETE_KIND_OF_INTENT, key | {"kind": timers.TimerKind.REMINDER})
        first = timers.reminders(intent, at=intent.paused_at or tx.now)
        jobs.add_timers(tx, intent.intent_id, first, held=intent.paused)


def _patch_controls(tx: Tx, who: Identity, intent: IntentRecord, patch: Body) -> controls.Change:
    admit_escalation(tx, who, patch.get("escalate_to"))
    return controls.patch_controls(intent, patch, at=tx.now)


def _find(tx: Tx, who: Identity, intent_id: str, body: Body, verb: str, owner: str | None) -> IntentRecord:
    expected = controls.expected_generation(body)
    intent = find_to_change(tx, who, intent_id, verb, owner=owner)
    require_open(intent)
    controls.require_generation(intent, expected)
    return intent


def _answer(
    tx: Tx, who: Identity, intent: IntentRecord, changes: list[controls.Change], action: str, body: Body
) -> Body:
    intent.policy_generation += 1
    intent.updated_at = tx.now
    for change in changes:
        apply_to_jobs(tx, intent, change)
    store_change(tx, intent)
    told = {name: body[name] for name in ("actor", "reason") if body.get(name)}
    details = {"policy_generation": intent.policy_generation} | told
    audit.record(tx, who, action, intent.intent_id, details=details)
    return {
        "ok": True,
        "policy_generation": intent.policy_generation,
        "intent": wire.intent(intent),
        "controls": intent.controls,
        "policy": wire.policy(intent),
    }
