"""Heartbeats, metrics and events of agents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, text, update

from axme.gateway.store.queries.accounts import DELETED
from axme.gateway.store.tables import mesh_events, mesh_metrics, service_accounts

_a, _m, _e = service_accounts.c, mesh_metrics.c, mesh_events.c
TOTALS = ("intents_total", "intents_succeeded", "intents_failed", "latency_ms", "cost_micros")

ACCOUNT_FOR_UPDATE = (
    select(service_accounts)
    .where(_a.service_account_id == bindparam("service_account_id"), _a.status != DELETED)
    .with_for_update()
)
AGENTS = (
    select(service_accounts)
    .where(_a.workspace_id == bindparam("workspace_id"), _a.status != DELETED)
    .order_by(_a.created_at, _a.service_account_id)
)
SET_STATE = (
    update(service_accounts)
    .where(_a.service_account_id == bindparam("id"))
    .values(
        killed_at=bindparam("new_killed_at"),
        last_heartbeat_at=bindparam("new_last_heartbeat_at"),
        health=bindparam("new_health"),
    )
)
ADD_METRICS = text(
    "INSERT INTO mesh_metrics (service_account_id, day, intents_total, intents_succeeded, intents_failed, latency_ms,"
    " cost_micros) VALUES (:service_account_id, :day, :intents_total, :intents_succeeded, :intents_failed, :latency_ms,"
    " :cost_micros) ON CONFLICT (service_account_id, day) DO UPDATE SET"
    " intents_total = mesh_metrics.intents_total + excluded.intents_total,"
    " intents_succeeded = mesh_metrics.intents_succeeded + excluded.intents_succeeded,"
    " intents_failed = mesh_metrics.intents_failed + excluded.intents_failed,"
    " latency_ms = mesh_metrics.latency_ms + excluded.latency_ms,"
    " cost_micros = mesh_metrics.cost_micros + excluded.cost_micros"
)
_SUMS = [func.sum(_m[name]).label(name) for name in TOTALS]
METRICS_OF_WORKSPACE = (
    select(_m.service_account_id, *_SUMS)
    .join_from(mesh_metrics, service_accounts, _a.service_account_id == _m.service_account_id)
    .where(_a.workspace_id == bindparam("workspace_id"), _m.day > bindparam("since"))
    .group_by(_m.service_account_id)
)
METRICS_OF_AGENT = select(*_SUMS).where(
    _m.service_account_id == bindparam("service_account_id"), _m.day > bindparam("since")
)
_EVENT = (
    "event_id", "service_account_id", "org_id", "workspace_id", "address", "event_type", "details", "actor_id",
    "created_at",
)  # fmt: skip
INSERT_EVENT = insert(mesh_events).values({name: bindparam(name) for name in _EVENT})
EVENTS_OF_AGENT = (
    select(mesh_events)
    .where(_e.service_account_id == bindparam("service_account_id"))
    .order_by(_e.number.desc())
    .limit(bindparam("limit"))
)


def events(workspace_id: str, event_type: str | None, limit: int) -> Select[Any]:
    """What happened in a workspace, the newest first."""
    found = select(mesh_events).where(_e.workspace_id == workspace_id)
    if event_type is not None:
        found = found.where(_e.event_type == event_type)
    return found.order_by(_e.number.desc()).limit(limit)
