"""What the gateway knows of why an intent stands where it stands, an addition to the protocol."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, whole
from axme.contract.schemas.intents import IntentInFull


class Coming(ObjectSchema):
    """Something that will happen, unless something else happens first; ``left_seconds`` while the intent is paused."""

    kind = fields.String(required=True)
    at = Moment()
    left_seconds = whole(0)
    number = whole(1)
    of = whole(1)
    to = fields.String()
    note = fields.String()


class LivingClaim(ObjectSchema):
    """The worker that has it, and until when it has to be heard of."""

    worker_id = fields.String(required=True)
    attempt = whole(1, required=True)
    lease_expires_at = Moment(required=True)


class Recipient(ObjectSchema):
    """The agent that has it; nothing but its address where it is none of the caller's."""

    address = fields.String(required=True)
    state = fields.String(required=True)
    health = fields.String()
    last_heartbeat_at = Moment()
    posted = Flag()
    delivery_mode = fields.String()
    sender_killed = Flag()


class WaitsOn(ObjectSchema):
    """Another intent it waits for."""

    intent_id = fields.String(required=True)
    status = fields.String()
    to_agent = fields.String()


class MailShown(ObjectSchema):
    """A mail about it."""

    address = fields.String(required=True)
    status = fields.String(required=True)


class Facts(ObjectSchema):
    """What is known at ``at``."""

    at = Moment(required=True)
    since = Moment(required=True)
    ended_by = fields.String()
    coming = fields.List(fields.Nested(Coming))
    attempts_allowed = whole(1)
    parked_jobs = whole(0)
    claim = fields.Nested(LivingClaim)
    last_failure = Object()
    open_links = whole(0)
    mails = fields.List(fields.Nested(MailShown))
    webhooks = Object()
    waits_on = fields.Nested(WaitsOn)
    recipient = fields.Nested(Recipient)


class ExplanationAnswer(ObjectSchema):
    """One intent, and why it stands where it stands."""

    ok = Flag(required=True)
    intent = fields.Nested(IntentInFull, required=True)
    explanation = fields.Nested(Facts, required=True)
