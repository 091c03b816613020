"""The controls of a form as a page shows them: names, values, what is wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from axme.gateway.web.answers import FORM, count_of, name_of, rows_of
from axme.gateway.web.fields import Field, Kind

_HINTS = {Kind.MOMENT: "In UTC.", Kind.LINES: "One on each line.", Kind.JSON: "Written as JSON."}
_INPUTS = {Kind.DATE: "date", Kind.MOMENT: "datetime-local", Kind.EMAIL: "email", Kind.URI: "url"}
_MODES = {Kind.NUMBER: "decimal", Kind.INTEGER: "numeric"}
_TOGETHER = frozenset({Kind.GROUP, Kind.ROWS, Kind.RADIOS, Kind.TICKS, Kind.YES_NO})


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several, chosen or not."""

    id: str
    sent: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Control:
    """One control; its parts if it is a group, its rows if it is a list."""

    id: str
    name: str
    kind: Kind
    title: str
    about: str
    hint: str
    required: bool
    error: str | None
    value: str
    choices: tuple[Choice, ...] = ()
    parts: tuple[Control, ...] = ()
    #: Where a list sends how many rows it has.
    count: str = ""
    full: bool = False
    focus: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def together(self) -> bool:
        """Whether it is several controls with one legend."""
        return self.kind in _TOGETHER

    @property
    def first(self) -> str:
        """What is focused from the list of errors."""
        return self.choices[0].id if self.choices and self.kind is not Kind.SELECT else self.id


def controls(
    form: Field, typed: Mapping[str, list[str]], faults: Mapping[str, str], focus: str = ""
) -> tuple[Control, ...]:
    """The controls of ``form``, filled with what was typed; ``focus`` names the one to go on with."""
    return _Maker(typed, faults, focus).parts(form, FORM)


def with_faults(shown: tuple[Control, ...]) -> Iterator[Control]:
    """The controls that something is wrong with, in their order on the page."""
    for control in shown:
        if control.error:
            yield control
        yield from with_faults(control.parts)


class _Maker:
    def __init__(self, typed: Mapping[str, list[str]], faults: Mapping[str, str], focus: str) -> None:
        self._typed = typed
        self._focus = focus
        self._faults = faults
        self._made = 0

    def parts(self, group: Field, at: str) -> tuple[Control, ...]:
        return tuple(self._control(part, name_of(at, part.key), part.title) for part in group.parts)

    def _control(self, part: Field, name: str, title: str) -> Control:
        self._made += 1
        own = f"field-{self._made}"
        texts = self._typed.get(name) or [""]
        inner: tuple[Control, ...] = ()
        rows = 0
        if part.kind is Kind.GROUP:
            if name == self._focus and part.parts:
                # One goes on with a group at its first control.
                self._focus = name_of(name, part.parts[0].key)
            inner = self.parts(part, name)
        elif part.kind is Kind.ROWS and part.entry is not None:
            rows = rows_of(part, name, self._typed)
            label = str(part.entry.schema.get("title") or part.title)
            inner = tuple(self._control(part.entry, name_of(name, row), f"{label} {row + 1}") for row in range(rows))
        most = part.schema.get("maxItems")
        return Control(
            id=own,
            name=name,
            kind=part.kind,
            title=title,
            about=part.about,
            hint=_hint(part),
            required=part.required,
            error=self._faults.get(name),
            value=texts[0],
            choices=_choices(part, own, texts),
            parts=inner,
            count=count_of(name) if part.kind is Kind.ROWS else "",
            full=isinstance(most, int) and rows >= most,
            focus=name == self._focus,
            attributes=_attributes(part),
        )


def _choices(part: Field, own: str, texts: list[str]) -> tuple[Choice, ...]:
    if part.kind is Kind.YES_NO:
        pairs = [("true", "Yes"), ("false", "No")]
    else:
        pairs = [(option.sent, option.label) for option in part.options]
    return tuple(Choice(f"{own}-{n}", sent, label, sent in texts) for n, (sent, label) in enumerate(pairs, 1))


def _hint(part: Field) -> str:
    hints = [_HINTS.get(part.kind, "")]
    low, high = part.schema.get("minimum"), part.schema.get("maximum")
    if part.kind in (Kind.NUMBER, Kind.INTEGER):
        if low is not None and high is not None:
            hints.append(f"From {low} to {high}.")
        elif low is not None or high is not None:
            hints.append(f"At least {low}." if low is not None else f"At most {high}.")
    examples: Any = part.schema.get("examples")
    if isinstance(examples, list) and examples and isinstance(examples[0], str | int | float):
        hints.append(f"For example {examples[0]}")
    return " ".join(filter(None, hints))


def _attributes(part: Field) -> dict[str, str]:
    """What helps while typing; everything is checked by the gateway all the same."""
    found = {"type": _INPUTS.get(part.kind, "text")}
    if part.kind in _MODES:
        found["inputmode"] = _MODES[part.kind]
    if part.kind is Kind.EMAIL:
        found["autocomplete"] = "email"
    return found
