"""Intents and their events (contract 2 and 3.2)."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import fields, pre_load, validate

from axme.contract.human_tasks import TASK_TYPES
from axme.contract.limits import ADDRESS_CHARS, CORRELATION_ID_CHARS, KEY_CHARS, LARGEST_WHOLE
from axme.contract.schemas.base import (
    Address,
    Flag,
    Moment,
    Object,
    ObjectSchema,
    RequestSchema,
    Text,
    length,
    reason,
    whole,
)
from axme.contract.statuses import EventType, IntentStatus, WaitingReason

_CAMEL = re.compile(r"(?<=[a-z])([A-Z])")


def status_field(**options: Any) -> fields.Enum[IntentStatus]:
    """A lifecycle status; reads both vocabularies."""
    return _Status(IntentStatus, by_value=True, **options)


class _Status(fields.Enum[IntentStatus]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return IntentStatus(value)
        except ValueError:
            raise self.make_error("unknown", choices=self.choices_text) from None


class PendingWith(ObjectSchema):
    """Who holds a waiting intent."""

    type = fields.String(required=True)
    ref = fields.String()
    name = fields.String()


class HumanTask(RequestSchema):
    """What a person is asked to do."""

    title = Text(validate=length(0, 255))
    description = Text(validate=length(0, 2000))
    task_type = fields.String(validate=validate.OneOf(sorted(TASK_TYPES)))
    allowed_outcomes = fields.List(Text(validate=length(1, 64)), validate=length(1, 20))
    required_comment = Flag()
    assignees = fields.List(Text(validate=length(1, ADDRESS_CHARS)), validate=length(1, 20))
    evidence_required = Flag()
    form_schema = Object()
    notify_email = fields.Email()


class IntentCreate(RequestSchema):
    """The body of ``POST /v1/intents``."""

    intent_type = fields.String(
        required=True,
        validate=[
            length(3, 255),
            validate.Regexp(r"^[a-z0-9_-]+(\.[a-z0-9_-]+)*\Z", error="Write it like order.fulfillment.v1."),
        ],
    )
    correlation_id = Text(validate=length(1, CORRELATION_ID_CHARS))
    from_agent = Address()
    to_agent = Address(required=True)
    reply_to = Address()
    payload = Object(load_default=dict)
    deadline_at = Moment()
    ttl_seconds = whole(1, LARGEST_WHOLE)
    remind_after_seconds = whole(1, LARGEST_WHOLE)
    remind_interval_seconds = whole(1, LARGEST_WHOLE)
    max_reminders = whole(1, LARGEST_WHOLE)
    escalate_to = Text(validate=length(0, ADDRESS_CHARS))
    max_delivery_attempts = whole(1, LARGEST_WHOLE)
    human_task = fields.Nested(HumanTask)
    idempotency_key = Text(validate=length(1, KEY_CHARS))

    @pre_load
    def _accept_other_spellings(self, data: Any, **_: Any) -> Any:
        # Programs in the wild send camelCase names, or their business fields without a payload around them.
        if not isinstance(data, dict):
            return data
        named = {
            _CAMEL.sub(r"_\1", key).lower() if key not in self.fields else key: value for key, value in data.items()
        }
        known = {key: value for key, value in named.items() if key in self.fields}
        if "payload" not in known:
            extras = {key: value for key, value in data.items() if _CAMEL.sub(r"_\1", key).lower() not in self.fields}
            known["payload"] = {key: value for key, value in extras.items() if key not in _READ_ONLY}
        return known


class Lineage(ObjectSchema):
    """Where an intent belongs: to the scenario it leads, or is a step of."""

    scenario_id = fields.String()
    compile_id = fields.String()
    parent_intent_id = fields.String()
    step_id = fields.String()


class Intent(Lineage):
    """An intent as the gateway shows it."""

    intent_id = fields.String(required=True)
    status = status_field(required=True)
    status_alias = fields.String()
    legacy_status = fields.String()
    lifecycle_status = status_field()
    created_at = Moment(required=True)
    updated_at = Moment()
    intent_type = fields.String(required=True)
    correlation_id = fields.String(required=True)
    from_agent = fields.String(required=True)
    to_agent = fields.String(required=True)
    reply_to = fields.String()
    payload = Object(required=True)
    deadline_at = Moment()
    due_at = Moment()
    remind_after_seconds = whole(1)
    remind_interval_seconds = whole(1)
    max_reminders = whole(1)
    remind_count = whole(0)
    next_reminder_at = Moment()
    escalate_to = fields.String()
    max_delivery_attempts = whole(1)
    delivery_attempt = whole(0)
    human_task = fields.Nested(HumanTask)
    pending_with = fields.Nested(PendingWith)
    waiting_reason = fields.Enum(WaitingReason, by_value=True, allow_none=True)
    lifecycle_waiting_reason = fields.Enum(WaitingReason, by_value=True, allow_none=True)
    next_wakeup_at = Moment()
    seq = whole(0)
    handler = fields.String(allow_none=True)
    policy_generation = whole(0)
    controls = Object()
    workflow_control_policy = Object()
    paused = Flag()
    result = Object()
    error = Object()
    reason = fields.String()


class StepShown(ObjectSchema):
    """A step of a scenario, as the intent that leads it shows it."""

    step_id = fields.String(required=True)
    step_index = whole(1, required=True)
    step_type = fields.String(required=True)
    status = fields.String(required=True)
    assigned_to = fields.String(allow_none=True)
    step_intent_id = fields.String()
    attempts = whole(1)
    times = whole(1)
    outcome = fields.String()
    reason = fields.String()
    started_at = Moment()
    ended_at = Moment()


class IntentInFull(Intent):
    """One intent asked for by its id: with the steps of the scenario it leads."""

    steps = fields.List(fields.Nested(StepShown))
    next_wakeup_at = Moment()


#: What only the gateway sets: never taken from outside, not even as a business field.
_READ_ONLY = frozenset(Intent().fields) - frozenset(IntentCreate().fields) - frozenset(Lineage().fields)


class IntentEvent(ObjectSchema):
    """One step in the life of an intent."""

    intent_id = fields.String(required=True)
    seq = whole(1, required=True)
    event_type = fields.Enum(EventType, by_value=True, required=True)
    status = status_field(required=True)
    status_alias = fields.String()
    waiting_reason = fields.Enum(WaitingReason, by_value=True, allow_none=True)
    handler = fields.String(allow_none=True)
    actor = fields.String()
    at = Moment(required=True)
    details = Object()
    pending_with = fields.Nested(PendingWith, allow_none=True)
    human_task = fields.Nested(HumanTask)


class IntentCreated(ObjectSchema):
    """The answer to a create."""

    ok = Flag(required=True)
    intent_id = fields.String(required=True)
    status = status_field(required=True)
    created_at = Moment(required=True)
    policy_generation = whole(0)
    correlation_id = fields.String()
    lifecycle_status = status_field()
    #: Where the answer was held: the whole intent as it then was.
    waited = Flag()
    intent = fields.Nested(Intent)


class IntentAnswer(ObjectSchema):
    """One intent."""

    ok = Flag(required=True)
    intent = fields.Nested(IntentInFull, required=True)


class IntentList(ObjectSchema):
    """Several intents, the newest first."""

    ok = Flag(required=True)
    intents = fields.List(fields.Nested(Intent), required=True)


class IntentEvents(ObjectSchema):
    """Events in the order of their ``seq``."""

    ok = Flag(required=True)
    events = fields.List(fields.Nested(IntentEvent), required=True)


class CompletionDelivery(ObjectSchema):
    """Whether and where the end of an intent was reported (contract 2.8)."""

    delivered = Flag(required=True)
    reason = fields.String()
    reply_to = fields.String()
    thread_id = fields.String()
    message_id = fields.String()
    completion = Object()


class IntentResolve(RequestSchema):
    """The body of ``…/resolve``."""

    status = status_field(required=True)
    actor = Text(validate=length(3, 255))
    result = Object()
    error = Object()
    reason = reason()


class IntentResolved(IntentAnswer):
    """The answer to a resolve."""

    event = fields.Nested(IntentEvent, required=True)
    completion_delivery = fields.Nested(CompletionDelivery, required=True)


class _Guarded(RequestSchema):
    """What controls, policy and resume bodies share: who acts, why, and on which generation."""

    actor = Text(validate=length(3, 255))
    reason = reason()
    policy_generation = whole(0)
    expected_policy_generation = whole(0)
    internal_scheduler = Flag()


class Reminder(RequestSchema):
    """One reminder of a live intent."""

    offset_seconds = whole(1, LARGEST_WHOLE, required=True)
    note = Text(validate=length(0, 2000))


class Controls(ObjectSchema):
    """The controls of an intent; keys of the caller's own are stored as they are."""

    paused = Flag(allow_none=True)
    timeout_seconds = whole(1, LARGEST_WHOLE, allow_none=True)
    deadline_at = Moment(allow_none=True)
    remind_after_seconds = whole(1, LARGEST_WHOLE, allow_none=True)
    remind_interval_seconds = whole(1, LARGEST_WHOLE, allow_none=True)
    max_reminders = whole(1, LARGEST_WHOLE, allow_none=True)
    escalate_to = Text(validate=length(0, ADDRESS_CHARS), allow_none=True)
    max_retries = whole(0, LARGEST_WHOLE, allow_none=True)
    retry_delay_seconds = whole(0, LARGEST_WHOLE, allow_none=True)
    reminders = fields.List(fields.Nested(Reminder), allow_none=True)


