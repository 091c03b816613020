"""Agents that are bound to a URL, and the deliveries by which intents are posted there."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.policy import ssrf
from axme.gateway.store.columns import to_json
from axme.gateway.store.queries import aliases as names
from axme.gateway.store.queries import deliveries, outside
from axme.gateway.store.queries.accounts import DELETED
from axme.gateway.store.queries.placed import new_id
from axme.gateway.store.tables import aliases, service_accounts, transport_bindings
from axme.gateway.store.tx import Row, Tx

KIND = "push"
#: Transports whose bindings to a URL the gateway posts to.
POSTED = ("http", "webhook")
ACTIVE, INACTIVE = "active", "inactive"
_a, _n, _b = service_accounts.c, aliases.c, transport_bindings.c

#: The agent's address must be a name of the principal in the agent's own workspace.
BINDING_OF = (
    select(transport_bindings)
    .join_from(service_accounts, aliases, (_n.workspace_id == _a.workspace_id) & (_n.alias == _a.address))
    .join(transport_bindings, _b.principal_id == _n.principal_id)
    .where(
        _a.address == bindparam("address"),
        _a.status != DELETED,
        _n.status == names.ACTIVE,
        _b.status == ACTIVE,
        _b.transport_type.in_(POSTED),
        _b.transport_handle.like("http%://%"),
    )
    .order_by(_b.priority, _b.created_at, _b.binding_id)
    .limit(1)
)
SWITCH_OFF = (
    update(transport_bindings)
    .where(
        _b.principal_id == bindparam("of"),
        _b.transport_type.in_(POSTED),
        _b.transport_handle != bindparam("but"),
        _b.status == ACTIVE,
    )
    .values(status=INACTIVE, updated_at=bindparam("now"))
)


def pushed_to(tx: Tx, address: str) -> Row | None:
    """The binding by which the agent at ``address`` is posted to, if it has one."""
    return tx.one(BINDING_OF, {"address": address})


def queue(tx: Tx, intent: IntentRecord, address: str, *, replay_of: str | None = None) -> Row | None:
    """Have ``intent`` posted to the agent at ``address``, if it is bound to a URL."""
    binding = pushed_to(tx, address)
    if binding is None:
        return None
    row: Row = {
        "delivery_id": new_id("dlv"),
        "replay_of_delivery_id": replay_of,
        "org_id": binding["org_id"],
        "workspace_id": binding["workspace_id"],
        "principal_id": binding["principal_id"],
        "alias": address,
        "transport_type": binding["transport_type"],
        "route_id": binding["binding_id"],
        "status": deliveries.SUBMITTED,
        "correlation_id": intent.correlation_id,
        "idempotency_key": None,
        "payload": to_json({"intent_id": intent.intent_id, "status": intent.status.value}),
        "error_detail": None,
        "attempt_count": 0,
        "next_attempt_at": tx.now,
        "created_at": tx.now,
        "updated_at": tx.now,
        "intent_id": intent.intent_id,
    }
    tx.run(deliveries.INSERT, row)
    outside.add(tx, KIND, row["delivery_id"], tx.now, ssrf.target_of(binding["transport_handle"]))
    return row
