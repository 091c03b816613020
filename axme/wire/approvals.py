"""Decisions on approvals (contract 3.5)."""

from __future__ import annotations

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
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Decide an approval. ``POST /v1/approvals/{approval_id}/decision``

        Args:
            approval_id: the id of the intent or thread that waits for the decision.
            decision: ``approve`` or ``reject``.
            comment: at most 1000 characters.

        Returns:
            ``{"ok": True, "approval": {…}}``.

        Raises:
            AxmeNotFoundError: nothing with this id waits for a decision.
            AxmeAlreadyDecidedError: it was decided differently before.
        """
        body = {"decision": decision} | ({} if comment is None else {"comment": comment})
        return self._call(
            "decide_approval",
            "POST",
            "/v1/approvals/{}/decision",
            approval_id,
            json=body,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
