"""One step in the life of an intent (contract 2.3)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from axme.contract.statuses import IntentStatus, WaitingReason
from axme.resources.base import Record
from axme.resources.fields import field, optional

if TYPE_CHECKING:
    from marshmallow import Schema


class IntentEvent(Record):
    """One step in the life of an intent.

    ``event_type`` is text such as ``intent.delivered`` (see ``EventType``): a newer server's types are read too.
    """

    __slots__ = ()
    _COLUMNS = ("seq", "event_type", "status", "waits_for", "actor", "at", "details")

    intent_id = field("intent_id", str)
    seq = field("seq", int)
    event_type = field("event_type", str)
    status = field("status", IntentStatus)
    waiting_reason = optional("waiting_reason", WaitingReason)
    handler = optional("handler", str)
    actor = optional("actor", str)
    at = field("at", datetime)
    details = optional("details", dict[str, Any])
    pending_with = optional("pending_with", dict[str, Any])
    human_task = optional("human_task", dict[str, Any])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.intents import IntentEvent as Shape

        return Shape

    @property
    def is_terminal(self) -> bool:
        """Whether the intent ended with this event."""
        return self.status.is_terminal

    def _glimpse(self) -> dict[str, Any]:
        known = super()._glimpse()
        holder = known.pop("pending_with", None)
        return known | ({"waits_for": holder.get("name")} if isinstance(holder, dict) else {})

    def _summary(self) -> str:
        return f"{self._seen('seq')} {self._seen('event_type')} {self._seen('status')}"
