"""Deliveries: submitted, looked after, repeated (contract 3.30)."""

from __future__ import annotations

from typing import Any

from axme.contract import jsontext
from axme.contract.clock import to_text
from axme.contract.codes import INVALID_TRANSITION, NOT_FOUND, PAYLOAD_TOO_LARGE
from axme.contract.limits import PAYLOAD_BYTES
from axme.gateway.actions import dispatch
from axme.gateway.actions.mailboxes import deliver
from axme.gateway.actions.placed import as_sent, list_rows, note, the_row
from axme.gateway.actions.routing import the_candidates, the_way
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.store.columns import to_json
from axme.gateway.store.queries import deliveries, intents, pushes
from axme.gateway.store.queries.placed import new_id
from axme.gateway.store.tables import deliveries as table
from axme.gateway.store.tx import Row, Tx


def submit(tx: Tx, who: Identity, body: dict[str, Any], *, correlation_id: str | None) -> dict[str, Any]:
    """Send a payload to a principal: its route is chosen, and the job that posts it stands in the same transaction.
    ``POST /v1/deliveries``

    Args:
        correlation_id: of the header, where the body has none.

    Raises:
        GatewayError: 404, no such alias or principal, or it has no active route; 403; 413; 422.
    """
    size = len(jsontext.dumps(body["payload"]).encode())
    if size > PAYLOAD_BYTES:
        raise GatewayError(
            PAYLOAD_TOO_LARGE,
            f"the payload is {size} bytes of JSON, {PAYLOAD_BYTES} are allowed: send a reference to the data instead",
            details={"bytes": size, "limit": PAYLOAD_BYTES},
        )
    way = the_way(tx, who, body)
    row = _new(
        tx,
        way.principal,
        way.candidates[0],
        {
            "alias": body.get("alias"),
            "correlation_id": body.get("correlation_id") or correlation_id,
            "idempotency_key": body.get("idempotency_key"),
            "payload": to_json(body["payload"]),
        },
    )
    note(tx, who, "delivery.submit", row["delivery_id"], row, {"principal_id": row["principal_id"]})
    return {"ok": True, "delivery": _sent(row) | {"attempts": []}}


def list_deliveries(
    tx: Tx,
    who: Identity,
    *,
    org_id: str | None,
    workspace_id: str | None,
    principal_id: str | None,
    status: str | None,
    limit: int,
) -> dict[str, Any]:
    """Deliveries of a workspace, an organization or a principal, the newest first. ``GET /v1/deliveries``"""
    rows = list_rows(
        tx,
        who,
        table,
        org_id=org_id,
        workspace_id=workspace_id,
        principal_id=principal_id,
        status=status,
        limit=limit,
        newest_first=True,
    )
    return {"ok": True, "deliveries": [_sent(row) for row in rows]}


def get(tx: Tx, who: Identity, delivery_id: str) -> dict[str, Any]:
    """One delivery with its tries. ``GET /v1/deliveries/{delivery_id}``

    Raises:
        GatewayError: 404; 403.
    """
    return {"ok": True, "delivery": _whole(tx, _find(tx, who, delivery_id))}


def acknowledge(tx: Tx, who: Identity, delivery_id: str) -> dict[str, Any]:
    """Say that a delivery was taken out of its queue; a second time changes nothing.
    ``POST /v1/deliveries/{delivery_id}/acknowledge``

    Raises:
        GatewayError: 404; 403; 409, it is not in a queue, or has ended otherwise.
    """
    row = _find(tx, who, delivery_id)
    if row["transport_type"] != dispatch.QUEUE or row["status"] not in (deliveries.PENDING, deliveries.DELIVERED):
        raise GatewayError(
            INVALID_TRANSITION,
            f"the delivery goes by {row['transport_type']} and is {row['status']}: only one that is pending in a queue"
            " is acknowledged",
            details={"status": row["status"], "transport_type": row["transport_type"]},
        )
    if row["status"] == deliveries.PENDING:
        row = dispatch.store(tx, row | {"status": deliveries.DELIVERED, "error_detail": None})
        note(tx, who, "delivery.acknowledge", delivery_id, row, {})
    return {"ok": True, "delivery": _whole(tx, row)}


