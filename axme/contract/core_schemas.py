"""The protocol's own semantic schemas: what every gateway knows without being told (contract 7)."""

from __future__ import annotations

from typing import Any


def _text(longest: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": longest}


_MOMENT = {"type": "string", "format": "date-time"}
_WHO = {"type": "string", "minLength": 3}

CORE: dict[str, dict[str, Any]] = {
    "intent.ask.v1": {
        "type": "object",
        "required": ["question", "requested_by", "requested_at"],
        "properties": {
            "question": _text(2000),
            "context": {"type": "string", "maxLength": 5000},
            "deadline_at": _MOMENT,
            "requested_by": _WHO,
            "requested_at": _MOMENT,
            "workflow": {"type": "object"},
        },
    },
    "intent.reply.v1": {
        "type": "object",
        "required": ["answer", "status", "responded_by", "responded_at"],
        "properties": {
            "answer": _text(5000),
            "status": {"enum": ["answered", "needs_clarification", "declined", "timeout"]},
            "clarification_question": _text(2000),
            "responded_by": _WHO,
            "responded_at": _MOMENT,
            "workflow": {"type": "object"},
        },
        "if": {"properties": {"status": {"const": "needs_clarification"}}, "required": ["status"]},
        "then": {"required": ["clarification_question"]},
    },
}
