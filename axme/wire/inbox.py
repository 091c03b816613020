"""Inbox threads and what is done with them (contract 3.4).

``owner_agent`` says whose inbox is meant; without it, the configured owner's, else the key's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.transport import ABSENT
from axme.wire._base import WireCalls


class InboxCalls(WireCalls):
    """The flat calls about the inbox."""

    def list_inbox(
        self, *, owner_agent: str | None = None, status: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """The threads of an owner. ``GET /v1/inbox``

        Args:
            status: only threads that are ``pending``, ``active`` or ``done``.

        Returns:
            ``{"ok": True, "threads": […], "items": […]}``; both lists hold the same.
        """
        query = {"owner_agent": self._owner(owner_agent), "status": status}
        return self._call("list_inbox", "GET", "/v1/inbox", query=query, trace_id=trace_id)

    def get_inbox_thread(
        self, thread_id: str, *, owner_agent: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """One thread. ``GET /v1/inbox/{thread_id}``

        Returns:
            ``{"ok": True, "thread": {…}}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
            AxmePermissionError: it is somebody else's.
        """
        query = {"owner_agent": self._owner(owner_agent)}
        return self._call("get_inbox_thread", "GET", "/v1/inbox/{}", thread_id, query=query, trace_id=trace_id)

    def list_inbox_changes(
        self,
        *,
        owner_agent: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """What changed in an inbox since ``cursor``, the oldest first. ``GET /v1/inbox/changes``

        Args:
            cursor: where an earlier call ended; absent for all changes.
            limit: at most so many changes, 50 by default.

        Returns:
            ``{"ok": True, "changes": [{"cursor": …, "thread": {…}}], "next_cursor": …, "has_more": …}``.

        Raises:
            AxmeValidationError: the cursor is not one of this inbox.
        """
        query = {"owner_agent": self._owner(owner_agent), "cursor": cursor, "limit": limit}
        return self._call("list_inbox_changes", "GET", "/v1/inbox/changes", query=query, trace_id=trace_id)

    def mark_inbox_thread_read(
        self,
        thread_id: str,
        *,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Mark a thread as read. ``POST /v1/inbox/{thread_id}/read``

        Returns:
            ``{"ok": True, "thread": {…}}``, as all calls on one thread.

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self._on_thread(
            "mark_inbox_thread_read", thread_id, "read", ABSENT, owner_agent, idempotency_key, trace_id
        )

    def reply_inbox_thread(
        self,
        thread_id: str,
        *,
        message: str,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Write into a thread. ``POST /v1/inbox/{thread_id}/reply``

        Raises:
            AxmeNotFoundError: there is none with this id.
            AxmeConflictError: the thread is done.
        """
        body = {"message": message}
        return self._on_thread("reply_inbox_thread", thread_id, "reply", body, owner_agent, idempotency_key, trace_id)

    def delegate_inbox_thread(
        self,
        thread_id: str,
        payload: Mapping[str, Any],
        *,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Hand a thread to somebody else. ``POST /v1/inbox/{thread_id}/delegate``

        Args:
            payload: ``{"delegate_to": address, "note": …}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
            AxmeConflictError: the thread is done.
        """
        return self._on_thread(
            "delegate_inbox_thread", thread_id, "delegate", payload, owner_agent, idempotency_key, trace_id
        )

    def approve_inbox_thread(
        self,
        thread_id: str,
        payload: Mapping[str, Any],
        *,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Approve what a thread asks. ``POST /v1/inbox/{thread_id}/approve``

        Args:
            payload: ``{"comment": …}`` (or ``note``), or empty.

        Raises:
            AxmeNotFoundError: there is none with this id.
            AxmeConflictError: it was decided before.
        """
        return self._on_thread(
            "approve_inbox_thread", thread_id, "approve", payload, owner_agent, idempotency_key, trace_id
        )

    def reject_inbox_thread(
        self,
        thread_id: str,
        payload: Mapping[str, Any],
        *,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Reject what a thread asks. ``POST /v1/inbox/{thread_id}/reject``; as :meth:`approve_inbox_thread`."""
        return self._on_thread(
            "reject_inbox_thread", thread_id, "reject", payload, owner_agent, idempotency_key, trace_id
        )

    def delete_inbox_messages(
        self,
        thread_id: str,
        payload: Mapping[str, Any],
        *,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Delete messages of a thread. ``POST /v1/inbox/{thread_id}/messages/delete``

        Args:
            payload: ``mode`` (``self`` or ``both``), and ``message_ids`` or ``limit``.

        Returns:
            ``{"ok": True, "thread": {…}, "mode": …, "deleted_count": …, "message_ids": […]}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self._on_thread(
            "delete_inbox_messages", thread_id, "messages/delete", payload, owner_agent, idempotency_key, trace_id
        )

    def _on_thread(
        self,
        operation: str,
        thread_id: str,
        verb: str,
        body: Any,
        owner_agent: str | None,
        idempotency_key: str | None,
        trace_id: str | None,
    ) -> dict[str, Any]:
        return self._call(
            operation,
            "POST",
            f"/v1/inbox/{{}}/{verb}",
            thread_id,
            query={"owner_agent": self._owner(owner_agent)},
            json=body,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
