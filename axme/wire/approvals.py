"""Decisions on approvals (contract 3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class ApprovalCalls(WireCalls):
    """The flat calls about approvals."""

    def decide_approval(
        self,
        approval_id: str,
        *,
        decision: str,
        comment: str | None = None,
        data: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Decide an approval. ``POST /v1/approvals/{approval_id}/decision``

        Args:
            approval_id: the id of the intent or thread that waits for the decision.
            decision: ``approve`` or ``reject``.
            comment: at most 1000 characters.
            data: the fields of a form or ``{"evidence": …}``, where asked for (an addition to the protocol).

        Returns:
            ``{"ok": True, "approval": {…}}``.

        Raises:
            AxmeNotFoundError: nothing with this id waits for a decision.
            AxmeAlreadyDecidedError: it was decided before; the error says by whom.
            AxmeValidationError: the task asks for more than a yes or no.
        """
        said = {"decision": decision, "comment": comment, "data": data}
        body = {name: value for name, value in said.items() if value is not None}
        return self._call(
            "decide_approval",
            "POST",
            "/v1/approvals/{}/decision",
            approval_id,
            json=body,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
