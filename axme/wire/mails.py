"""Mails about tasks, an addition of the axme gateway to the protocol."""

from __future__ import annotations

from typing import Any

from axme.wire._base import WireCalls


class MailCalls(WireCalls):
    """The flat calls about mails; only the axme gateway serves them."""

    def list_task_mails(self, intent_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """The mails about an intent, and what became of them. ``GET /v1/intents/{intent_id}/mails``

        Returns:
            ``{"ok": True, "mails": [{"address": …, "occasion": "assigned", "status": "sent", …}]}``, the oldest first.
        """
        return self._call("list_task_mails", "GET", "/v1/intents/{}/mails", intent_id, trace_id=trace_id)
