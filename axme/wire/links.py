"""Links to tasks, an addition of the axme gateway to the protocol."""

from __future__ import annotations

from typing import Any

from axme.wire._base import WireCalls

_LINKS = "/v1/intents/{}/links"


class LinkCalls(WireCalls):
    """The flat calls about links to tasks; only the axme gateway serves them."""

    def list_task_links(self, intent_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """The links by which people may answer an intent. ``GET /v1/intents/{intent_id}/links``

        Returns:
            ``{"ok": True, "links": [{"link_id": …, "recipient": …, "state": "open", …}]}``, without their tokens.
        """
        return self._call("list_task_links", "GET", _LINKS, intent_id, trace_id=trace_id)

    def create_task_link(
        self,
        intent_id: str,
        *,
        recipient: str,
        expires_in_seconds: int | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Make a link by which somebody may answer an intent. ``POST /v1/intents/{intent_id}/links``

        Args:
            intent_id: an intent that waits for a person.
            recipient: an e-mail address or the id of a person; named as who decided.
            expires_in_seconds: by default as long as the task has time, and 30 days at least.

        Returns:
            ``{"ok": True, "link": {"link_id": …, "url": …, …}}``; the URL is shown this once.

        Raises:
            AxmeForbiddenError: the caller is neither the intent's creator nor an administrator.
            AxmeConflictError: the intent asks nobody any more.
        """
        body = {"recipient": recipient} | ({"expires_in_seconds": expires_in_seconds} if expires_in_seconds else {})
        return self._call(
            "create_task_link",
            "POST",
            _LINKS,
            intent_id,
            json=body,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def revoke_task_link(
        self, intent_id: str, link_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Make a link useless, for good. ``DELETE /v1/intents/{intent_id}/links/{link_id}``"""
        return self._call(
            "revoke_task_link",
            "DELETE",
            f"{_LINKS}/{{}}",
            intent_id,
            link_id,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def revoke_task_links(
        self, intent_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Make all links of an intent useless, for good. ``DELETE /v1/intents/{intent_id}/links``"""
        return self._call(
            "revoke_task_links", "DELETE", _LINKS, intent_id, idempotency_key=idempotency_key, trace_id=trace_id
        )
