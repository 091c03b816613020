"""Webhooks: subscriptions and events (contract 3.12)."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate

from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length, whole
from axme.contract.signing import SECRET_CHARS
from axme.contract.statuses import EventType

THREAD_CREATED, THREAD_UPDATED, REPLY_RECEIVED = "inbox.thread_created", "inbox.thread_updated", "inbox.reply_received"
INVITE_ACCEPTED, SESSION_REVOKED = "invite.accepted", "auth.session_revoked"
#: Stands for every lifecycle event.
ANY_INTENT_EVENT = "intent.*"
EVENT_TYPES = (
    THREAD_CREATED,
    THREAD_UPDATED,
    REPLY_RECEIVED,
    INVITE_ACCEPTED,
    SESSION_REVOKED,
    *(event_type.value for event_type in EventType),
)
_SOURCE = length(2, 100)
DELIVERY_STATUSES = ("pending", "delivered", "dead_lettered")
#: What a replay takes up: what could not be delivered, or everything.
REPLAYABLE = ("dead_lettered", "all")
LONGEST_OVERLAP_SECONDS = 30 * 86_400


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
    secret = Text(validate=length(*SECRET_CHARS))
    active = Flag(load_default=True)
    description = Text(validate=length(0, 255))


class SecretRotation(RequestSchema):
    """The body of ``POST /v1/webhooks/subscriptions/{subscription_id}/rotate-secret``; all of it may be left out."""

    secret = Text(validate=length(*SECRET_CHARS))
    overlap_seconds = whole(0, LONGEST_OVERLAP_SECONDS, load_default=86_400)


class ReplaySince(RequestSchema):
    """The body of ``POST /v1/webhooks/subscriptions/{subscription_id}/replay``."""

    since = Moment(required=True)
    what = fields.String(validate=validate.OneOf(REPLAYABLE), load_default=REPLAYABLE[0])


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
    #: Only where the gateway has just made it.
    secret = fields.String()
    #: Until then messages are signed with the secret before too.
    old_secret_until = Moment(allow_none=True)


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

    ok = Flag()
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
    data = Object()
    deliveries = fields.List(fields.Nested(lambda: WebhookDelivery()))


class WebhookAttempt(ObjectSchema):
    """One try to deliver an event."""

    attempt = fields.Integer(required=True)
    at = Moment(required=True)
    outcome = fields.String(required=True)
    http_status = fields.Integer(required=True, allow_none=True)
    detail = fields.String(required=True)


class WebhookDelivery(ObjectSchema):
    """The delivery of an event to one subscription."""

    delivery_id = fields.String(required=True)
    subscription_id = fields.String(required=True)
    callback_url = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(DELIVERY_STATUSES))
    created_at = Moment(required=True)
    next_attempt_at = Moment(required=True, allow_none=True)
    error_detail = fields.String(required=True, allow_none=True)
    attempts = fields.List(fields.Nested(WebhookAttempt), required=True)


class WebhookEventAnswer(ObjectSchema):
    """One event with its deliveries."""

    ok = Flag(required=True)
    event = fields.Nested(Event, required=True)


class WebhookEventList(ObjectSchema):
    """Events of an owner, the newest first."""

    ok = Flag(required=True)
    events = fields.List(fields.Nested(Event), required=True)


class WebhookReplayed(ObjectSchema):
    """What of a subscription is being delivered again."""

    ok = Flag(required=True)
    subscription_id = fields.String(required=True)
    replayed = _count()
    more = Flag(required=True)
    replayed_at = Moment(required=True)
