"""Scenarios: agents, people and steps in one bundle (contract 3.11)."""

from __future__ import annotations

from marshmallow import fields, validate

from axme.contract.limits import ADDRESS_CHARS, KEY_CHARS, LARGEST_WHOLE
from axme.contract.schemas.agents import DELIVERY_MODES
from axme.contract.schemas.base import Address, Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length, whole
from axme.contract.schemas.intents import HumanTask

_NAME = validate.Regexp(r"^[a-z0-9_-]+(\.[a-z0-9_-]+)*\Z", error="Write it like order.fulfillment.v1.")


class ScenarioAgent(RequestSchema):
    """An agent that takes part; its role is its address where none is given."""

    role = Text(validate=length(1, 100))
    address = Address(required=True)
    create_if_missing = Flag(load_default=False)
    display_name = Text(validate=length(0, 255))
    delivery_mode = fields.String(validate=validate.OneOf(DELIVERY_MODES))
    callback_url = Text(validate=length(1, 2000))


class ScenarioHuman(RequestSchema):
    """A person who takes part."""

    role = Text(required=True, validate=length(1, 100))
    contact = Text(validate=length(1, 255))
    display_name = Text(validate=length(0, 255))


class StepRetry(RequestSchema):
    """How often a failed step is begun anew."""

    max_retries = whole(0, 100, load_default=0)
    retry_delay_seconds = whole(1, load_default=30)


class ScenarioStep(RequestSchema):
    """Something an agent does, or a person decides."""

    step_id = Text(required=True, validate=length(1, 100))
    tool_id = Text(validate=length(1, 255))
    runtime_type = Text(validate=length(1, 100))
    runtime_config = Object()
    assigned_to = Text(validate=length(0, ADDRESS_CHARS))
    requires_approval = Flag(load_default=False)
    step_deadline_seconds = whole(1)
    retry = fields.Nested(StepRetry)
    human_task = fields.Nested(HumanTask)
    input = Object()
    remind_after_seconds = whole(1)
    remind_interval_seconds = whole(1)
    max_reminders = whole(1)
    escalate_to = Text(validate=length(0, ADDRESS_CHARS))
    on_success = Text(validate=length(0, 100))
    on_failure = Text(validate=length(0, 100))


class ScenarioWorkflow(RequestSchema):
    """The steps, in order; or a macro with its parameters, whose steps these change."""

    macro_id = Text(validate=length(0, 255))
    parameters = Object(load_default=dict, validate=length(0, 50))
    entry_step = Text(validate=length(1, 100))
    steps = fields.List(fields.Nested(ScenarioStep), load_default=list, validate=length(0, 100))


class ScenarioIntent(RequestSchema):
    """The intent that the scenario is about."""

    type = fields.String(required=True, validate=[length(3, 255), _NAME])
    payload = Object(load_default=dict)
    deadline_at = Moment()
    # Counted from when it is applied; an addition to the protocol.
    ttl_seconds = whole(1, LARGEST_WHOLE)
    remind_after_seconds = whole(1)
    remind_interval_seconds = whole(1)
    max_reminders = whole(1)
    escalate_to = Text(validate=length(0, ADDRESS_CHARS))
    max_delivery_attempts = whole(1)
    human_task = fields.Nested(HumanTask)


class ScenarioBundle(RequestSchema):
    """The body of ``POST /v1/scenarios/apply``."""

    scenario_id = fields.String(validate=[length(3, 255), _NAME])
    title = Text(validate=length(0, 255))
    description = Text(validate=length(0, 1000))
    idempotency_key = Text(validate=length(0, KEY_CHARS))
    agents = fields.List(fields.Nested(ScenarioAgent), load_default=list, validate=length(0, 50))
    humans = fields.List(fields.Nested(ScenarioHuman), load_default=list, validate=length(0, 20))
    workflow = fields.Nested(ScenarioWorkflow)
    intent = fields.Nested(ScenarioIntent, required=True)


class AnyBody(RequestSchema):
    """The body of ``POST /v1/scenarios/validate``: whatever it is, the answer says what is wrong with it."""


class ScenarioAgentShown(ObjectSchema):
    """An agent that takes part."""

    role = fields.String(required=True)
    address = fields.String(required=True)
    created = Flag(required=True)


class ScenarioApplied(ObjectSchema):
    """A scenario on its way."""

    ok = Flag()
    intent_id = fields.String(required=True)
    scenario_id = fields.String(required=True)
    status = fields.String(required=True)
    pending_with = fields.String()
    workflow_compile_id = fields.String()
    compile_id = fields.String()
    idempotent = Flag()
    agents = fields.List(fields.Nested(ScenarioAgentShown))
    agents_provisioned = fields.List(fields.String())
    deadline_at = Moment(allow_none=True)
    created_at = Moment()


class ScenarioChecked(ObjectSchema):
    """What is wrong with a bundle, and what may be meant otherwise."""

    ok = Flag(required=True)
    valid = Flag(required=True)
    errors = fields.List(fields.String(), required=True)
    warnings = fields.List(fields.String(), required=True)
