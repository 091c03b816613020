"""Open human tasks (contract 3.3)."""

from __future__ import annotations

from typing import Any

from axme.wire._base import WireCalls


class TaskCalls(WireCalls):
    """The flat calls about human tasks."""

    def list_my_tasks(
        self, *, status: str | None = None, limit: int | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """The tasks that wait for a person. ``GET /v1/me/tasks``

        With an actor token these are the actor's own; with a key alone, all of the workspace.

        Args:
            status: ``pending``, which is what all of them are.
            limit: at most so many.

        Returns:
            ``{"ok": True, "tasks": [{"intent_id": …, "human_task": {…}, …}]}``, the oldest first.
        """
        query = {"status": status, "limit": limit}
        return self._call("list_my_tasks", "GET", "/v1/me/tasks", query=query, trace_id=trace_id)
