"""What waits for people (contract 3.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axme.contract.clock import to_text
from axme.contract.limits import LIST_LIMIT
from axme.contract.statuses import IntentStatus
from axme.gateway.actions.people import names_of
from axme.gateway.auth.identity import Identity
from axme.gateway.lifecycle.human import asks
from axme.gateway.store.columns import from_json
from axme.gateway.store.queries import tasks
from axme.gateway.store.tx import Row, Tx

_PAGE = LIST_LIMIT[1]
_SHOWN = (
    "title", "description", "task_type", "allowed_outcomes", "required_comment", "assignees", "evidence_required",
    "form_schema",
)  # fmt: skip


def list_tasks(tx: Tx, who: Identity, *, limit: int) -> dict[str, Any]:
    """The open tasks of the caller's workspace, the oldest first. ``GET /v1/me/tasks``

    A person sees what is assigned to that very person, and what is assigned to nobody in particular.
    """
    names = None if who.actor_id is None else names_of(tx, who)
    found: list[dict[str, Any]] = []
    for row in _open(tx, who, page=limit if names is None else _PAGE):
        task = from_json(row["human_task"]) or {}
        if names is None or asks(task, from_json(row["pending_with"]), names):
            found.append(_task(row, task))
        if len(found) == limit:
            break
    return {"ok": True, "tasks": found}


def _open(tx: Tx, who: Identity, *, page: int) -> Iterator[Row]:
    """All open tasks of a workspace, read page by page."""
    sought = {"org_id": who.org_id, "workspace_id": who.workspace_id, "scope": who.scope, "limit": page}
    after: Row = {"created_at": -1, "intent_id": ""}
    while True:
        rows = tx.run(tasks.OPEN, sought | {"after_at": after["created_at"], "after_id": after["intent_id"]})
        yield from rows
        if len(rows) < page:
            return
        after = rows[-1]


def _task(row: Row, task: dict[str, Any]) -> dict[str, Any]:
    due = {} if row["deadline_at"] is None else {"due_at": to_text(row["deadline_at"])}
    return {
        "intent_id": row["intent_id"],
        "intent_type": row["intent_type"],
        "status": IntentStatus.WAITING.value,
        "from_agent": row["from_agent"],
        "assigned_at": to_text(row["assigned_at"] or row["created_at"]),
        **due,
        "human_task": {name: task[name] for name in _SHOWN if name in task},
    }
