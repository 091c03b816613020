"""Decisions on approvals (contract 3.5)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, pre_load, validate

from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length, with_comment

_WORDS = {"approved": "approve", "rejected": "reject"}


class ApprovalDecision(RequestSchema):
    """The body of ``POST /v1/approvals/{approval_id}/decision``; ``data`` is an addition to the protocol."""

    decision = fields.String(required=True, validate=validate.OneOf(["approve", "reject"]))
    comment = Text(validate=length(0, 1000))
    data = Object()

    @pre_load
    def _accept_other_spellings(self, data: Any, **_: Any) -> Any:
        word = data.get("decision") if isinstance(data, dict) else None
        if isinstance(word, str):
            data = data | {"decision": _WORDS.get(word, word)}
        return with_comment(data, "reason")


class Approval(ObjectSchema):
    """A decided approval."""

    approval_id = fields.String(required=True)
    decision = fields.String(required=True)
    comment = fields.String(allow_none=True)
    decided_at = Moment(required=True)


class ApprovalAnswer(ObjectSchema):
    """One approval."""

    ok = Flag(required=True)
    approval = fields.Nested(Approval, required=True)