def replay(tx: Tx, who: Identity, delivery_id: str) -> dict[str, Any]:
    """Deliver the same payload anew, by the route that is best now. ``POST /v1/deliveries/{delivery_id}/replay``

    Raises:
        GatewayError: 404, no such delivery, or its principal has no active route; 403; 409, it has not ended yet.
    """
    before = _find(tx, who, delivery_id)
    if before["status"] in deliveries.OPEN:
        raise GatewayError(
            INVALID_TRANSITION,
            f"the delivery is {before['status']}: it can be replayed once it has ended",
            details={"status": before["status"]},
        )
    if before["intent_id"] is not None:
        return _replay_intent(tx, who, before)
    same = ("alias", "correlation_id", "payload")
    row = _new(
        tx,
        before,
        the_candidates(tx, before["principal_id"])[0],
        {name: before[name] for name in same} | {"replay_of_delivery_id": delivery_id},
    )
    note(tx, who, "delivery.replay", row["delivery_id"], row, {"replay_of_delivery_id": delivery_id})
    return {"ok": True, "delivery": _sent(row) | {"attempts": []}}


def _new(tx: Tx, principal: Row, route: Row, told: Row) -> Row:
    """A delivery to ``principal``, stored and on its way."""
    row: Row = {
        "delivery_id": new_id("dlv"),
        "replay_of_delivery_id": None,
        "org_id": principal["org_id"],
        "workspace_id": principal["workspace_id"],
        "principal_id": principal["principal_id"],
        "transport_type": route["transport_type"],
        "route_id": route["route_id"],
        "status": deliveries.SUBMITTED,
        "idempotency_key": None,
        "intent_id": None,
        "error_detail": None,
        "attempt_count": 0,
        "next_attempt_at": None,
        "created_at": tx.now,
        "updated_at": tx.now,
    } | told
    tx.run(deliveries.INSERT, row)
    return dispatch.begin(tx, row, route)


def _replay_intent(tx: Tx, who: Identity, before: Row) -> dict[str, Any]:
    intent = intents.load(tx, before["intent_id"])
    if intent is None or intent.is_terminal:
        raise GatewayError(
            INVALID_TRANSITION, f"the intent {before['intent_id']} has ended: there is nothing to deliver"
        )
    address, replayed = before["alias"], before["delivery_id"]
    if pushes.pushed_to(tx, address) is not None:
        row = pushes.queue(tx, intent, address, replay_of=replayed)
    else:
        row = deliver(tx, intent, address, intent.workspace_id, replay_of=replayed)
    if row is None:
        raise GatewayError(NOT_FOUND, f"{address} is not bound any more: bind it, then replay the delivery")
    note(tx, who, "delivery.replay", row["delivery_id"], row, {"replay_of_delivery_id": before["delivery_id"]})
    return {"ok": True, "delivery": _sent(row) | {"attempts": []}}


def _sent(row: Row) -> dict[str, Any]:
    """A delivery as it goes out; that of an intent says how the agent gets it."""
    sent = as_sent(row)
    if row["intent_id"] is None:
        return sent
    return sent | {"delivery_mode": sent["payload"].get("delivery_mode", pushes.HTTP)}


def _find(tx: Tx, who: Identity, delivery_id: str) -> Row:
    return the_row(tx, who, deliveries.DELIVERY, "delivery_id", delivery_id)


def _whole(tx: Tx, row: Row) -> dict[str, Any]:
    tries = tx.run(deliveries.ATTEMPTS, {"delivery_id": row["delivery_id"]})
    told = ("attempt", "route_id", "outcome", "http_status", "detail")
    return _sent(row) | {
        "attempts": [{name: found[name] for name in told} | {"at": to_text(found["at"])} for found in tries]
    }
