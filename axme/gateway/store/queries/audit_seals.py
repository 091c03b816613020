"""Seals over the audit trail, and the rows that each of them covers."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select, text

from axme.gateway.store.tables import audit_events, audit_seals

_e, _s = audit_events.c, audit_seals.c

LAST = select(audit_seals).order_by(_s.seal_id.desc()).limit(1)
#: Some seals at a time, in order.
AFTER = select(audit_seals).where(_s.seal_id > bindparam("seal_id")).order_by(_s.seal_id).limit(bindparam("most"))
#: Two nodes may seal at once; the table lets one of them.
INSERT = text(
    "INSERT INTO audit_seals (seal_id, sealed_at, last_audit_id, row_count, digest, signature) VALUES"
    " (:seal_id, :sealed_at, :last_audit_id, :row_count, :digest, :signature)"
    " ON CONFLICT DO NOTHING RETURNING seal_id"
)
_ROWS = select(audit_events).where(_e.audit_id > bindparam("after")).order_by(_e.audit_id)
ROWS_AFTER = _ROWS.limit(bindparam("most"))
ROWS_BETWEEN = _ROWS.where(_e.audit_id <= bindparam("last"))
COUNT_AFTER = select(func.count().label("rows")).select_from(audit_events).where(_e.audit_id > bindparam("after"))
