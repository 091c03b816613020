"""Human tasks: what waits for a person, and how a person answers (contract 3.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from axme.contract import human_tasks
from axme.exceptions import AxmeProtocolError, AxmeValueError
from axme.resources._arguments import given
from axme.resources.base import short
from axme.resources.collections import Collection, Page, page
from axme.resources.fields import field, optional
from axme.resources.intent import Intent
from axme.resources.links import Linked
from axme.resources.mails import Mailed
from axme.resources.task_forms import FormField, fields_of
from axme.resources.task_specs import TaskBuilders

if TYPE_CHECKING:
    from marshmallow import Schema

#: What each verb answers; the first that the task allows.
_VERBS = {
    "approve": ("approved", "override_approved"),
    "reject": ("rejected",),
    "confirm": ("confirmed",),
    "deny": ("denied",),
    "complete": ("completed",),
    "assign": ("assigned",),
    "decline": ("declined",),
    "submit": ("submitted", "provided"),
}
#: What is shown of what is asked.
_TOLD = ("title", "description", "task_type", "assignees", "allowed_outcomes", "notify_email")


class HumanTask(TaskBuilders, Linked, Mailed):
    """An intent that asks a person something; its id is the intent's.

    On the class: builders of what to ask, for ``client.intents.create(human_task=…)``. On an object: verbs to answer.
    Each verb answers for good and returns the intent. An outcome the task does not allow is refused before anything is
    sent, with the ones it allows.

    Example:
        >>> axme.HumanTask.approval("Approve the Q3 budget", notify="approver@example.com")
        <HumanTaskSpec approval 'Approve the Q3 budget'>
    """

    __slots__ = ()
    _ID = "intent_id"
    _KEY = "task"
    _COLUMNS = ("title", "task_type", "intent_type", "from_agent", "assignees", "assigned_at", "due_at")

    intent_type = field("intent_type", str)
    from_agent = field("from_agent", str)
    assigned_at = optional("assigned_at", datetime)
    due_at = optional("due_at", datetime)
    spec = field("human_task", dict[str, Any])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.tasks import Task as Shape

        return Shape

    @property
    def title(self) -> str:
        """What is asked, in a line."""
        return str(self.spec.get("title", ""))

    @property
    def description(self) -> str | None:
        """What is asked, in full."""
        return self.spec.get("description")

    @property
    def task_type(self) -> str:
        """``approval``, ``review``, ``form``, …"""
        return self._rules().name

    @property
    def allowed_outcomes(self) -> tuple[str, ...]:
        """What may be answered; empty where anything may."""
        self._rules()
        return human_tasks.allowed_outcomes(self.spec)

    @property
    def assignees(self) -> tuple[str, ...]:
        """Who may answer; empty where everybody may."""
        return tuple(self.spec.get("assignees") or ())

    @property
    def form_schema(self) -> dict[str, Any] | None:
        """The JSON Schema of the form to fill in, if there is one."""
        return self.spec.get("form_schema")

    @property
    def intent(self) -> Intent:
        """The intent that asks; costs no request."""
        return Intent(self._api, self.id)

    @property
    def form_fields(self) -> tuple[FormField, ...]:
        """The fields to fill in, with their types, defaults and choices; empty without a form."""
        return fields_of(self.form_schema)

    def submit(
        self,
        outcome: str | Mapping[str, Any] | None = None,
        *,
        comment: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Intent:
        """Answer with any outcome it allows, or with a form filled in. ``POST /v1/intents/{intent_id}/resume``

        Args:
            outcome: what is answered; ``submitted`` or ``provided`` where that is what the task waits for. The fields
                of a form may stand here in place of ``data``.
            comment: required by clarifications and overrides, and where the task says so.
            data: the fields of a form, or ``{"evidence": …}``.

        Returns:
            The intent, as the answer left it.

        Raises:
            AxmeValueError: the task does not allow the outcome; nothing was sent.
            AxmeValidationError: a comment, evidence or a field is missing.
            AxmeAlreadyDecidedError: it was answered before; the error says by whom.
            AxmeConflictError: nobody is asked any more.

        Example:
            >>> task.submit("changes_requested", comment="Shorter, please.")  # doctest: +SKIP
            >>> task.submit({"city": "Berlin"})  # doctest: +SKIP
        """
        if isinstance(outcome, Mapping):
            if data is not None:
                raise AxmeValueError("submit() got the fields twice: give them as the first argument or as data=")
            outcome, data = None, outcome
        if outcome is None:
            return self._answer("submit", comment, data)
        if human_tasks.read_outcome(self.spec, outcome) is None:
            raise self._not_allowed(repr(outcome))
        body = {"task_result": given(outcome=outcome, comment=comment, data=data)}
        return Intent._from(self._api, self._api.resume_intent(self.id, body).get("intent"))

    def decide(self, outcome: str, *, comment: str | None = None, data: Mapping[str, Any] | None = None) -> Intent:
        """Answer with any outcome it allows: :meth:`submit`, as ``Intent`` calls it."""
        return self.submit(outcome, comment=comment, data=data)

    def approve(self, comment: str | None = None, *, data: Mapping[str, Any] | None = None) -> Intent:
        """Answer ``approved`` (an override: ``override_approved``). ``POST /v1/intents/{intent_id}/resume``"""
        return self._answer("approve", comment, data)

    def reject(self, comment: str | None = None, *, data: Mapping[str, Any] | None = None) -> Intent:
        """Answer ``rejected``; the intent will not complete. ``POST /v1/intents/{intent_id}/resume``"""
        return self._answer("reject", comment, data)

    def confirm(self, comment: str | None = None) -> Intent:
        """Answer ``confirmed``. ``POST /v1/intents/{intent_id}/resume``"""
        return self._answer("confirm", comment)

    def deny(self, comment: str | None = None) -> Intent:
        """Answer ``denied``; the intent will not complete. ``POST /v1/intents/{intent_id}/resume``"""
        return self._answer("deny", comment)

    def complete(self, evidence: Any = None, *, comment: str | None = None) -> Intent:
        """Answer ``completed``, with proof where it is asked for. ``POST /v1/intents/{intent_id}/resume``"""
        return self._answer("complete", comment, None if evidence is None else {"evidence": evidence})

    def assign(
        self, assignee: str | None = None, *, comment: str | None = None, data: Mapping[str, Any] | None = None
    ) -> Intent:
        """Answer ``assigned``, and perhaps to whom. ``POST /v1/intents/{intent_id}/resume``"""
        said = {**given(assignee=assignee), **(data or {})}
        return self._answer("assign", comment, said or None)

    def decline(self, comment: str | None = None) -> Intent:
        """Answer ``declined``; the intent will not complete. ``POST /v1/intents/{intent_id}/resume``"""
        return self._answer("decline", comment)

    def _answer(self, verb: str, comment: str | None, data: Mapping[str, Any] | None = None) -> Intent:
        allowed = self.allowed_outcomes
        outcome = next((word for word in _VERBS[verb] if not allowed or word in allowed), None)
        if outcome is None:
            raise self._not_allowed(f"{verb}()")
        return self.submit(outcome, comment=comment, data=data)

    def _not_allowed(self, tried: str) -> AxmeValueError:
        """The error that names what may be answered, and by which verbs."""
        allowed = self.allowed_outcomes
        verbs = [next((f"{verb}()" for verb, words in _VERBS.items() if word in words), "") for word in allowed]
        calls = [verb or f"submit({word!r})" for verb, word in zip(verbs, allowed, strict=True)]
        return AxmeValueError(f"the task {self.title!r} can be {_either(allowed)}: use {_either(calls)}, not {tried}")

    def _rules(self) -> human_tasks.TaskType:
        try:
            return human_tasks.task_type(self.spec)
        except KeyError as error:
            raise AxmeProtocolError(f"task {self.id} is of a type unknown here: {error}") from None

    def _fetch(self) -> dict[str, Any]:
        intent = self._api.get_intent(self.id).get("intent")
        if not isinstance(intent, dict) or "human_task" not in intent:
            raise AxmeValueError(f"intent {self.id} asks no person anything")
        return {"task": intent}

    def _glimpse(self) -> dict[str, Any]:
        known = super()._glimpse()
        spec = known.pop("spec", None)
        # What is asked stands first.
        return ({name: spec.get(name) for name in _TOLD} if isinstance(spec, dict) else {}) | known

    def _summary(self) -> str:
        spec = self._snapshot.raw.get("human_task")
        title = str(spec.get("title", ""))[:80] if isinstance(spec, dict) else ""
        return f"{short(self.id)} {title!r}" if title else short(self.id)


class Tasks(Collection):
    """What waits for people: an actor's own tasks, or with a key alone all of the workspace."""

    __slots__ = ()

    def list(self, *, limit: int | None = None) -> Page[HumanTask]:
        """The open tasks, the oldest first. ``GET /v1/me/tasks``

        Args:
            limit: at most so many.
        """
        answer = self._api.list_my_tasks(limit=limit)
        return page(
            answer, "tasks", lambda raw: HumanTask._from(self._api, raw), kind=HumanTask, what="tasks", limit=limit
        )

    def get(self, intent_id: str) -> HumanTask:
        """The task of an intent. ``GET /v1/intents/{intent_id}``

        Raises:
            AxmeNotFoundError: there is no such intent.
            AxmeValueError: it asks nobody.
        """
        return self.handle(intent_id).refresh()

    def handle(self, intent_id: str) -> HumanTask:
        """A handle on the task of an intent whose id is known; asks nobody until it is used."""
        return HumanTask(self._api, intent_id)


def _either(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
