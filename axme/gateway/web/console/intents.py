"""Intents: the list with its filters, and one with its timeline, which goes on by itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from axme.contract.statuses import IntentStatus
from axme.gateway.routes.intents import follow
from axme.gateway.web.answers import Typed
from axme.gateway.web.console.room import Room, first, given, operation, showing, taking
from axme.gateway.web.html import Answer
from axme.gateway.web.layer import Live, Page
from axme.gateway.web.payload import shown
from axme.gateway.web.task_form import title_of

PAGE_ROWS = 50
#: What an intent is sent without when there is none.
_PERHAPS = ("handler", "waiting_reason", "pending_with", "deadline_at", "next_reminder_at")
_FILTERS = ("status", "intent_type", "agent", "text")
#: Shorter than a stream of the API may be: a session that has ended is noticed when it is opened again.
_FOLLOW_SECONDS = 60
_STATUSES = (("pending", "Not begun"), *((status.value, status.value) for status in IntentStatus))


async def show_all(room: Room) -> Answer:
    """The newest intents, or those that were looked for."""
    wanted = {name: room.query[name] for name in (*_FILTERS, "before") if name in room.query}
    found = (await room.ask("list_intents", query=wanted | {"limit": PAGE_ROWS + 1}))["intents"]
    filters = {name: wanted.get(name, "") for name in _FILTERS}
    older = ""
    if len(found) > PAGE_ROWS:
        older = urlencode(given(**filters) | {"before": found[PAGE_ROWS - 1]["intent_id"]})
    return room.page(
        "intents",
        "Intents",
        intents=[intent | {"title": _title(intent)} for intent in found[:PAGE_ROWS]],
        filters=filters,
        statuses=_STATUSES,
        older=older,
        newest=urlencode(given(**filters)) if "before" in wanted else None,
        filtered=any(filters.values()),
    )


async def show(room: Room) -> Answer:
    """One intent: what it is, what happened, and what can be done about it."""
    which = {"intent_id": room.visit.params["intent_id"]}
    intent = dict.fromkeys(_PERHAPS) | (await room.ask("get_intent", which))["intent"]
    events = (await room.ask("list_intent_events", which))["events"]
    terminal = IntentStatus(intent["status"]).is_terminal
    return room.page(
        "intent",
        _title(intent),
        intent=intent,
        events=[event | {"told": _told(event)} for event in events],
        terminal=terminal,
        to_decide=intent.get("waiting_reason") == "WAITING_FOR_HUMAN" and "human_task" in intent and not terminal,
        payload=shown(intent["payload"]) if intent["payload"] else None,
        outcome=_outcome(intent),
    )


async def take(room: Room, typed: Typed) -> Answer:
    """Cancel it."""
    intent_id = room.visit.params["intent_id"]
    reason = first(typed, "reason") or "canceled in the console"
    await room.ask("resolve_intent", {"intent_id": intent_id}, body={"status": "CANCELED", "reason": reason})
    return room.back(intent_id, "canceled")


async def events(room: Room) -> Live:
    """What happens to it from now on, for the script of its page."""
    query = {"since": room.query.get("since", "0"), "wait_seconds": _FOLLOW_SECONDS}
    asked = await room.asked(operation("stream_intent_events"), room.visit.params, query)
    return Live(follow(room.visit.services, asked), asked)


def _title(intent: dict[str, Any]) -> str:
    task = intent.get("human_task")
    return title_of(task, intent["intent_type"]) if task else str(intent["intent_type"])


def _told(event: dict[str, Any]) -> Any:
    """What an event says beyond its name."""
    told = {name: value for name, value in event["details"].items() if value not in (None, "", [], {})}
    return shown(told) if told else None


def _outcome(intent: dict[str, Any]) -> Any:
    """How it ended."""
    found = {name: intent[name] for name in ("reason", "error", "result") if intent.get(name)}
    return shown(found) if found else None


PAGES = (
    Page(path="/console/intents", name="intents", show=showing(show_all)),
    Page(path="/console/intents/{intent_id}", name="intent", show=showing(show), take=taking(take)),
    Page(path="/console/intents/{intent_id}/events", name="events of an intent", show=showing(events)),
)
