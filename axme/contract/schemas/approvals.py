"""Decisions on approvals (contract 3.5)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, pre_load, validate

from axme.contract.schemas.base import Flag, Moment, ObjectSchema, RequestSchema, Text, length

_WORDS = {"approved": "approve", "rejected": "reject"}


class ApprovalDecision(RequestSchema):
    """The body of ``POST /v1/approvals/{approval_id}/decision``."""

    decision = fields.String(required=True, validate=validate.OneOf(["approve", "reject"]))
    comment = Text(validate=length(0, 1000))

    @pre_load
    def _accept_other_spellings(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        word = data.get("decision")
        return data | {
            "decision": _WORDS.get(word, word) if isinstance(word, str) else word,
            "comment": data.get("comment", data.get("reason")),
        }


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
