"""Why intents stand where they stand, an addition of the axme gateway to the protocol."""

from __future__ import annotations

from typing import Any

from axme.wire._base import WireCalls


class ExplanationCalls(WireCalls):
    """The flat call about why an intent waits; only the axme gateway serves it."""

    def explain_intent(self, intent_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """An intent with what is planned for it, and who has it. ``GET /v1/intents/{intent_id}/explanation``

        Returns:
            ``{"ok": True, "intent": {…}, "explanation": {"since": …, "coming": [{"kind": "reminder", "at": …}], …}}``.

        Raises:
            AxmeNotFoundError: there is none with this id, or not for this caller.
        """
        return self._call("explain_intent", "GET", "/v1/intents/{}/explanation", intent_id, trace_id=trace_id)
