"""How agents are bound to get their intents, and the deliveries by which they get them."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, or_, select, update

from axme.gateway.lifecycle.pushing import Verdict
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
#: The transport of agents that ask for their intents, and the ways they do; the handle of the binding says which.
QUEUE = "queue"
PULLED = ("stream", "poll", "inbox", "internal")
HTTP = "http"
_a, _n, _b = service_accounts.c, aliases.c, transport_bindings.c

_url = and_(_b.transport_type.in_(POSTED), _b.transport_handle.like("http%://%"))
_pulled = and_(_b.transport_type == QUEUE, _b.transport_handle.in_(PULLED))
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
        or_(_url, _pulled),
    )
    .order_by(_b.priority, _b.created_at, _b.binding_id)
    .limit(1)
)
SWITCH_OFF = (
    update(transport_bindings)
    .where(
        _b.principal_id == bindparam("of"),
        or_(_b.transport_type.in_(POSTED), _pulled),
        or_(_b.transport_type != bindparam("type"), _b.transport_handle != bindparam("but")),
        _b.status == ACTIVE,
    )
    .values(status=INACTIVE, updated_at=bindparam("now"))
)


def bound_to(tx: Tx, address: str) -> Row | None:
    """The binding by which the agent at ``address`` gets its intents, if it has one."""
    return tx.one(BINDING_OF, {"address": address})


def pushed_to(tx: Tx, address: str) -> Row | None:
    """The same, where it is one to a URL that is posted to."""
    binding = bound_to(tx, address)
    return binding if binding is not None and binding["transport_type"] in POSTED else None


def mode_of(binding: Row) -> str:
    """How an agent with this binding gets its intents."""
    return HTTP if binding["transport_type"] in POSTED else str(binding["transport_handle"])


def queue(tx: Tx, intent: IntentRecord, address: str, *, replay_of: str | None = None) -> Row | None:
    """Note that ``intent`` is delivered to the agent at ``address`` as it is bound, if it is: have it posted to a URL,
    or leave it where the agent asks for it."""
    binding = bound_to(tx, address)
    if binding is None:
        return None
    mode, posted = mode_of(binding), binding["transport_type"] in POSTED
    row: Row = {
        "delivery_id": new_id("dlv"),
        "replay_of_delivery_id": replay_of,
        "org_id": binding["org_id"],
        "workspace_id": binding["workspace_id"],
        "principal_id": binding["principal_id"],
        "alias": address,
        "transport_type": binding["transport_type"],
        "route_id": binding["binding_id"],
        "status": deliveries.SUBMITTED if posted else deliveries.DELIVERED,
        "correlation_id": intent.correlation_id,
        "idempotency_key": None,
        "payload": to_json({"intent_id": intent.intent_id, "status": intent.status.value, "delivery_mode": mode}),
        "error_detail": None,
        "attempt_count": 0 if posted else 1,
        "next_attempt_at": tx.now if posted else None,
        "created_at": tx.now,
        "updated_at": tx.now,
        "intent_id": intent.intent_id,
    }
    tx.run(deliveries.INSERT, row)
    if posted:
        outside.add(tx, KIND, row["delivery_id"], tx.now, ssrf.target_of(binding["transport_handle"]))
    else:
        told = {"delivery_id": row["delivery_id"], "attempt": 1, "route_id": row["route_id"], "at": tx.now}
        told |= {"outcome": Verdict.DELIVERED.value, "http_status": None, "detail": f"it waits for the agent ({mode})"}
        tx.run(deliveries.INSERT_ATTEMPT, told)
    return row
