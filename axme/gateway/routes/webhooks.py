"""Webhooks (contract 3.12)."""

from __future__ import annotations

from axme.contract.schemas import webhooks as schemas
from axme.gateway.actions import webhooks
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.query import OWNER, Text
from axme.gateway.store import Tx

_SUBSCRIPTIONS = "/v1/webhooks/subscriptions"
_EVENTS = "/v1/webhooks/events"
_INACTIVE = Text(name="include_inactive", about="Show those that are off or deleted too.", choices=("true", "false"))


def upsert(tx: Tx, asked: Asked) -> Body:
    """Subscribe a URL."""
    return webhooks.upsert(tx, asked.who, asked.body, owner=asked.owner)


def list_subscriptions(tx: Tx, asked: Asked) -> Body:
    """The subscriptions of an owner."""
    every = asked.query["include_inactive"] == "true"
    return webhooks.list_subscriptions(tx, asked.who, owner=asked.owner, include_inactive=every)


def delete(tx: Tx, asked: Asked) -> Body:
    """Tell a URL nothing more."""
    return webhooks.delete(tx, asked.who, asked.params["subscription_id"], owner=asked.owner)


def publish(tx: Tx, asked: Asked) -> Body:
    """Tell of an event."""
    return webhooks.publish(tx, asked.who, asked.body, owner=asked.owner)


def replay(tx: Tx, asked: Asked) -> Body:
    """Tell of an event again."""
    return webhooks.replay(tx, asked.who, asked.params["event_id"], owner=asked.owner)


OPERATIONS = (
    Operation(
        methods=("POST",),
        path=_SUBSCRIPTIONS,
        name="upsert_webhook_subscription",
        about="Subscribe a URL to events of an owner, or change its subscription.",
        access=Access.MACHINE,
        may=roles.WEBHOOK_WRITE,
        action=Writes(upsert),
        query=(OWNER,),
        body=schemas.SubscriptionUpsert,
        answer=schemas.SubscriptionAnswer,
    ),
    Operation(
        methods=("GET",),
        path=_SUBSCRIPTIONS,
        name="list_webhook_subscriptions",
        about="List the subscriptions of an owner.",
        access=Access.MACHINE,
        may=roles.WEBHOOK_READ,
        action=Reads(list_subscriptions),
        query=(OWNER, _INACTIVE),
        answer=schemas.SubscriptionList,
    ),
    Operation(
        methods=("DELETE",),
        path=f"{_SUBSCRIPTIONS}/{{subscription_id}}",
        name="delete_webhook_subscription",
        about="Tell a URL nothing more.",
        access=Access.MACHINE,
        may=roles.WEBHOOK_WRITE,
        action=Writes(delete),
        query=(OWNER,),
        answer=schemas.SubscriptionDeleted,
    ),
    Operation(
        methods=("POST",),
        path=_EVENTS,
        name="publish_webhook_event",
        about="Tell the subscriptions of an owner that something happened.",
        access=Access.MACHINE,
        may=roles.WEBHOOK_WRITE,
        action=Writes(publish),
        query=(OWNER,),
        body=schemas.EventPublish,
        answer=schemas.Event,
    ),
    Operation(
        methods=("POST",),
        path=f"{_EVENTS}/{{event_id}}/replay",
        name="replay_webhook_event",
        about="Deliver an event again, to all that want it now.",
        access=Access.MACHINE,
        may=roles.WEBHOOK_WRITE,
        action=Writes(replay),
        query=(OWNER,),
        answer=schemas.Event,
    ),
)
