"""Deliveries (contract 3.30)."""

from __future__ import annotations

from axme.contract.schemas import deliveries as schemas
from axme.gateway.actions import deliveries, delivery_operations
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.placed import LIMIT, ORG, PRINCIPAL, WORKSPACE
from axme.gateway.routes.query import Text, Whole
from axme.gateway.store import Tx

_ALL = "/v1/deliveries"
_ONE = f"{_ALL}/{{delivery_id}}"
_WINDOW = Whole(
    name="window_hours",
    about="Count deliveries made in so many hours up to now.",
    low=schemas.WINDOW_HOURS[0],
    high=schemas.WINDOW_HOURS[1],
    default=schemas.DEFAULT_WINDOW_HOURS,
)


def submit(tx: Tx, asked: Asked) -> Body:
    """Send a payload to a principal."""
    return deliveries.submit(tx, asked.who, asked.body, correlation_id=asked.correlation_id)


def list_deliveries(tx: Tx, asked: Asked) -> Body:
    """Deliveries of a workspace, an organization or a principal."""
    query = asked.query
    return deliveries.list_deliveries(
        tx,
        asked.who,
        org_id=query["org_id"],
        workspace_id=query["workspace_id"],
        principal_id=query["principal_id"],
        status=query["status"],
        limit=query["limit"],
    )


def get(tx: Tx, asked: Asked) -> Body:
    """One delivery with its tries."""
    return deliveries.get(tx, asked.who, asked.params["delivery_id"])


def acknowledge(tx: Tx, asked: Asked) -> Body:
    """A delivery was taken out of its queue."""
    return deliveries.acknowledge(tx, asked.who, asked.params["delivery_id"])


def replay(tx: Tx, asked: Asked) -> Body:
    """Deliver the same payload anew."""
    return deliveries.replay(tx, asked.who, asked.params["delivery_id"])


def operations(tx: Tx, asked: Asked) -> Body:
    """How deliveries fared."""
    query = asked.query
    return delivery_operations.operations(
        tx,
        asked.who,
        org_id=query["org_id"],
        workspace_id=query["workspace_id"],
        window_hours=query["window_hours"],
    )


def reconcile(tx: Tx, asked: Asked) -> Body:
    """End deliveries to which nothing has happened for long."""
    return delivery_operations.reconcile(tx, asked.who, asked.body)


OPERATIONS = (
    Operation(
        methods=("POST",),
        path=_ALL,
        name="submit_delivery",
        about="Send a payload to an alias or principal: by http and webhook it is posted, in a queue it waits.",
        access=Access.TENANT,
        may=roles.INTENT_WRITE,
        action=Writes(submit),
        body=schemas.DeliverySubmit,
        answer=schemas.DeliveryAnswer,
    ),
    Operation(
        methods=("GET",),
        path=_ALL,
        name="list_deliveries",
        about="List deliveries of a workspace, an organization or a principal, the newest first.",
        access=Access.TENANT,
        may=roles.INTENT_READ,
        action=Reads(list_deliveries),
        query=(
            ORG,
            WORKSPACE,
            PRINCIPAL,
            Text(name="status", about="Only deliveries of this status.", choices=schemas.DELIVERY_STATUSES),
            LIMIT,
        ),
        answer=schemas.DeliveryList,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ALL}/reconcile",
        name="reconcile_deliveries",
        about="End deliveries that are open, and to which nothing has happened for long.",
        access=Access.TENANT,
        may=roles.WORKSPACE_WRITE,
        action=Writes(reconcile),
        body=schemas.DeliveryReconcile,
        answer=schemas.DeliveriesReconciled,
    ),
    Operation(
        methods=("GET",),
        path=_ONE,
        name="get_delivery",
        about="Read one delivery with its tries.",
        access=Access.TENANT,
        may=roles.INTENT_READ,
        action=Reads(get),
        answer=schemas.DeliveryAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/replay",
        name="replay_delivery",
        about="Deliver the payload of an ended delivery anew, as a delivery of its own.",
        access=Access.TENANT,
        may=roles.INTENT_WRITE,
        action=Writes(replay),
        answer=schemas.DeliveryAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/acknowledge",
        name="acknowledge_delivery",
        about="Say that a delivery was taken out of its queue (an operation of this gateway's own).",
        access=Access.TENANT,
        may=roles.INTENT_WRITE,
        action=Writes(acknowledge),
        answer=schemas.DeliveryAnswer,
    ),
    Operation(
        methods=("GET",),
        path="/v1/deliveries-operations",
        name="get_delivery_operations",
        about="Count the deliveries of the last hours by status and transport.",
        access=Access.TENANT,
        may=roles.INTENT_READ,
        action=Reads(operations),
        query=(ORG, WORKSPACE, _WINDOW),
        answer=schemas.DeliveryOperations,
    ),
)
