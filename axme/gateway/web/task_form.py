"""The form of a task: the fields it asks for, a comment, evidence, and the outcomes as buttons. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from axme.contract import human_tasks
from axme.gateway.web import answers, rows
from axme.gateway.web.answers import FORM, Reading, Typed
from axme.gateway.web.controls import Control, controls, with_faults
from axme.gateway.web.faults import faults_of
from axme.gateway.web.fields import Kind, read_form
from axme.gateway.web.words import saying

COMMENT, EVIDENCE, OUTCOME = "comment", "evidence", "outcome"
#: What is offered where a task takes any word for an answer.
_ANYTHING = ("completed", "declined")
_CHOOSE = "Choose one of the buttons at the end to answer."
_MISSING = "Please fill this in."
_WHAT_IS_EVIDENCE = "What shows that it is done: a link, a number, what you saw."


class Button(NamedTuple):
    """One outcome to choose."""

    outcome: str
    label: str
    look: str


class Problem(NamedTuple):
    """One line of the list of errors; ``to`` is the id of the control it is about."""

    text: str
    title: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """What the page shows of the form: controls with values and errors, and the errors once more in a list."""

    controls: tuple[Control, ...]
    errors: tuple[Problem, ...]
    buttons: tuple[Button, ...]

    def context(self) -> dict[str, Any]:
        """What ``_task.html`` shows."""
        return {"controls": self.controls, "errors": self.errors, "buttons": self.buttons}


class Taken(NamedTuple):
    """What a form that was sent comes to: an answer; or the form again, with faults or a row more or less."""

    result: dict[str, Any] | None
    faults: dict[str, str]
    focus: str = ""


class TaskForm:
    """The form of one task."""

    def __init__(self, task: dict[str, Any]) -> None:
        self._task = task
        self._schema: dict[str, Any] | None = task.get("form_schema")
        self._form = read_form(self._schema) if self._schema is not None else None

    def fresh(self) -> Typed:
        """What it holds when it is opened."""
        return answers.defaults(self._form) if self._form else {}

    def change_rows(self, typed: Typed, wish: str) -> str | None:
        """Add or remove a row, as a button asks; returns the name of the control to go on with."""
        return rows.change(self._form, typed, wish) if self._form else None

    def buttons(self) -> tuple[Button, ...]:
        """The outcomes, in the task's own order; the first that agrees stands out."""
        outcomes = human_tasks.offered_outcomes(self._task) or _ANYTHING
        refusing = {outcome for outcome in outcomes if human_tasks.is_negative(outcome)}
        first = next((outcome for outcome in outcomes if outcome not in refusing), None)
        return tuple(
            Button(o, saying(o).do, "no" if o in refusing else "first" if o == first else "other") for o in outcomes
        )

    def take(self, typed: Typed) -> Taken:
        """Do what the button asks that the form was sent with."""
        outcome = (typed.get(OUTCOME) or [""])[0]
        if not outcome:
            # A button of a row, or the enter key in a field, which must not decide anything.
            focus = self.change_rows(typed, (typed.get("do") or [""])[0])
            return Taken(None, {} if focus else {OUTCOME: _CHOOSE}, focus or "")
        result, faults = self.answer(typed, outcome)
        return Taken(None if faults else result, faults)

    def answer(self, typed: Typed, outcome: str) -> tuple[dict[str, Any], dict[str, str]]:
        """The ``task_result`` that was typed, and what is wrong with it by the name of the control."""
        result: dict[str, Any] = {OUTCOME: outcome}
        reading = Reading()
        # Who declines is not asked to fill in the form, so it is not read either.
        if self._form is not None and self._schema is not None and not self._refuses(outcome):
            reading = answers.read(self._form, typed)
            reading.faults = faults_of(self._form, self._schema, reading)
            result["data"] = reading.data
        comment, evidence = (_said(typed, name) for name in (COMMENT, EVIDENCE))
        if comment:
            result[COMMENT] = comment
        elif self._needs_comment:
            reading.faults[COMMENT] = _MISSING
        if evidence:
            # Beside the form's own fields, which may be all that it takes.
            result |= {"data": {EVIDENCE: evidence}} if self._form is None else {EVIDENCE: evidence}
        elif self._needs_evidence and outcome != "failed":
            reading.faults[EVIDENCE] = _MISSING
        return result, reading.faults

    def filled(self, typed: Typed, faults: dict[str, str], focus: str = "") -> Filled:
        """The form with what was typed into it."""
        shown = controls(self._form, typed, faults, focus) if self._form else ()
        if self._needs_evidence:
            shown += (_own(EVIDENCE, "Evidence", _WHAT_IS_EVIDENCE, typed, faults, required=True),)
        about = "" if self._needs_comment else "Kept with the decision."
        shown += (_own(COMMENT, "Comment", about, typed, faults, required=self._needs_comment),)
        errors = [Problem(control.error or "", control.title, control.first) for control in with_faults(shown)]
        told = {control.name for control in with_faults(shown)}
        errors += [
            Problem(text, to=name if name == OUTCOME else "") for name, text in faults.items() if name not in told
        ]
        return Filled(shown, tuple(errors), self.buttons())

    def _refuses(self, outcome: str) -> bool:
        return human_tasks.is_negative(outcome)

    @property
    def _needs_comment(self) -> bool:
        return bool(self._task.get("required_comment")) or human_tasks.task_type(self._task).needs_comment

    @property
    def _needs_evidence(self) -> bool:
        return bool(self._task.get("evidence_required")) or human_tasks.task_type(self._task).needs_evidence


def title_of(task: dict[str, Any], intent_type: str) -> str:
    """What a task is called."""
    return str(task.get("title") or human_tasks.default_title(task, intent_type))


def field_of(place: str) -> str:
    """The name of the control for the part of a ``task_result`` that a refusal names."""
    part = place.removeprefix("task_result.")
    return EVIDENCE if part == "data.evidence" else part if part in (COMMENT, EVIDENCE) else FORM


def _said(typed: Typed, name: str) -> str:
    return (typed.get(name) or [""])[0].replace("\r\n", "\n").strip()


def _own(name: str, title: str, about: str, typed: Typed, faults: dict[str, str], *, required: bool) -> Control:
    return Control(
        id=name,
        name=name,
        kind=Kind.LONG,
        title=title,
        about=about,
        hint="",
        required=required,
        error=faults.get(name),
        value=(typed.get(name) or [""])[0],
    )
