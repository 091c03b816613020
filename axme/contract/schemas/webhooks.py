"""Webhooks: subscriptions and events (contract 3.12)."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate

from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length
from axme.contract.statuses import EventType

THREAD_CREATED, THREAD_UPDATED, REPLY_RECEIVED = "inbox.thread_created", "inbox.thread_updated", "inbox.reply_received"
#: Stands for every lifecycle event.
ANY_INTENT_EVENT = "intent.*"
EVENT_TYPES = (
    THREAD_CREATED,
    THREAD_UPDATED,
    REPLY_RECEIVED,
    "invite.accepted",
    "auth.session_revoked",
    *(event_type.value for event_type in EventType),
)
_SOURCE = length(2, 100)


def _event_type(value: str) -> None:
    if value not in EVENT_TYPES:
        raise ValidationError(f"Must be one of {', '.join(EVENT_TYPES)}.")


def _subscribed(value: str) -> None:
    if value != ANY_INTENT_EVENT:
        _event_type(value)


class SubscriptionUpsert(RequestSchema):
    """The body of ``POST /v1/webhooks/subscriptions``; an owner has one subscription a URL."""

    callback_url = Text(required=True, validate=length(8, 2048))
    event_types = fields.List(fields.String(validate=_subscribed), required=True, validate=length(1, 32))
    secret = Text(validate=length(16, 128))
    active = Flag(load_default=True)
    description = Text(validate=length(0, 255))


class EventPublish(RequestSchema):
    """The body of ``POST /v1/webhooks/events``."""

    event_type = fields.String(required=True, validate=_event_type)
    source = Text(required=True, validate=_SOURCE)
    payload = Object(required=True)


class Subscription(ObjectSchema):
    """Who wants to hear what, and where."""

    subscription_id = fields.String(required=True)
    owner_agent = fields.String(required=True)
    callback_url = fields.String(required=True)
    event_types = fields.List(fields.String(), required=True)
    active = Flag(required=True)
    description = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    revoked_at = Moment(required=True, allow_none=True)
    secret_hint = fields.String(required=True, allow_none=True)


class SubscriptionAnswer(ObjectSchema):
    """One subscription."""

    ok = Flag(required=True)
    subscription = fields.Nested(Subscription, required=True)


class SubscriptionList(ObjectSchema):
    """The subscriptions of an owner."""

    ok = Flag(required=True)
    subscriptions = fields.List(fields.Nested(Subscription), required=True)


class SubscriptionDeleted(ObjectSchema):
    """A subscription is no more."""

    ok = Flag(required=True)
    subscription_id = fields.String(required=True)
    revoked_at = Moment(required=True)


def _count() -> fields.Integer:
    return fields.Integer(required=True, validate=validate.Range(min=0))


class Event(ObjectSchema):
    """An event, and how its deliveries fare."""

    ok = Flag(required=True)
    event_id = fields.String(required=True)
    event_type = fields.String(required=True)
    owner_agent = fields.String(required=True)
    source = fields.String()
    accepted_at = Moment()
    replayed_at = Moment()
    queued_deliveries = _count()
    processed_deliveries = _count()
    delivered = _count()
    pending = _count()
    dead_lettered = _count()