class Envelope(ObjectSchema):
    """The limits an intent's policy sets."""

    max_retry_count = whole(0, LARGEST_WHOLE, allow_none=True)
    retry_backoff_seconds = whole(0, LARGEST_WHOLE, allow_none=True)
    execution_timeout_seconds = whole(1, LARGEST_WHOLE, allow_none=True)
    ttl_seconds = whole(1, LARGEST_WHOLE, allow_none=True)
    expires_at = Moment(allow_none=True)


class IntentControls(_Guarded):
    """The body of ``…/controls``; ``controls`` and ``controls_patch`` mean the same and are merged."""

    controls = fields.Nested(Controls)
    controls_patch = fields.Nested(Controls)


class PolicyPatch(RequestSchema):
    """A policy in one piece."""

    grants = Object()
    envelope = fields.Nested(Envelope)
    controls = fields.Nested(Controls)


class IntentPolicy(_Guarded):
    """The body of ``…/policy``; the ``_patch`` names and the plain ones mean the same and are merged."""

    grants = Object()
    grants_patch = Object()
    envelope = fields.Nested(Envelope)
    envelope_patch = fields.Nested(Envelope)
    policy = fields.Nested(PolicyPatch)


class IntentControlled(IntentAnswer):
    """The answer to a controls or policy change."""

    policy_generation = whole(0, required=True)
    controls = Object()
    policy = Object()


