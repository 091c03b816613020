"""The mesh: agents as they report themselves, and what happened to them (contract 3.31)."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from axme.contract.mesh import MOST_COST_USD, MOST_INTENTS, MOST_LATENCY_MS, Health, MeshEventType
from axme.contract.schemas.base import Flag, Moment, ObjectSchema, RequestSchema, whole


class Amount(fields.Float):
    """A number that is not negative; a truth value or a text is none."""

    def __init__(self, most: float, **options: Any) -> None:
        super().__init__(validate=validate.Range(min=0, max=most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValidationError("Not a valid number.")
        number: float = super()._deserialize(value, attr, data, **kwargs)
        return number


class Metrics(RequestSchema):
    """What an agent did since its last heartbeat."""

    intents_total = whole(0, MOST_INTENTS)
    intents_succeeded = whole(0, MOST_INTENTS)
    intents_failed = whole(0, MOST_INTENTS)
    avg_latency_ms = Amount(MOST_LATENCY_MS)
    cost_usd = Amount(MOST_COST_USD)


class Heartbeat(RequestSchema):
    """The body of ``POST /v1/mesh/heartbeat``; it may be empty."""

    metrics = fields.Nested(Metrics)


class MeshEvent(ObjectSchema):
    """Something that happened to an agent."""

    event_id = fields.String(required=True)
    address = fields.String(required=True)
    event_type = fields.Enum(MeshEventType, by_value=True, required=True)
    details = fields.Dict(allow_none=True)
    actor_id = fields.String(allow_none=True)
    created_at = Moment(required=True)


class MeshAgent(ObjectSchema):
    """An agent in the mesh."""

    address_id = fields.String(required=True)
    address = fields.String(required=True)
    display_name = fields.String(allow_none=True)
    health_status = fields.Enum(Health, by_value=True, required=True)
    last_heartbeat_at = Moment(allow_none=True)
    killed_at = Moment(allow_none=True)
    created_at = Moment(required=True)
    intents_period = fields.Integer()
    cost_period = fields.Float()
    metadata = fields.Dict(allow_none=True)
    metrics = fields.Dict()


class HeartbeatAnswer(ObjectSchema):
    """A heartbeat was heard; ``health_status`` tells an agent that it is killed."""

    ok = Flag(required=True)
    address_id = fields.String(required=True)
    address = fields.String(required=True)
    health_status = fields.String(required=True)
    last_heartbeat_at = Moment(required=True)


class MeshAgentList(ObjectSchema):
    """The agents of a workspace, and how many of them are how."""

    ok = Flag(required=True)
    agents = fields.List(fields.Nested(MeshAgent), required=True)
    summary = fields.Dict(required=True)


class MeshAgentAnswer(ObjectSchema):
    """One agent."""

    ok = Flag(required=True)
    agent = fields.Nested(MeshAgent, required=True)
    events = fields.List(fields.Nested(MeshEvent))


class MeshEventList(ObjectSchema):
    """What happened in a workspace, the newest first."""

    ok = Flag(required=True)
    events = fields.List(fields.Nested(MeshEvent), required=True)
