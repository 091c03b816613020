"""The audit trail: who changed what, and who was refused (contract 3.33)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from axme.resources._arguments import Recipient, address_of
from axme.resources.base import Record
from axme.resources.collections import Collection, Page, page
from axme.resources.fields import field, optional
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from marshmallow import Schema

_DEFAULT = 100


class AuditEvent(Record):
    """One change or refusal: ``actor`` did ``action`` to ``target`` at a moment, with ``outcome`` done or refused."""

    __slots__ = ()
    _COLUMNS = ("at", "actor", "action", "target", "outcome", "details")

    event_id = field("event_id", str)
    at = field("at", datetime)
    org_id = field("org_id", str)
    workspace_id = optional("workspace_id", str)
    actor = field("actor", str)
    key_id = field("key_id", str)
    request_id = optional("request_id", str)
    action = field("action", str)
    target = field("target", str)
    outcome = field("outcome", str)
    details = optional("details", dict[str, Any])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.audit import AuditEvent as Shape

        return Shape

    def _summary(self) -> str:
        return f"{self._seen('action')} of {self._seen('target')} by {self._seen('actor')}: {self._seen('outcome')}"


class AuditTrail(Collection):
    """What happened in an organization; without one, in the caller's own."""

    __slots__ = ("_org_id",)

    def __init__(self, client: FlatCalls, org_id: str | None = None) -> None:
        super().__init__(client)
        self._org_id = org_id

    def list(
        self, *, actor: Recipient | None = None, action: str | None = None, limit: int = _DEFAULT
    ) -> Page[AuditEvent]:
        """The events, the newest first. ``GET /v1/audit/events``

        Args:
            actor: only what this agent or person did.
            action: only actions that begin so, such as ``member.``.
            limit: at most so many, 1 to 1000.

        Raises:
            AxmePermissionError: the caller's roles do not allow it.
        """
        answer = self._api.list_audit_events(
            owner_agent=None if actor is None else address_of(actor),
            action_prefix=action,
            limit=limit,
            org_id=self._org_id,
        )
        return page(answer, "events", AuditEvent, what="audit events", limit=limit)
