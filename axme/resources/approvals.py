"""``client.approvals``: decide what waits for a decision, by its id alone (contract 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from axme.exceptions import AxmeProtocolError
from axme.resources.base import Record
from axme.resources.collections import Collection
from axme.resources.fields import field, optional

if TYPE_CHECKING:
    from marshmallow import Schema


class Approval(Record):
    """A decided approval."""

    __slots__ = ()

    approval_id = field("approval_id", str)
    decision = field("decision", str)
    comment = optional("comment", str)
    decided_at = field("decided_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.approvals import Approval as Shape

        return Shape

    def _summary(self) -> str:
        return f"{self._seen('approval_id')} {self._seen('decision')}"


class Approvals(Collection):
    """Decisions by the id of the intent or thread that waits for them."""

    __slots__ = ()

    def approve(
        self, approval_id: str, comment: str | None = None, *, data: Mapping[str, Any] | None = None
    ) -> Approval:
        """Approve it. ``POST /v1/approvals/{approval_id}/decision``

        Args:
            data: the fields of a form or ``{"evidence": …}``, where the task asks for them.

        Raises:
            AxmeNotFoundError: nothing with this id waits for a decision.
            AxmeAlreadyDecidedError: it was decided before; the error says by whom.
            AxmeValidationError: the task asks for more than a yes or no.
        """
        return self._decide(approval_id, "approve", comment, data)

    def reject(
        self, approval_id: str, comment: str | None = None, *, data: Mapping[str, Any] | None = None
    ) -> Approval:
        """Reject it. ``POST /v1/approvals/{approval_id}/decision``; arguments and errors as of :meth:`approve`."""
        return self._decide(approval_id, "reject", comment, data)

    def _decide(self, approval_id: str, decision: str, comment: str | None, data: Mapping[str, Any] | None) -> Approval:
        answer = self._api.decide_approval(approval_id, decision=decision, comment=comment, data=data)
        decided = answer.get("approval")
        if not isinstance(decided, dict):
            raise AxmeProtocolError("the server's answer holds no approval")
        return Approval(decided)
