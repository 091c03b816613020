"""Claims: how workers take deliveries of an agent under a lease. An extension of the protocol."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from axme.contract.limits import (
    ADDRESS_CHARS,
    CLAIM_LIMIT,
    CLAIM_WAIT_SECONDS,
    DEFAULT_LEASE_SECONDS,
    LARGEST_WHOLE,
    LEASE_SECONDS,
    MOST_SETTLED,
    REASON_CHARS,
    WORKER_ID_CHARS,
)
from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length, whole
from axme.contract.schemas.intents import HumanTask, Intent, IntentEvent, IntentResolved

#: How a claim can be ended by its worker.
SETTLED_AS = ("complete", "fail", "suspend", "release")
#: What a suspended intent may wait for.
WAITS_FOR = ("human", "time", "agent")
#: What each of them must say.
_NEEDED = {"human": (("human_task",),), "time": (("until",), ("seconds",)), "agent": (("to", "intent_type"),)}


class _Settles(fields.List[Any]):
    """What is settled, item by item; each is read by the schema of its kind, so that one of them spoils no other."""

    def __init__(self) -> None:
        super().__init__(fields.Nested(lambda: Settle()), load_default=list, validate=validate.Length(max=MOST_SETTLED))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.make_error("invalid")
        return value


class ClaimRequest(RequestSchema):
    """The body of ``POST /v1/agents/{address}/claims``."""

    settle = _Settles()

    worker_id = Text(required=True, validate=length(1, WORKER_ID_CHARS))
    limit = whole(*CLAIM_LIMIT, load_default=1)
    lease_seconds = whole(*LEASE_SECONDS, load_default=DEFAULT_LEASE_SECONDS)
    wait_seconds = fields.Float(load_default=0.0, validate=validate.Range(min=0, max=CLAIM_WAIT_SECONDS))


class Resumed(ObjectSchema):
    """What a suspended intent waited for, and how that ended."""

    by = fields.String(required=True)
    outcome = fields.String()
    comment = fields.String()
    data = Object()
    decided_by = fields.String()
    status = fields.String()
    result = Object()
    error = Object()
    reason = fields.String()


class Claim(ObjectSchema):
    """A delivery in the hands of one worker."""

    claim_id = fields.String(required=True)
    intent_id = fields.String(required=True)
    attempt = whole(1, required=True)
    lease_expires_at = Moment(required=True)
    checkpoint = Object(required=True, allow_none=True)
    resumed = fields.Nested(Resumed, required=True, allow_none=True)
    intent = fields.Nested(Intent, required=True)


class Settled(ObjectSchema):
    """What became of one claim that was settled: the intent's status, or why it was refused."""

    claim_id = fields.String(required=True)
    ok = Flag(required=True)
    status = fields.String()
    status_code = whole(400, 599)
    error = Object()


class Claims(ObjectSchema):
    """The deliveries that a worker has now, and what became of those it has settled, in their order."""

    ok = Flag(required=True)
    lease_seconds = whole(*LEASE_SECONDS, required=True)
    claims = fields.List(fields.Nested(Claim), required=True)
    settled = fields.List(fields.Nested(Settled))


class ClaimRenew(RequestSchema):
    """The body of ``POST /v1/claims/renew``."""

    claim_ids = fields.List(Text(validate=length(1, 128)), required=True, validate=length(1, 1000))
    lease_seconds = whole(*LEASE_SECONDS)


class Renewed(ObjectSchema):
    """A claim that goes on."""

    claim_id = fields.String(required=True)
    lease_expires_at = Moment(required=True)


class Lost(ObjectSchema):
    """A claim that is over, and why."""

    claim_id = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class ClaimsRenewed(ObjectSchema):
    """Which claims go on, and which are over."""

    ok = Flag(required=True)
    renewed = fields.List(fields.Nested(Renewed), required=True)
    lost = fields.List(fields.Nested(Lost), required=True)


class ClaimProgress(RequestSchema):
    """The body of ``POST /v1/claims/{claim_id}/progress``."""

    message = Text(required=True, validate=length(0, REASON_CHARS))
    percent = fields.Float(validate=validate.Range(min=0, max=100))
    data = Object()


class ClaimCheckpoint(RequestSchema):
    """The body of ``POST /v1/claims/{claim_id}/checkpoint``."""

    data = Object(required=True)


class ClaimComplete(RequestSchema):
    """The body of ``POST /v1/claims/{claim_id}/complete``."""

    result = Object(load_default=dict)


class ClaimFail(RequestSchema):
    """The body of ``POST /v1/claims/{claim_id}/fail``."""

    error = Object(required=True)
    retryable = Flag(load_default=True)
    retry_after_seconds = fields.Float(validate=validate.Range(min=0, max=LARGEST_WHOLE))


class Wait(RequestSchema):
    """What an intent is suspended for: a person, a time, or another agent."""

    for_ = fields.String(required=True, data_key="for", validate=validate.OneOf(WAITS_FOR))
    human_task = fields.Nested(HumanTask)
    until = Moment()
    seconds = fields.Float(validate=validate.Range(min=0, max=LARGEST_WHOLE))
    to = Text(validate=length(1, ADDRESS_CHARS))
    intent_type = Text(validate=length(3, 255))
    payload = Object(load_default=dict)
    deadline_at = Moment()

    @validates_schema
    def _says_enough(self, data: dict[str, Any], **_: Any) -> None:
        ways = _NEEDED[data["for_"]]
        if not any(all(name in data for name in names) for names in ways):
            wanted = " or ".join(" and ".join(names) for names in ways)
            raise ValidationError(f"To wait for {data['for_']}, say {wanted}.")


class ClaimSuspend(RequestSchema):
    """The body of ``POST /v1/claims/{claim_id}/suspend``."""

    wait = fields.Nested(Wait, required=True)
    checkpoint = Object()


class Settling(RequestSchema):
    """Which claim is to be ended, and how."""

    claim_id = Text(required=True, validate=length(1, 128))
    kind = fields.String(required=True, validate=validate.OneOf(SETTLED_AS))


class Settle(Settling):
    """One claim to be ended, with what the request of that kind takes."""

    result = Object()
    error = Object()
    retryable = Flag()
    retry_after_seconds = fields.Float(validate=validate.Range(min=0, max=LARGEST_WHOLE))
    wait = fields.Nested(Wait)
    checkpoint = Object()


class ClaimAnswer(ObjectSchema):
    """The intent after a change by its worker."""

    ok = Flag(required=True)
    intent = fields.Nested(Intent, required=True)
    event = fields.Nested(IntentEvent)


class ClaimCompleted(IntentResolved):
    """The answer to a completion."""


class ClaimKept(ObjectSchema):
    """What was asked for is done, and the claim goes on."""

    ok = Flag(required=True)


class DeliveryAttempt(ObjectSchema):
    """One try of a worker."""

    attempt = whole(1, required=True)
    worker_id = fields.String(allow_none=True)
    started_at = Moment(required=True)
    ended_at = Moment(allow_none=True)
    outcome = fields.String(required=True)
    error = Object()


class DeliveryAttempts(ObjectSchema):
    """The tries of an intent's workers, in order."""

    ok = Flag(required=True)
    attempts = fields.List(fields.Nested(DeliveryAttempt), required=True)
