"""Open human tasks (contract 3.3)."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, Moment, ObjectSchema
from axme.contract.schemas.intents import HumanTask, status_field


class Task(ObjectSchema):
    """An intent that waits for a person."""

    intent_id = fields.String(required=True)
    intent_type = fields.String(required=True)
    status = status_field(required=True)
    from_agent = fields.String(required=True)
    assigned_at = Moment(required=True)
    due_at = Moment()
    human_task = fields.Nested(HumanTask, required=True)


class TaskList(ObjectSchema):
    """The open tasks, the oldest first."""

    ok = Flag(required=True)
    tasks = fields.List(fields.Nested(Task), required=True)
