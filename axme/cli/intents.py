"""``intents``: list, show, explain, attempts, watch, cancel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from axme.cli import show, watching
from axme.cli.exits import ENDINGS, Exit
from axme.cli.finding import found, is_full, shown
from axme.cli.session import Session, as_json_option, limit_option, session
from axme.contract.limits import LIST_LIMIT
from axme.contract.statuses import IntentStatus
from axme.display.story import moments, since
from axme.display.text import age
from axme.display.values import moment
from axme.exceptions import AxmeError, AxmeTimeoutError
from axme.resources.attempts import WorkAttempt
from axme.resources.intent import Intent

_STATUSES = click.Choice(["pending", *(status.value for status in IntentStatus)], case_sensitive=False)


@click.group()
def intents() -> None:
    """Find intents, follow them, end them.

    INTENT is an id, or the end of one as `list` shows it.
    """


@intents.command("list")
@click.option("--status", type=_STATUSES, multiple=True, help="Only these; pending: nobody works on it yet.")
@click.option("--type", "intent_type", metavar="TYPE", help="Only of this type.")
@click.option("--to", metavar="AGENT", help="Only those sent to this agent.")
@limit_option
@click.option("-q", "--quiet", is_flag=True, help="Ids alone, in full, one a line.")
@as_json_option
@session
def list_intents(
    session: Session,
    status: tuple[str, ...],
    intent_type: str | None,
    to: str | None,
    limit: int,
    quiet: bool,
    as_json: bool,
) -> None:
    """The newest intents."""
    page = session.client.intents.list(status=status or None, intent_type=intent_type, to=to, limit=limit)
    if as_json:
        show.as_json([intent.raw for intent in page])
    elif quiet:
        for intent in page:
            print(intent.id)
    else:
        now = datetime.now(UTC)
        titles = ["intent", "status", "type", "to", "waits for", "created"]
        show.table(titles, (_row(intent, now) for intent in page), none="no intents")


@intents.command("show")
@click.argument("intent")
@as_json_option
@session
def show_intent(session: Session, intent: str, as_json: bool) -> None:
    """One intent, and what happened to it."""
    one = _found(session, intent).refresh()
    events = one.events()
    if as_json:
        show.as_json({"intent": one.raw, "events": [event.raw for event in events]})
        return
    show.facts(one.id, _facts(one))
    rows = [(since(event.after), event.what, event.status, event.about) for event in moments(e.raw for e in events)]
    show.say("")
    show.table(["when", "event", "status", "about"], rows, none="no events")


@intents.command("explain")
@click.argument("intent")
@as_json_option
@session
def explain_intent(session: Session, intent: str, as_json: bool) -> None:
    """Why it waits, on whom, and what moves it."""
    explanation = _found(session, intent).explain()
    if as_json:
        show.as_json(explanation.to_dict())
    else:
        for line in str(explanation).splitlines():
            show.say(line)


@intents.command("attempts")
@click.argument("intent")
@as_json_option
@session
def show_attempts(session: Session, intent: str, as_json: bool) -> None:
    """What its workers have tried."""
    tried = _found(session, intent).attempts()
    if as_json:
        show.as_json([one.raw for one in tried])
        return
    titles = ["attempt", "worker", "began", "ended", "outcome", "error"]
    show.table(titles, (_tried(one) for one in tried), none="no worker has taken it")


@intents.command("watch")
@click.argument("intent")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="Give up after so long.")
@click.option("--json", "as_json", is_flag=True, help="Print each event as JSON on a line of its own.")
@session
@click.pass_context
def watch_intent(context: click.Context, session: Session, intent: str, timeout: float | None, as_json: bool) -> None:
    """Its events as they happen, up to its end, which is the exit code."""
    one = _found(session, intent)
    try:
        watching.follow(one, timeout=timeout, as_json=as_json)
    except AxmeTimeoutError:
        click.echo(f"axme: still {one.status} after {timeout:g} s; it goes on", err=True)
        context.exit(Exit.STILL_OPEN)
    context.exit(ENDINGS[one.refresh().status])


@intents.command("cancel")
@click.argument("intents", nargs=-1, required=True, metavar="INTENT...")
@click.option("--reason", metavar="TEXT", help="Why; it is kept with the intent.")
@as_json_option
@session
@click.pass_context
def cancel_intents(
    context: click.Context, session: Session, intents: tuple[str, ...], reason: str | None, as_json: bool
) -> None:
    """End intents for good; the others go on if one cannot be."""
    ended, last = [], None
    for typed in intents:
        try:
            one = _found(session, typed)
            ended.append(one.cancel(reason) if reason else one.cancel())
        except AxmeError as error:
            if len(intents) == 1:
                raise
            last = error
            click.echo(f"axme: {typed}: {error}", err=True)
        else:
            if not as_json:
                show.say(f"canceled {one.id}")
    if as_json:
        show.as_json([one.raw for one in ended])
    if last:
        context.exit(Exit.FAILED)


def _found(session: Session, typed: str) -> Intent:
    if is_full(typed):
        return session.client.intents.handle(typed)
    newest = session.client.intents.list(limit=LIST_LIMIT[1])
    return session.client.intents.handle(found(typed, (one.id for one in newest), what="newest intents"))


def _row(intent: Intent, now: datetime) -> list[object]:
    to, waits = _name(intent.to_agent), _waits(intent)
    return [shown(intent.id), intent.status.value, intent.intent_type, to, waits, age(now - intent.created_at)]


def _waits(intent: Intent) -> str:
    holder = intent.raw.get("pending_with") if intent.status == "WAITING" else None
    return _name(str(holder.get("name") or holder.get("ref") or "")) if isinstance(holder, dict) else ""


def _name(address: str) -> str:
    """An agent by its own name; anybody else as they are called."""
    return address.rpartition("/")[2] if address.startswith("agent://") else address


def _facts(one: Intent) -> list[tuple[str, Any]]:
    known = one.raw
    return [
        ("type", one.intent_type),
        ("status", one.status.value),
        ("waits for", _waits(one)),
        ("asked", (one.human_task or {}).get("title")),
        ("from", one.from_agent),
        ("to", one.to_agent),
        ("created", show.when(one.created_at)),
        ("deadline", show.when(one.deadline_at)),
        ("reminder", show.when(one.next_reminder_at)),
        ("payload", show.compact(one.payload)),
        ("result", show.compact(known.get("result"))),
        ("error", show.compact(known.get("error"))),
        ("reason", known.get("reason")),
    ]


def _tried(one: WorkAttempt) -> tuple[str, ...]:
    error = one.error or {}
    ended = moment(one.ended_at) if one.ended_at else ""
    why = error.get("message") or error.get("code") or ""
    return (str(one.attempt), one.worker_id or "", moment(one.started_at), ended, one.outcome, str(why))