class IntentResumeControl(_Guarded):
    """The control keys of ``…/resume``; any other key makes the body a result (contract 2.11)."""

    approve_current_step = Flag(load_default=True)


class TaskResult(ObjectSchema):
    """A person's answer to a human task."""

    outcome = Text(required=True, validate=length(1, 64))
    comment = fields.String(allow_none=True)
    data = Object(allow_none=True)
    evidence = fields.Raw(allow_none=True)


class IntentResumed(IntentAnswer):
    """The answer to a resume."""

    event = fields.Nested(IntentEvent)
    policy_generation = whole(0)


class BulkCancel(RequestSchema):
    """The body of ``POST /v1/intents/bulk-cancel``; a rehearsal unless ``dry_run`` is false."""

    older_than_hours = fields.Float(load_default=24.0, validate=validate.Range(min=0, max=LARGEST_WHOLE))
    dry_run = Flag(load_default=True)
    reason = reason(load_default="bulk cancel")
    limit = whole(1, 1000, load_default=500)
    status_filter = fields.List(status_field())


class BulkCanceled(ObjectSchema):
    """What a bulk cancel did, or would do."""

    ok = Flag(required=True)
    dry_run = Flag(required=True)
    would_cancel = whole(0)
    canceled = whole(0)
    intent_ids = fields.List(fields.String(), required=True)
