"""The mesh: heartbeats of agents, their health, and the switch that stops one (contract 3.31)."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from axme.contract.clock import to_text
from axme.contract.codes import AGENT_KILLED, FORBIDDEN
from axme.contract.mesh import WINDOWS, Health, MeshEventType
from axme.contract.metering import DAY
from axme.gateway.actions import audit
from axme.gateway.actions.agents import find_living, not_found
from axme.gateway.actions.claims import give_back_all
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.policy.health import changes_at, health
from axme.gateway.store import topics
from axme.gateway.store.columns import from_json, to_json
from axme.gateway.store.queries import accounts, claims, jobs, mesh
from axme.gateway.store.tx import Row, Tx

#: The job that notes when an agent falls silent, one an agent.
WATCH = "mesh_health"
_ID = "addr_"
_EVENTS_SHOWN = 20
_MILLION = 1_000_000
_NOTHING: dict[str, Any] = {}


def heartbeat(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Note that the caller's agent lives, and what it did since. ``POST /v1/mesh/heartbeat``

    Raises:
        GatewayError: 403, the caller is a person and no agent.
    """
    row = None if who.is_person else tx.one(mesh.ACCOUNT_FOR_UPDATE, {"service_account_id": who.service_account_id})
    if row is None:
        raise GatewayError(FORBIDDEN, "a heartbeat is sent with the API key of the agent it is about")
    row["last_heartbeat_at"] = tx.now
    _take_stock(tx, row)
    if body.get("metrics"):
        tx.run(mesh.ADD_METRICS, _measured(row["service_account_id"], tx.now, body["metrics"]))
    return {
        "ok": True,
        "address_id": _address_id(row),
        "address": row["address"],
        "health_status": row["health"],
        "last_heartbeat_at": to_text(tx.now),
    }


def list_agents(tx: Tx, who: Identity, *, limit: int, health_status: str | None, window: str) -> dict[str, Any]:
    """The agents of the caller's workspace, and how many of them are how. ``GET /v1/mesh/agents``"""
    rows = tx.run(mesh.AGENTS, {"workspace_id": who.workspace_id})
    since = {"workspace_id": who.workspace_id, "since": _since(tx, window)}
    metrics = {row["service_account_id"]: row for row in tx.run(mesh.METRICS_OF_WORKSPACE, since)}
    agents = [_agent(tx, row, metrics.get(row["service_account_id"], _NOTHING)) for row in rows]
    counts = Counter(agent["health_status"] for agent in agents)
    shown = [agent for agent in agents if health_status in (None, agent["health_status"])]
    summary = {"total": len(agents)} | {word.value: counts[word.value] for word in Health}
    return {"ok": True, "agents": shown[:limit], "summary": summary}


def get(tx: Tx, who: Identity, address_id: str, *, window: str) -> dict[str, Any]:
    """One agent with its metrics and newest events. ``GET /v1/mesh/agents/{address_id}``

    Raises:
        GatewayError: 404.
    """
    row = _find(tx, who, address_id)
    here = {"service_account_id": row["service_account_id"]}
    metrics = tx.run(mesh.METRICS_OF_AGENT, here | {"since": _since(tx, window)})[0]
    events = tx.run(mesh.EVENTS_OF_AGENT, here | {"limit": _EVENTS_SHOWN})
    agent = _agent(tx, row, metrics) | {"metrics": _totals(metrics)}
    return {"ok": True, "agent": agent, "events": [_event(event) for event in events]}


def kill(tx: Tx, who: Identity, address_id: str) -> dict[str, Any]:
    """Stop all intents to and from an agent, at once; its streams end. ``POST /v1/mesh/agents/{address_id}/kill``

    Raises:
        GatewayError: 404; 403, the agent is the caller itself.
    """
    row = _to_change(tx, who, address_id)
    if row["service_account_id"] == who.service_account_id:
        raise GatewayError(FORBIDDEN, "no agent kills itself, for it could not resume itself: use another key")
    if row["killed_at"] is None:
        row["killed_at"] = tx.now
        _take_stock(tx, row, MeshEventType.KILLED, who)
        mailbox = topics.mailbox(row["address"], row["workspace_id"])
        claimed = tx.run(claims.OF_MAILBOX, {"mailbox": mailbox})
        give_back_all(tx, [claim["intent_id"] for claim in claimed])
        tx.publish(topics.agent(mailbox), 0, None)
        tx.publish(topics.key(row["service_account_id"]), 0, None)
    return {"ok": True, "agent": _agent(tx, row, _NOTHING)}


def resume(tx: Tx, who: Identity, address_id: str) -> dict[str, Any]:
    """Let an agent send and receive again. ``POST /v1/mesh/agents/{address_id}/resume``

    Raises:
        GatewayError: 404; 403 ``agent_killed``, the agent is the caller itself.
    """
    row = _to_change(tx, who, address_id)
    if row["killed_at"] is not None:
        if row["service_account_id"] == who.service_account_id:
            raise GatewayError(
                AGENT_KILLED, "a killed agent cannot resume itself: use another key", details={"reason": "agent_killed"}
            )
        row["killed_at"] = None
        _take_stock(tx, row, MeshEventType.RESUMED, who)
    return {"ok": True, "agent": _agent(tx, row, _NOTHING)}


