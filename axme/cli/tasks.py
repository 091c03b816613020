"""``tasks``: list, show, approve, reject, submit."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import click

from axme.cli import show
from axme.cli.finding import found, is_full, shown
from axme.cli.session import Session, as_json_option, session
from axme.contract.human_tasks import NO, YES
from axme.display.text import age
from axme.resources.intent import Intent
from axme.resources.tasks import HumanTask

_comment_option = click.option("--comment", metavar="TEXT", help="Kept with the answer.")


@click.group()
def tasks() -> None:
    """See what waits for people, and answer it.

    TASK is the id of its intent, or the end of it as `list` shows it.
    """


@tasks.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), help="At most so many.")
@as_json_option
@session
def list_tasks(session: Session, limit: int | None, as_json: bool) -> None:
    """The open tasks, the oldest first."""
    page = session.client.tasks.list(limit=limit)
    if as_json:
        show.as_json([task.raw for task in page])
        return
    now = datetime.now(UTC)
    show.table(
        ["task", "asked", "answers", "by", "since", "due"],
        (_row(task, now) for task in page),
        none="nobody is asked anything",
    )


@tasks.command("show")
@click.argument("task")
@as_json_option
@session
def show_task(session: Session, task: str, as_json: bool) -> None:
    """What is asked, and how it can be answered."""
    one = _found(session, task).refresh()
    if as_json:
        show.as_json(one.raw)
        return
    show.facts(
        one.title,
        [
            ("task", one.id),
            ("type", one.task_type),
            ("asked by", one.from_agent),
            ("description", one.description),
            ("answers", ", ".join(one.allowed_outcomes) or "anything"),
            ("who", _who(one)),
            ("due", show.when(one.due_at)),
        ],
    )
    rows = [(field.name, field.type, "yes" if field.required else "", field.title) for field in one.form_fields]
    if rows:
        show.say("")
        show.table(["field", "type", "required", "title"], rows, none="")


@tasks.command()
@click.argument("task")
@_comment_option
@as_json_option
@session
def approve(session: Session, task: str, comment: str | None, as_json: bool) -> None:
    """Say yes: the first of its answers."""
    _told(_found(session, task).intent.decide(YES, comment=comment), as_json)


@tasks.command()
@click.argument("task")
@_comment_option
@as_json_option
@session
def reject(session: Session, task: str, comment: str | None, as_json: bool) -> None:
    """Say no: the last of its answers. The intent will not complete."""
    _told(_found(session, task).intent.decide(NO, comment=comment), as_json)


@tasks.command()
@click.argument("task")
@click.argument("outcome", required=False)
@click.option("--field", "fields", multiple=True, metavar="NAME=VALUE", help="A field of the form; may be repeated.")
@click.option("--data", metavar="JSON", help="All fields at once; - reads them from standard input.")
@_comment_option
@as_json_option
@session
def submit(
    session: Session,
    task: str,
    outcome: str | None,
    fields: tuple[str, ...],
    data: str | None,
    comment: str | None,
    as_json: bool,
) -> None:
    """Give any answer the task allows, or fill in its form.

    \b
    tasks submit 3f2a91bc changes_requested --comment "Shorter, please."
    tasks submit 3f2a91bc --field city=Berlin --field crates=3
    """
    one = _found(session, task).refresh()
    filled = {**_document(data), **_typed(one, fields)}
    _told(one.submit(outcome, comment=comment, data=filled or None), as_json)


def _found(session: Session, typed: str) -> HumanTask:
    if is_full(typed):
        return session.client.tasks.handle(typed)
    return session.client.tasks.handle(found(typed, (one.id for one in session.client.tasks.list()), what="open tasks"))


def _row(task: HumanTask, now: datetime) -> list[object]:
    return [
        shown(task.id),
        task.title,
        " ".join(task.allowed_outcomes),
        task.from_agent.rpartition("/")[2],
        age(now - task.assigned_at) if task.assigned_at else "",
        f"{task.due_at:%Y-%m-%d %H:%M}" if task.due_at else "",
    ]


def _who(task: HumanTask) -> str:
    return ", ".join(task.assignees) or str(task.spec.get("notify_email") or "anybody")


def _document(data: str | None) -> dict[str, Any]:
    if data is None:
        return {}
    try:
        read = json.loads(sys.stdin.read() if data == "-" else data)
    except ValueError as error:
        raise click.BadParameter(f"this is no JSON: {error}", param_hint="--data") from None
    if not isinstance(read, dict):
        raise click.BadParameter('the fields must be a JSON object, such as {"city": "Berlin"}', param_hint="--data")
    return read


def _typed(task: HumanTask, fields: Iterable[str]) -> dict[str, Any]:
    """Fields as the form wants them: text where it asks for text, JSON where it asks for anything else."""
    kinds: Mapping[str, str] = {field.name: field.type for field in task.form_fields}
    filled: dict[str, Any] = {}
    for given in fields:
        name, equals, value = given.partition("=")
        if not (name and equals):
            raise click.BadParameter(f"give NAME=VALUE, not {given!r}", param_hint="--field")
        filled[name] = value
        if kinds.get(name, "string") != "string":
            try:
                filled[name] = json.loads(value)
            except ValueError:
                raise click.BadParameter(
                    f"{name} is of type {kinds[name]}: {value!r} is not", param_hint="--field"
                ) from None
    return filled


def _told(intent: Intent, as_json: bool) -> None:
    if as_json:
        show.as_json(intent.raw)
        return
    decision = intent.decision
    show.say(f"{decision.outcome if decision else 'answered'}: intent {intent.id} is {intent.status}")
