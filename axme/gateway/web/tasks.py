"""The page of a task: what is asked, and the answer of the one person its link was made for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axme.contract import human_tasks
from axme.contract.clock import from_micros
from axme.contract.codes import INTENT_PAUSED, RATE_LIMITED, VALIDATION_ERROR
from axme.gateway.actions import links, task_pages
from axme.gateway.actions.links import Found
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.links import Answered, Link, LinkState, expiry
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.web import guard
from axme.gateway.web.answers import Typed
from axme.gateway.web.html import Answer, Html, SeeOther, notice
from axme.gateway.web.layer import Page, Visit
from axme.gateway.web.payload import shown
from axme.gateway.web.task_form import OUTCOME, TaskForm, field_of, title_of
from axme.gateway.web.words import away, in_words, on_the_clock, saying, who

_ON_HOLD = "This request is on hold, so nothing was decided. Please try again later."
_NOTHING_MORE = "There is nothing more to do here."


async def show(visit: Visit) -> Answer:
    """What the link leads to. Opening it decides nothing: mail scanners open links."""
    token = visit.params["token"]
    found = await visit.services.store.read(lambda tx: links.open(tx, token))
    if found.state is not LinkState.OPEN or found.link is None or found.intent is None:
        return _closed(visit, found)
    form = TaskForm(found.intent.human_task or {})
    return _task(visit, found.link, found.intent, form, form.fresh(), {})


async def take(visit: Visit) -> Answer:
    """A form that was sent: rows to add or remove, or the decision."""
    token = visit.params["token"]
    found = await visit.services.store.read(lambda tx: links.open(tx, token))
    if found.link is None or found.intent is None:
        return _closed(visit, found)
    typed = await visit.form(token)
    if found.state is not LinkState.OPEN:
        return _closed(visit, found, late=True)
    form = TaskForm(found.intent.human_task or {})
    taken = form.take(typed)
    if taken.result is None:
        return _task(visit, found.link, found.intent, form, typed, taken.faults, focus=taken.focus)
    return await _decide(visit, form, typed, taken.result)


async def _decide(visit: Visit, form: TaskForm, typed: Typed, result: dict[str, Any]) -> Answer:
    token, request_id = visit.params["token"], visit.request.request_id
    try:
        found = await visit.services.store.write(lambda tx: task_pages.decide(tx, token, result, request_id=request_id))
    except GatewayError as error:
        if error.code not in (VALIDATION_ERROR, INTENT_PAUSED):
            raise
        found = await visit.services.store.read(lambda tx: links.open(tx, token))
        if found.state is not LinkState.OPEN or found.link is None or found.intent is None:
            return _closed(visit, found, late=True)
        if error.code is INTENT_PAUSED:
            return _task(visit, found.link, found.intent, form, typed, {OUTCOME: _ON_HOLD})
        place = str((error.details or {}).get("field", ""))
        return _task(visit, found.link, found.intent, form, typed, {field_of(place): error.message})
    return SeeOther(token) if found.state is LinkState.OPEN else _closed(visit, found, late=True)


def _task(
    visit: Visit,
    link: Link,
    intent: IntentRecord,
    form: TaskForm,
    typed: Typed,
    faults: dict[str, str],
    *,
    focus: str = "",
) -> Html:
    filled = form.filled(typed, faults, focus)
    context = filled.context() | {
        "task_title": title_of(intent.human_task or {}, intent.intent_type),
        "kind": in_words(human_tasks.task_type(intent.human_task or {}).name),
        "description": (intent.human_task or {}).get("description"),
        "asker": who(intent.from_agent),
        "recipient": link.recipient,
        "due": None if intent.deadline_at is None else from_micros(intent.deadline_at),
        "now": visit.services.clock.now(),
        "details": shown(intent.payload) if intent.payload else None,
        "form_token": guard.form_token(visit.params["token"]),
    }
    return Html("task.html", context, 422 if filled.errors else 200)


def _closed(visit: Visit, found: Found, *, late: bool = False) -> Answer:
    """The page of a link that is open no more; nothing of the task is told unless it was decided."""
    status = 409 if late else 200
    now = visit.services.clock.now()
    match found.state:
        case LinkState.DECIDED if found.answered and found.link and found.intent:
            return _done(found.link, found.intent, found.answered, now, late)
        case LinkState.REVOKED:
            return notice(
                "This link was withdrawn", "Whoever sent it has made it useless. Ask them if you expected to be asked.",
                sign="no", status=410,
            )  # fmt: skip
        case LinkState.ENDED:
            return notice("This request has ended", _ended(found.intent), _NOTHING_MORE, sign="time", status=status)
        case LinkState.SUPERSEDED if found.intent and not found.intent.waits_for_human:
            return notice(
                "This is no longer asked", "It went on without an answer.", _NOTHING_MORE, sign="time", status=410
            )
        case LinkState.SUPERSEDED:
            return notice(
                "This was asked anew", "There is a newer message about this request: use the link in that one.",
                sign="time", status=410,
            )  # fmt: skip
        case LinkState.EXPIRED:
            return notice("This link has expired", _expired(found, now), sign="time", status=410)
    return _unknown(visit)


def _unknown(visit: Visit) -> Answer:
    # A miss costs, a real link never does: the tokens are too long to be guessed at any speed, and one who tries must
    # not keep others out who come through the same proxy.
    visit.refused("task_link")
    try:
        visit.services.guesses.take(visit.request.source, "tasks")
    except GatewayError as error:
        raise GatewayError(
            RATE_LIMITED, "too many links were tried that lead nowhere: wait a minute", headers=error.headers
        ) from None
    return notice(
        "This link leads nowhere", "Perhaps it was cut in two: copy all of it from the message into the address line.",
        sign="no", status=404,
    )  # fmt: skip


def _done(link: Link, intent: IntentRecord, answered: Answered, now: datetime, late: bool) -> Html:
    own = answered.by == link.recipient
    words = saying(answered.outcome).done
    at = from_micros(answered.at)
    result = (intent.result or {}).get("task_result") if intent.decided_at == answered.at else None
    refuses = human_tasks.is_negative(answered.outcome)
    if late:
        heading, sentence = "Already decided", f"What you just sent was not used: {answered.by} decided first."
        if own:
            sentence = "What you just sent was not used: you decided before, and a decision stands."
    elif own:
        heading, sentence = words, "Your decision was recorded. Thank you."
    else:
        heading, sentence = "Already decided", f"{answered.by} has decided this. {_NOTHING_MORE}"
    context = {
        "heading": heading,
        "sentence": sentence,
        "sign": "note" if late or not own else "no" if refuses else "yes",
        "task_title": title_of(intent.human_task or {}, intent.intent_type),
        "outcome": words,
        "by": answered.by,
        "at": at,
        "now": now,
        "comment": (result or {}).get("comment"),
    }
    return Html("done.html", context, 409 if late else 200)


def _ended(intent: IntentRecord | None) -> str:
    at = f" on {on_the_clock(from_micros(intent.updated_at))}" if intent else ""
    return f"It was answered elsewhere, called off, or its time ran out{at}."


def _expired(found: Found, now: datetime) -> str:
    if found.link is None or found.intent is None:
        return _NOTHING_MORE
    at = from_micros(expiry(found.link, found.intent.deadline_at))
    return f"It was good until {on_the_clock(at)}, {away(at, now)}. Ask whoever sent it for a new one."


PAGES = (Page(path="/tasks/{token}", name="task", show=show, take=take),)
