"""Intents that wait for a person."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, func, or_, select, text

from axme.contract.statuses import EventType
from axme.gateway.store.tables import intent_events, intents
from axme.gateway.store.tables.registry import WAITING_FOR_A_PERSON

_i, _e = intents.c, intent_events.c
_ASSIGNED_AT = (
    select(func.max(_e.at))
    .where(_e.intent_id == _i.intent_id, _e.event_type == EventType.HUMAN_TASK_ASSIGNED.value)
    .scalar_subquery()
)

#: Said in the very words of the index, so that the many intents that wait for nobody are not looked at.
OPEN = (
    select(
        _i.intent_id, _i.intent_type, _i.from_agent, _i.human_task, _i.pending_with, _i.deadline_at,
        _i.created_at,
        _ASSIGNED_AT.label("assigned_at"),
    )
    .where(
        text(WAITING_FOR_A_PERSON),
        # A task sent to another organization waits for people there.
        _i.to_org_id == bindparam("org_id"),
        or_(_i.workspace_id == bindparam("workspace_id"), _i.to_scope == bindparam("scope")),
        or_(
            _i.created_at > bindparam("after_at"),
            and_(_i.created_at == bindparam("after_at"), _i.intent_id > bindparam("after_id")),
        ),
    )
    .order_by(_i.created_at, _i.intent_id)
    .limit(bindparam("limit"))
)  # fmt: skip
