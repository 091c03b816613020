"""What a person is to be asked, built and checked before it is sent: ``HumanTask.approval("Approve the budget")``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partialmethod
from typing import Any, NoReturn

from axme.contract.human_tasks import TASK_TYPES
from axme.exceptions import AxmeValueError
from axme.resources._arguments import Recipient, address_of, given
from axme.resources.fields import copied

_JSON_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})


class HumanTaskSpec(dict[str, Any]):
    """A checked ``human_task``: goes wherever a dict goes, to ``intents.create`` and the flat calls alike.

    It does not change any more; ``to_dict()`` gives a copy that does.
    """

    def __init__(self, said: Mapping[str, Any]) -> None:
        super().__init__(_checked(said))

    def to_dict(self) -> dict[str, Any]:
        """The plain dict, to be changed at will."""
        return {name: copied(value) for name, value in self.items()}

    def _stays(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("a HumanTaskSpec does not change: build another one, or take its to_dict()")

    __setitem__ = __delitem__ = __ior__ = partialmethod(_stays)
    clear = pop = popitem = setdefault = update = partialmethod(_stays)

    def __reduce__(self) -> tuple[Any, ...]:
        return HumanTaskSpec, (dict(self),)

    def _repr_html_(self) -> str:
        from axme.display import html

        facts = [(name, item) for name, item in self.items() if item and name != "task_type"]
        return html.card("HumanTaskSpec", self["task_type"], facts=facts)

    def __repr__(self) -> str:
        return f"<HumanTaskSpec {self['task_type']} {self['title']!r}>"


class TaskBuilder:
    """Builds the tasks of one type; call it."""

    def __init__(self, task_type: str) -> None:
        kind = TASK_TYPES[task_type]
        needs = [
            name for name, needed in (("a comment", kind.needs_comment), ("evidence", kind.needs_evidence)) if needed
        ]
        answers = " or ".join(kind.outcomes) or "anything"
        self._type = task_type
        self.__doc__ = f"Ask for {answers}{' with ' + ' and '.join(needs) if needs else ''}: see TaskBuilder.__call__."

    def __call__(
        self,
        title: str,
        *,
        description: str | None = None,
        notify: str | None = None,
        assignees: Iterable[Recipient] | None = None,
        allowed_outcomes: Iterable[str] | None = None,
        required_comment: bool = False,
        evidence_required: bool = False,
        form_schema: Mapping[str, Any] | None = None,
    ) -> HumanTaskSpec:
        """What ``intents.create(human_task=…)`` takes.

        Args:
            title: what is asked, in a line of up to 255 characters.
            description: what is asked, in full, up to 2000 characters.
            notify: the e-mail address that a link to the task is sent to.
            assignees: who may answer: e-mail addresses, nicks, users, roles or agents; everybody without.
            allowed_outcomes: what may be answered, if not what the type says.
            required_comment: nobody may answer without a word.
            evidence_required: nobody may answer without ``data["evidence"]``.
            form_schema: a JSON Schema of the fields to fill in.

        Raises:
            AxmeValueError: the gateway would refuse it; the message says what and why.
        """
        return _spec(
            self._type, title, description, notify, assignees, allowed_outcomes, required_comment, evidence_required,
            form_schema,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"HumanTask.{self._type}"


class TaskBuilders:
    """The builders, one for each type of task."""

    __slots__ = ()

    approval = TaskBuilder("approval")
    confirmation = TaskBuilder("confirmation")
    review = TaskBuilder("review")
    assignment = TaskBuilder("assignment")
    clarification = TaskBuilder("clarification")
    manual_action = TaskBuilder("manual_action")
    override = TaskBuilder("override")

    @staticmethod
    def form(
        title: str,
        *,
        schema: Mapping[str, Any],
        description: str | None = None,
        notify: str | None = None,
        assignees: Iterable[Recipient] | None = None,
        allowed_outcomes: Iterable[str] | None = None,
        required_comment: bool = False,
        evidence_required: bool = False,
    ) -> HumanTaskSpec:
        """Ask for the fields of a form.

        Args:
            schema: a JSON Schema with ``properties``; all else as of :meth:`TaskBuilder.__call__`.

        Example:
            >>> HumanTask.form("Where to?", schema={"properties": {"city": {"type": "string"}}, "required": ["city"]})
            <HumanTaskSpec form 'Where to?'>
        """
        if schema is None or not schema.get("properties"):
            raise _refused("schema", 'has no fields: name some, such as {"properties": {"city": {"type": "string"}}}')
        return _spec(
            "form", title, description, notify, assignees, allowed_outcomes, required_comment, evidence_required, schema
        )

    @staticmethod
    def of_type(
        task_type: str,
        title: str,
        *,
        description: str | None = None,
        notify: str | None = None,
        assignees: Iterable[Recipient] | None = None,
        allowed_outcomes: Iterable[str] | None = None,
        required_comment: bool = False,
        evidence_required: bool = False,
        form_schema: Mapping[str, Any] | None = None,
    ) -> HumanTaskSpec:
        """A task of any type of the protocol, such as ``provide_data``, ``attach_file`` or ``validate_output``.

        Args:
            task_type: the type; all else as of :meth:`TaskBuilder.__call__`.
        """
        if task_type not in TASK_TYPES:
            raise _refused("task_type", f"{task_type!r} is none of {', '.join(TASK_TYPES)}")
        return _spec(
            task_type, title, description, notify, assignees, allowed_outcomes, required_comment, evidence_required,
            form_schema,
        )  # fmt: skip


def _spec(
    task_type: str,
    title: str,
    description: str | None,
    notify: str | None,
    assignees: Iterable[Recipient] | None,
    allowed_outcomes: Iterable[str] | None,
    required_comment: bool,
    evidence_required: bool,
    form_schema: Mapping[str, Any] | None,
) -> HumanTaskSpec:
    return HumanTaskSpec(
        given(
            task_type=task_type,
            title=title,
            description=description,
            notify_email=notify,
            assignees=_listed("assignees", assignees),
            allowed_outcomes=_listed("allowed_outcomes", allowed_outcomes),
            required_comment=required_comment or None,
            evidence_required=evidence_required or None,
            form_schema=form_schema,
        )
    )


def _listed(name: str, items: Iterable[Recipient] | None) -> list[str] | None:
    if isinstance(items, str):
        raise _refused(name, f"must be a list, such as [{items!r}], not a text")
    return None if items is None else [address_of(item) for item in items]


def _checked(said: Mapping[str, Any]) -> dict[str, Any]:
    from marshmallow import ValidationError

    from axme.contract.schemas.intents import HumanTask as Shape

    title = said.get("title")
    if not isinstance(title, str) or not title.strip():
        raise _refused("title", f"says what is asked and must not be empty, not {title!r}")
    try:
        task: dict[str, Any] = Shape().load({name: copied(value) for name, value in said.items()})
    except ValidationError as error:
        raise _refused(*_first(error.messages)) from None
    for name in ("assignees", "allowed_outcomes"):
        _check_words(name, task.get(name))
    if "form_schema" in task:
        _check_form(task["form_schema"], "form_schema")
    return task


def _check_words(name: str, words: list[str] | None) -> None:
    for word in words or ():
        if not word.strip():
            raise _refused(name, "holds an empty word")
        if (words or []).count(word) > 1:
            raise _refused(name, f"names {word!r} twice")


def _check_form(schema: Any, where: str) -> None:
    """Refuse forms nobody could fill in; whether it is good JSON Schema in all else, the gateway says."""
    if not isinstance(schema, Mapping):
        raise _refused(where, f"must be a JSON Schema, not {schema!r}")
    kinds = schema.get("type", "object")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind not in _JSON_TYPES:
            raise _refused(f"{where}.type", f"{kind!r} is none of {', '.join(sorted(_JSON_TYPES))}")
    fields = schema.get("properties", {})
    if not isinstance(fields, Mapping):
        raise _refused(f"{where}.properties", f"must be a dict of fields, not {fields!r}")
    required = schema.get("required", [])
    if not isinstance(required, list):
        raise _refused(f"{where}.required", f"must be a list of names of fields, not {required!r}")
    for name in required:
        if fields and name not in fields:
            raise _refused(f"{where}.required", f"names {name!r}, which properties does not describe")
    for name, field in fields.items():
        if not isinstance(field, bool):
            _check_form({"type": "string", **field} if isinstance(field, Mapping) else field, f"{where}.{name}")


def _first(messages: Any) -> tuple[str, str]:
    """The first fault that marshmallow found: where, and what."""
    path = []
    while isinstance(messages, dict):
        name, messages = next(iter(messages.items()))
        path.append(str(name))
    text = messages[0] if isinstance(messages, list) else messages
    return ".".join(path), str(text).rstrip(".")


def _refused(where: str, why: str) -> AxmeValueError:
    spoken = {"notify_email": "notify"}
    return AxmeValueError(f"human task: {spoken.get(where, where)}: {why}")
