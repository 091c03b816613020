"""Tasks: what waits for a person in this workspace, and the same form as on the page that a link leads to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axme.contract import human_tasks
from axme.contract.codes import INTENT_PAUSED, INVALID_TRANSITION, VALIDATION_ERROR
from axme.gateway.errors import GatewayError
from axme.gateway.web.answers import Typed
from axme.gateway.web.console.room import Room, showing, taking
from axme.gateway.web.html import Answer, Html, SeeOther
from axme.gateway.web.layer import Page
from axme.gateway.web.payload import shown
from axme.gateway.web.task_form import OUTCOME, TaskForm, field_of, title_of
from axme.gateway.web.words import in_words, who

_DECIDE = "resume_intent"
_WAITS_FOR_A_PERSON = "WAITING_FOR_HUMAN"


async def show_all(room: Room) -> Answer:
    """The open tasks, the oldest first."""
    found = (await room.ask("list_my_tasks"))["tasks"]
    tasks = [
        task
        | {
            "title": title_of(task["human_task"], task["intent_type"]),
            "kind": in_words(human_tasks.task_type(task["human_task"]).name),
        }
        for task in found
    ]
    return room.page("tasks", "Tasks", tasks=tasks)


async def show(room: Room) -> Answer:
    """One task with its form, for those who may decide it."""
    if not room.may(_DECIDE):
        return SeeOther(f"../intents/{room.visit.params['intent_id']}")
    intent = await _find(room)
    form = TaskForm(intent["human_task"])
    return _page(room, intent, form, form.fresh(), {})


async def take(room: Room, typed: Typed) -> Answer:
    """Rows to add or remove, or the decision."""
    intent = await _find(room)
    form = TaskForm(intent["human_task"])
    taken = form.take(typed)
    if taken.result is None:
        return _page(room, intent, form, typed, taken.faults, focus=taken.focus)
    intent_id = intent["intent_id"]
    try:
        await room.ask(_DECIDE, {"intent_id": intent_id}, body={"task_result": taken.result})
    except GatewayError as error:
        if error.code not in (VALIDATION_ERROR, INTENT_PAUSED):
            raise
        place = str((error.details or {}).get("field", ""))
        where = field_of(place) if error.code is VALIDATION_ERROR else OUTCOME
        return _page(room, intent, form, typed, {where: error.message})
    return room.back(f"../intents/{intent_id}", "decided")


async def _find(room: Room) -> dict[str, Any]:
    intent: dict[str, Any] = (await room.ask("get_intent", room.visit.params))["intent"]
    if intent.get("waiting_reason") != _WAITS_FOR_A_PERSON or "human_task" not in intent:
        raise GatewayError(INVALID_TRANSITION, f"this intent is {intent['status']} and waits for nobody's decision")
    return intent


def _page(
    room: Room, intent: dict[str, Any], form: TaskForm, typed: Typed, faults: dict[str, str], *, focus: str = ""
) -> Html:
    task = intent["human_task"]
    filled = form.filled(typed, faults, focus)
    due = intent.get("deadline_at")
    return room.page(
        "task",
        title_of(task, intent["intent_type"]),
        422 if filled.errors else 200,
        task_title=title_of(task, intent["intent_type"]),
        kind=in_words(human_tasks.task_type(task).name),
        description=task.get("description"),
        asker=who(intent["from_agent"]),
        recipient=", ".join(task.get("assignees") or []) or (intent.get("pending_with") or {}).get("ref") or "anybody",
        due=datetime.fromisoformat(due) if due else None,
        details=shown(intent["payload"]) if intent["payload"] else None,
        intent=intent,
        **filled.context(),
    )


PAGES = (
    Page(path="/console/tasks", name="tasks", show=showing(show_all)),
    Page(path="/console/tasks/{intent_id}", name="task", show=showing(show), take=taking(take)),
)
