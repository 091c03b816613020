"""What is wrong with an answer, said to the person who typed it, beside the control it is about. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.contract import jsontext
from axme.gateway.lifecycle import forms
from axme.gateway.web.answers import FORM, Reading, name_of
from axme.gateway.web.fields import Field, Kind

_MISSING = "Please fill this in."
_CHOOSE = "Please choose one."
_CHOICES = frozenset({Kind.RADIOS, Kind.SELECT, Kind.YES_NO})


def faults_of(form: Field, schema: dict[str, Any], reading: Reading) -> dict[str, str]:
    """Every fault by the name of its control; what belongs to no control is under the name of the form."""
    told = dict(reading.faults)
    try:
        found = forms.all_faults(schema, reading.data)
    except forms.FormError as error:
        return told or {FORM: f"This form cannot be checked: {error}."}
    for fault in found:
        paths = [fault.path]
        if fault.keyword == "required":
            paths = [(*fault.path, name) for name in _missing(reading.data, fault)]
        for path in paths:
            name, part, where = _control(form, path)
            if not any(name == known or known.startswith(f"{name}/") for known in reading.faults):
                told.setdefault(name, where + _sentence(fault, part))
    return told


def _missing(data: Any, fault: forms.Fault) -> list[str]:
    for step in fault.path:
        data = data[step]
    return [name for name in fault.expected if name not in data]


def _control(form: Field, path: tuple[str | int, ...]) -> tuple[str, Field, str]:
    """The control that asks for the part of the answer at ``path``: itself, or the one it is a piece of."""
    name, part = FORM, form
    for step in path:
        inner = next((sub for sub in part.parts if sub.key == step), None) if part.kind is Kind.GROUP else None
        if part.kind is Kind.ROWS and isinstance(step, int):
            inner = part.entry
        if inner is None:
            return name, part, f"Line {step + 1}: " if part.kind is Kind.LINES and isinstance(step, int) else ""
        name, part = name_of(name, step), inner
    return name, part, ""


def _sentence(fault: forms.Fault, part: Field) -> str:
    expected: Any = fault.expected
    shown = expected if isinstance(expected, str) else _short(expected)
    plural = "" if expected == 1 else "s"
    sayings: Mapping[str, str] = {
        "required": _CHOOSE if part.kind in _CHOICES else _MISSING,
        "minLength": _MISSING if expected == 1 else f"Write at least {shown} characters.",
        "maxLength": f"Write at most {shown} character{plural}.",
        "minimum": f"Must be {shown} or more.",
        "maximum": f"Must be {shown} or less.",
        "exclusiveMinimum": f"Must be more than {shown}.",
        "exclusiveMaximum": f"Must be less than {shown}.",
        "multipleOf": f"Must be a multiple of {shown}.",
        "minItems": f"{'Choose' if part.kind is Kind.TICKS else 'Give'} at least {shown}.",
        "maxItems": f"{'Choose' if part.kind is Kind.TICKS else 'Give'} at most {shown}.",
        "pattern": _pattern(part, shown),
        "enum": "Please choose one of the list.",
        "const": "Please tick this box to go on." if part.kind is Kind.TICK else f"Must be {shown}.",
    }
    return sayings.get(fault.keyword) or f"This does not fit: {fault.message[:200]}"


def _pattern(part: Field, pattern: str) -> str:
    examples = part.schema.get("examples")
    if isinstance(examples, list) and examples:
        return f"Write it like this: {_short(examples[0])}"
    return "This is not in the expected form" + (": see above." if part.about else f" ({pattern}).")


def _short(value: Any) -> str:
    return value if isinstance(value, str) else jsontext.encode(value)[:100]
