"""What waits for people (contract 3.3)."""

from __future__ import annotations

from axme.contract.limits import LIST_LIMIT
from axme.contract.schemas import tasks as schemas
from axme.gateway.actions import tasks
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads
from axme.gateway.routes.query import Text, Whole
from axme.gateway.store import Tx

_STATUS = Text(name="status", about="What all of them are.", choices=("pending", "waiting", "WAITING", "open"))
_LIMIT = Whole(name="limit", about="How many at most.", low=LIST_LIMIT[0], high=LIST_LIMIT[1], default=LIST_LIMIT[1])


def list_tasks(tx: Tx, asked: Asked) -> Body:
    """The open tasks."""
    return tasks.list_tasks(tx, asked.who, limit=asked.query["limit"])


OPERATIONS = (
    Operation(
        methods=("GET",),
        path="/v1/me/tasks",
        name="list_my_tasks",
        about="List what waits for a person: an actor's own tasks, or all of the workspace.",
        access=Access.MACHINE,
        action=Reads(list_tasks),
        query=(_STATUS, _LIMIT),
        may=roles.TASK_READ,
        answer=schemas.TaskList,
    ),
)
