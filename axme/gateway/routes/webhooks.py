"""Webhooks (contract 3.12)."""

from __future__ import annotations

from axme.contract.schemas import webhooks as schemas
from axme.gateway.actions import webhooks
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.query import LIMIT, OWNER, Text
from axme.gateway.store import Tx

_SUBSCRIPTIONS = "/v1/webhooks/subscriptions"
_EVENTS = "/v1/webhooks/events"
_INACTIVE = Text(name="include_inactive", about="Show those that are off or deleted too.", choices=("true", "false"))

_STATUS = Text(name="status", about="Events with a delivery of this status.", choices=schemas.DELIVERY_STATUSES)


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


def rotate_secret(tx: Tx, asked: Asked) -> Body:
    """Sign with a new secret."""
    return webhooks.rotate_secret(tx, asked.who, asked.params["subscription_id"], asked.body, owner=asked.owner)


def replay_since(tx: Tx, asked: Asked) -> Body:
    """Tell a subscription again what it missed."""
    return webhooks.replay_since(tx, asked.who, asked.params["subscription_id"], asked.body, owner=asked.owner)


def list_events(tx: Tx, asked: Asked) -> Body:
    """The events of an owner."""
    found = asked.query
    return webhooks.list_events(tx, asked.who, owner=asked.owner, status=found["status"], limit=found["limit"])


def get_event(tx: Tx, asked: Asked) -> Body:
    """One event with its deliveries."""
    return webhooks.get_event(tx, asked.who, asked.params["event_id"], owner=asked.owner)


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
        path=f"{_SUBSCRIPTIONS}/{{subscription_id}}/rotate-secret",
        name="rotate_webhook_secret",
        about="Sign with a new secret, and for a while with the one before too.",
        access=Access.MACHINE,
        may=roles.WEBHOOK_WRITE,
        action=Writes(rotate_secret),
        query=(OWNER,),
        body=schemas.SecretRotation,
        answer=schemas.SubscriptionAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_SUBSCRIPTIONS}/{{subscription_id}}/replay",
        name="replay_webhook_subscription",
        about="Deliver to a subscription again what it has missed since a time.",
        access=Access.MACHINE,
        may=roles.WEBHOOK_WRITE,
        action=Writes(replay_since),
        query=(OWNER,),
        body=schemas.ReplaySince,
        answer=schemas.WebhookReplayed,
    ),
    Operation(
        methods=("GET",),
        path=_EVENTS,
        name="list_webhook_events",
        about="List the events of an owner, and how their deliveries fare.",
        access=Access.MACHINE,
        may=roles.WEBHOOK_READ,
        action=Reads(list_events),
        query=(OWNER, _STATUS, LIMIT),
        answer=schemas.WebhookEventList,
    ),
    Operation(
        methods=("GET",),
        path=f"{_EVENTS}/{{event_id}}",
        name="get_webhook_event",
        about="Show an event with its deliveries and every try to make them.",
        access=Access.MACHINE,
        may=roles.WEBHOOK_READ,
        action=Reads(get_event),
        query=(OWNER,),
        answer=schemas.WebhookEventAnswer,
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
