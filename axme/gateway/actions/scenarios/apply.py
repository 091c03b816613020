"""Checking a bundle, and setting it on its way."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import ValidationError

from axme.contract import addresses
from axme.contract.clock import to_text
from axme.contract.codes import VALIDATION_ERROR
from axme.contract.schemas.scenarios import ScenarioBundle
from axme.contract.statuses import EventType, IntentStatus
from axme.gateway.actions import audit, bindings, service_accounts
from axme.gateway.actions.intents.change import announce, store_change
from axme.gateway.actions.intents.create import payload_text, record_of
from axme.gateway.actions.scenarios.begin import sender_of
from axme.gateway.actions.scenarios.run import proceed
from axme.gateway.actions.threads import RUNTIME, SYSTEM
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import human, timers
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.scenarios import AGENT, NOTIFICATION, ScenarioRun
from axme.gateway.lifecycle.transitions import enter, note
from axme.gateway.policy.faults import sentences
from axme.gateway.policy.scenarios import Compiled, compiled
from axme.gateway.store.queries import accounts, intents, jobs, scenarios
from axme.gateway.store.tx import Tx

_bundle = ScenarioBundle()
#: Which field of a step of which kind is the address of an agent.
_AGENT_OF = {AGENT: ("to_agent",), NOTIFICATION: ("to",)}


def validate(_tx: Tx, _who: Identity, sent: dict[str, Any]) -> dict[str, Any]:
    """Say what is wrong with a bundle, and change nothing. ``POST /v1/scenarios/validate``"""
    try:
        found = _compiled(_bundle.load(sent))
    except ValidationError as error:
        return {"ok": True, "valid": False, "errors": sentences(error.messages), "warnings": []}
    return {"ok": True, "valid": not found.errors, "errors": found.errors, "warnings": found.warnings}


def apply(tx: Tx, who: Identity, bundle: dict[str, Any]) -> dict[str, Any]:
    """Make the agents that are missing, and begin the first step. ``POST /v1/scenarios/apply``

    Args:
        bundle: as :class:`~axme.contract.schemas.scenarios.ScenarioBundle` loads it.

    Raises:
        GatewayError: 403; 409, an agent's address cannot be had; 422, with all that is wrong.
    """
    found = _compiled(bundle)
    if found.errors:
        issues = [{"loc": ["body"], "msg": error, "type": "value_error"} for error in found.errors]
        raise GatewayError(VALIDATION_ERROR, found.errors[0], details={"issues": issues})
    agents = [_provision(tx, who, agent) for agent in bundle["agents"]]
    parent = _parent(tx, who, bundle)
    for step in found.steps:
        for name in _AGENT_OF.get(step["kind"], ()):
            if step["kind"] == AGENT or step["to_is_agent"]:
                step[name] = _canonical(who, step[name])
    run = ScenarioRun(intent_id=parent.intent_id, sender=sender_of(who), steps=found.steps, step_id=found.entry)
    proceed(tx, run, parent, run.step)
    scenarios.insert_run(tx, run)
    store_change(tx, parent)
    audit.record(tx, who, "scenario.apply", parent.intent_id, details={"scenario_id": parent.scenario_id})
    return {
        "ok": True,
        "intent_id": parent.intent_id,
        "scenario_id": parent.scenario_id,
        "status": parent.status.value,
        "pending_with": (parent.pending_with or {}).get("ref", ""),
        "workflow_compile_id": parent.compile_id,
        "compile_id": parent.compile_id,
        "idempotent": False,
        "agents": agents,
        "agents_provisioned": [agent["address"] for agent in agents if agent["created"]],
        "deadline_at": None if parent.deadline_at is None else to_text(parent.deadline_at),
        "created_at": to_text(parent.created_at),
    }


def _compiled(bundle: dict[str, Any]) -> Compiled:
    """The steps of a bundle, their forms looked at too."""
    found = compiled(bundle)
    for step in found.steps:
        try:
            human.check_form_schema(step.get("human_task") or {})
        except GatewayError as error:
            found.errors.append(f"workflow.steps: {step['step_id']}.{error.message}")
    return found


def _parent(tx: Tx, who: Identity, bundle: dict[str, Any]) -> IntentRecord:
    """The intent of the scenario, stored."""
    intent = bundle["intent"]
    body = {"intent_type": intent["type"], "to_agent": RUNTIME, "payload": intent["payload"]}
    parent = record_of(tx, who, body | {name: intent.get(name) for name in ("deadline_at", "ttl_seconds")}, None)
    parent.scenario_id = bundle.get("scenario_id") or intent["type"]
    parent.compile_id = str(uuid.uuid4())
    note(parent, EventType.CREATED, at=tx.now, actor=who.address)
    enter(parent, IntentStatus.SUBMITTED, at=tx.now, actor=SYSTEM)
    intents.insert_record(tx, parent, payload=payload_text(parent.payload))
    announce(tx, parent)
    parent.new_events.clear()
    jobs.add_timers(tx, parent.intent_id, timers.at_submission(parent))
    return parent


def _provision(tx: Tx, who: Identity, agent: dict[str, Any]) -> dict[str, Any]:
    address = _canonical(who, agent["address"])
    shown = {"role": agent.get("role") or agent["address"], "address": address, "created": False}
    if not agent["create_if_missing"] or tx.one(accounts.LIVING_ACCOUNT_AT, {"address": address}) is not None:
        return shown
    target = addresses.parts(address)
    if target is None or f"{target.org}/{target.workspace}" != who.scope or addresses.slug(target.name) != target.name:
        raise GatewayError(
            VALIDATION_ERROR,
            f"agents: {address} cannot be made here: use your own workspace {who.scope}, and letters, digits and -",
            details={"field": "agents"},
        )
    body = {"name": target.name, "display_name": agent.get("display_name")}
    service_accounts.create(tx, who, {name: value for name, value in body.items() if value is not None})
    if "delivery_mode" in agent:
        bindings.put(tx, who, address, {"rotate_secret": False} | agent)
    return shown | {"created": True}


def _canonical(who: Identity, text: str) -> str:
    try:
        return who.canonical(text)
    except addresses.AddressError as error:
        raise GatewayError(VALIDATION_ERROR, f"agents: {error}", details={"field": "agents"}) from None
