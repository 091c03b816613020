"""The audit trail: rows are added and never touched again."""

from __future__ import annotations

from sqlalchemy import text

INSERT = text(
    "INSERT INTO audit_events"
    " (at, org_id, workspace_id, actor, key_id, request_id, action, target, outcome, details) VALUES"
    " (:at, :org_id, :workspace_id, :actor, :key_id, :request_id, :action, :target, :outcome, :details)"
)
