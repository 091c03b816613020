"""The audit trail (contract 3.33)."""

from __future__ import annotations

from axme.contract.limits import LIST_LIMIT
from axme.contract.schemas import audit as schemas
from axme.gateway.actions import audit_trail
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads
from axme.gateway.routes.query import Text, Whole
from axme.gateway.store import Tx

_DEFAULT = 100


def list_events(tx: Tx, asked: Asked) -> Body:
    """What happened in an organization."""
    query = asked.query
    return audit_trail.list_events(
        tx,
        asked.who,
        org_id=query["org_id"],
        actors=frozenset(filter(None, (asked.owner, query["owner_agent"]))),
        action_prefix=query["action_prefix"],
        limit=query["limit"],
    )


OPERATIONS = (
    Operation(
        methods=("GET",),
        path="/v1/audit/events",
        name="list_audit_events",
        about="What was changed or refused in an organization, the newest first.",
        access=Access.TENANT,
        may=roles.AUDIT_READ,
        action=Reads(list_events),
        query=(
            Text(name="owner_agent", about="Only what this agent or person did."),
            Text(name="org_id", about="The organization; the caller's own if none is named."),
            Text(name="action_prefix", about="Only actions that begin so, such as member."),
            Whole(name="limit", about="How many at most.", low=LIST_LIMIT[0], high=LIST_LIMIT[1], default=_DEFAULT),
        ),
        answer=schemas.AuditEventList,
    ),
)
