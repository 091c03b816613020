"""Inbox threads and what is done with them (contract 3.4)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, pre_load, validate

from axme.contract.limits import MESSAGE_CHARS
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
    with_comment,
)

THREAD_STATUSES = ("pending", "active", "done")


class TimelineEntry(ObjectSchema):
    """One thing that happened on a thread."""

    event_id = fields.String(required=True)
    event_type = fields.String(required=True)
    actor = fields.String(required=True)
    at = Moment(required=True)
    details = Object(required=True)


class InboxThread(ObjectSchema):
    """A conversation about one intent, in one owner's inbox."""

    thread_id = fields.String(required=True)
    intent_id = fields.String(required=True)
    status = fields.String(required=True)
    owner_agent = fields.String(required=True)
    from_agent = fields.String(required=True)
    to_agent = fields.String(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    timeline = fields.List(fields.Nested(TimelineEntry), required=True)


class InboxList(ObjectSchema):
    """The threads of an owner; ``items`` repeats ``threads``."""

    ok = Flag(required=True)
    threads = fields.List(fields.Nested(InboxThread), required=True)
    items = fields.List(fields.Nested(InboxThread), required=True)


class InboxAnswer(ObjectSchema):
    """One thread."""

    ok = Flag(required=True)
    thread = fields.Nested(InboxThread, required=True)


class InboxChange(ObjectSchema):
    """One change of a thread, with the place to go on reading from."""

    cursor = fields.String(required=True)
    thread = fields.Nested(InboxThread, required=True)


class InboxChanges(ObjectSchema):
    """Changes, the oldest first."""

    ok = Flag(required=True)
    changes = fields.List(fields.Nested(InboxChange), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    has_more = Flag(required=True)


class InboxReply(RequestSchema):
    """The body of ``…/reply``."""

    message = Text(required=True, validate=length(1, MESSAGE_CHARS))


class InboxDelegate(RequestSchema):
    """The body of ``…/delegate``."""

    delegate_to = Address(required=True)
    note = reason()


class InboxDecision(RequestSchema):
    """The body of ``…/approve`` and ``…/reject``; ``note`` is read as the comment."""

    comment = reason()
    data = Object()

    @pre_load
    def _read_note(self, data: Any, **_: Any) -> Any:
        return with_comment(data, "note")


class InboxDelete(RequestSchema):
    """The body of ``…/messages/delete``."""

    mode = fields.String(validate=validate.OneOf(["self", "both"]), load_default="self")
    message_ids = fields.List(fields.String(), validate=length(1, 100))
    limit = whole(1, 100)


class InboxDeleted(InboxAnswer):
    """What was deleted."""

    mode = fields.String(required=True)
    deleted_count = whole(0, required=True)
    message_ids = fields.List(fields.String(), required=True)
