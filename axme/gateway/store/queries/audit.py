"""The audit trail: rows are added and never touched again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select, text

from axme.gateway.store.tables import audit_events

_e = audit_events.c

INSERT = text(
    "INSERT INTO audit_events"
    " (at, org_id, workspace_id, actor, key_id, request_id, action, target, outcome, details) VALUES"
    " (:at, :org_id, :workspace_id, :actor, :key_id, :request_id, :action, :target, :outcome, :details)"
)


def events(
    org_id: str, *, workspaces: frozenset[str] | None, actors: frozenset[str], action_prefix: str | None, limit: int
) -> Select[Any]:
    """The newest events of an organization, or of some of its workspaces."""
    found = select(audit_events).where(_e.org_id == org_id)
    if workspaces is not None:
        found = found.where(_e.workspace_id.in_(sorted(workspaces)))
    if actors:
        found = found.where(_e.actor.in_(sorted(actors)))
    if action_prefix is not None:
        found = found.where(_e.action.startswith(action_prefix, autoescape=True))
    return found.order_by(_e.audit_id.desc()).limit(limit)
