"""Agents: the addresses intents are sent to (contract 3.6)."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, Moment, ObjectSchema


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