def list_events(tx: Tx, who: Identity, *, limit: int, event_type: str | None) -> dict[str, Any]:
    """What happened to the agents of the caller's workspace, the newest first. ``GET /v1/mesh/events``"""
    rows = tx.query(mesh.events(who.workspace_id, event_type, limit))
    return {"ok": True, "events": [_event(row) for row in rows]}


def watch(tx: Tx, service_account_id: str) -> None:
    """See how an agent is by now, and come again when that changes by silence."""
    row = tx.one(mesh.ACCOUNT_FOR_UPDATE, {"service_account_id": service_account_id})
    if row is not None:
        _take_stock(tx, row)


def _take_stock(tx: Tx, row: Row, event_type: MeshEventType | None = None, who: Identity | None = None) -> None:
    """Store the state of ``row`` with its health now, note what changed, and plan the next look."""
    before, now = row["health"], _health(tx, row)
    row["health"] = now.value
    state = {f"new_{name}": row[name] for name in ("killed_at", "last_heartbeat_at", "health")}
    tx.run(mesh.SET_STATE, {"id": row["service_account_id"], **state})
    if event_type is None and before != now.value:
        event_type = MeshEventType.HEALTH_CHANGED
    if event_type is not None:
        _note(tx, row, event_type, {"from": before, "to": now.value}, who)
    due_at = changes_at(now, row["last_heartbeat_at"] or 0)
    if due_at is not None:
        jobs.add_about(tx, WATCH, row["service_account_id"], due_at)


def _note(tx: Tx, row: Row, event_type: MeshEventType, details: dict[str, Any], who: Identity | None) -> None:
    event = {name: row[name] for name in ("service_account_id", "org_id", "workspace_id", "address")} | {
        "event_id": str(uuid.uuid4()),
        "event_type": event_type.value,
        "details": to_json(details),
        "actor_id": who.actor if who else None,
        "created_at": tx.now,
    }
    tx.run(mesh.INSERT_EVENT, event)
    if who is not None:
        place = {"org_id": row["org_id"], "workspace_id": row["workspace_id"]}
        audit.record(tx, who, f"mesh.{event_type.value}", row["address"], details=details, **place)


def _find(tx: Tx, who: Identity, address_id: str) -> Row:
    """The agent of an id or address, as far as it exists for the caller."""
    if not address_id.startswith(_ID):
        return find_living(tx, who, address_id)
    row = tx.one(accounts.ACCOUNT, {"service_account_id": address_id.replace(_ID, "sa_", 1)})
    held = who.roles_in(row["org_id"], row["workspace_id"]) if row else frozenset[str]()
    if row is None or not held or row["status"] == accounts.DELETED:
        raise not_found(address_id[:64])
    roles.require(held, who.may)
    return row


def _to_change(tx: Tx, who: Identity, address_id: str) -> Row:
    found = _find(tx, who, address_id)
    return tx.run(mesh.ACCOUNT_FOR_UPDATE, {"service_account_id": found["service_account_id"]})[0]


def _health(tx: Tx, row: Row) -> Health:
    return health(last_heartbeat_at=row["last_heartbeat_at"], killed_at=row["killed_at"], at=tx.now)


def _since(tx: Tx, window: str) -> int:
    return tx.now // DAY - WINDOWS[window]


def _measured(service_account_id: str, now: int, metrics: dict[str, Any]) -> Row:
    done = {name: metrics.get(name, 0) for name in ("intents_succeeded", "intents_failed")}
    total = metrics.get("intents_total", sum(done.values()))
    return done | {
        "service_account_id": service_account_id,
        "day": now // DAY,
        "intents_total": total,
        "latency_ms": round(metrics.get("avg_latency_ms", 0) * total),
        "cost_micros": round(metrics.get("cost_usd", 0) * _MILLION),
    }


def _totals(metrics: Row) -> dict[str, Any]:
    total = int(metrics.get("intents_total") or 0)
    return {
        "intents_total": total,
        "intents_succeeded": int(metrics.get("intents_succeeded") or 0),
        "intents_failed": int(metrics.get("intents_failed") or 0),
        "avg_latency_ms": round(float(metrics.get("latency_ms") or 0) / total, 3) if total else None,
        "cost_usd": float(metrics.get("cost_micros") or 0) / _MILLION,
    }


def _address_id(row: Row) -> str:
    identifier: str = row["service_account_id"]
    return _ID + identifier.removeprefix("sa_")


def _agent(tx: Tx, row: Row, metrics: Row) -> dict[str, Any]:
    totals = _totals(metrics)
    return {
        "address_id": _address_id(row),
        "address": row["address"],
        "display_name": row["display_name"],
        "health_status": _health(tx, row).value,
        "last_heartbeat_at": to_text(row["last_heartbeat_at"]) if row["last_heartbeat_at"] else None,
        "killed_at": to_text(row["killed_at"]) if row["killed_at"] else None,
        "created_at": to_text(row["created_at"]),
        "intents_period": totals["intents_total"],
        "cost_period": totals["cost_usd"],
        "metadata": None,
    }


def _event(row: Row) -> dict[str, Any]:
    shown = {name: row[name] for name in ("event_id", "address", "event_type", "actor_id")}
    return shown | {"details": from_json(row["details"]), "created_at": to_text(row["created_at"])}
