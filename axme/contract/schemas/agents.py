"""Agents: the addresses intents are sent to (contract 3.6)."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from axme.contract.schemas.base import Flag, Moment, ObjectSchema, RequestSchema, Text, length, whole

#: ``http`` posts intents to a URL; with the others the agent asks for them.
DELIVERY_MODES = ("stream", "poll", "http", "inbox", "internal")


class Agent(ObjectSchema):
    """An address and the service account behind it."""

    address = fields.String(required=True)
    service_account_id = fields.String(required=True)
    service_account_name = fields.String(required=True)
    org_id = fields.String()
    workspace_id = fields.String()
    display_name = fields.String(allow_none=True)
    status = fields.String(required=True)
    created_at = Moment(required=True)
    updated_at = Moment()


class AgentList(ObjectSchema):
    """The agents of a workspace."""

    ok = Flag(required=True)
    agents = fields.List(fields.Nested(Agent), required=True)


class AgentAnswer(ObjectSchema):
    """One agent."""

    ok = Flag(required=True)
    agent = fields.Nested(Agent, required=True)


class DeliverySet(RequestSchema):
    """The body of ``PUT /v1/agents/{address}/delivery``."""

    delivery_mode = fields.String(required=True, validate=validate.OneOf(DELIVERY_MODES))
    callback_url = Text(validate=length(8, 255))
    rotate_secret = Flag(load_default=False)
    overlap_seconds = whole(0, 30 * 86_400, load_default=86_400)

    @validates_schema
    def _needs_url(self, data: dict[str, Any], **_: Any) -> None:
        if data["delivery_mode"] == "http" and "callback_url" not in data:
            raise ValidationError("Is required for delivery_mode http.", "callback_url")


class AgentBinding(ObjectSchema):
    """How an agent gets its intents."""

    address = fields.String(required=True)
    delivery_mode = fields.String(required=True)
    callback_url = fields.String(required=True, allow_none=True)
    binding_id = fields.String(required=True, allow_none=True)
    secret_hint = fields.String(required=True, allow_none=True)
    old_secret_until = Moment(required=True, allow_none=True)
    #: Only where the gateway has just made it.
    secret = fields.String()


class AgentBindingAnswer(ObjectSchema):
    """How an agent gets its intents."""

    ok = Flag(required=True)
    binding = fields.Nested(AgentBinding, required=True)
