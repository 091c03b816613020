"""From what was typed to JSON and back: the values of a form's controls and the answer they stand for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from axme.gateway.web.fields import Field, Kind
from axme.gateway.web.texts import is_same, text_of, value_of

#: Name of a control → what was typed, chosen or ticked. Names are ``form/order/items/0``.
Typed = dict[str, list[str]]
FORM = "form"
#: Nothing was said about this part, which is not the same as null.
ABSENT: Any = object()
#: A list on a page has at most so many rows.
MOST_ROWS = 100


def name_of(at: str, key: str | int) -> str:
    """The name of a part, below the name ``at``."""
    return f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}"


def count_of(at: str) -> str:
    """The name under which the number of rows of a list is sent."""
    return f"{at}#"


@dataclass
class Reading:
    """An answer read from a form, and what could not be read, by the name of its control."""

    data: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def read(form: Field, typed: Mapping[str, list[str]]) -> Reading:
    """The answer that ``typed`` stands for."""
    reader = _Reader(typed)
    value = reader.group(form, FORM)
    return Reading({} if value is ABSENT else value, reader.faults)


def defaults(form: Field) -> Typed:
    """What a fresh form holds."""
    typed: Typed = {}
    _write(form, form.schema.get("default", ABSENT), FORM, typed)
    return typed


def with_defaults(part: Field, at: str, typed: Typed) -> None:
    """Put a fresh part into a form that has begun."""
    _write(part, ABSENT, at, typed)


def write(form: Field, data: Mapping[str, Any]) -> Typed:
    """What a form holds whose answer is ``data``."""
    typed: Typed = {}
    for part in form.parts:
        _write(part, data.get(part.key, ABSENT), name_of(FORM, part.key), typed, fresh=False)
    return typed


class _Reader:
    def __init__(self, typed: Mapping[str, list[str]]) -> None:
        self._typed = typed
        self.faults: dict[str, str] = {}

    def group(self, group: Field, at: str) -> Any:
        found = {part.key: self._part(part, name_of(at, part.key)) for part in group.parts}
        found = {key: value for key, value in found.items() if value is not ABSENT}
        if found or group.required:
            return found
        return ABSENT

    def _part(self, part: Field, at: str) -> Any:
        match part.kind:
            case Kind.GROUP:
                return self._optional_group(part, at)
            case Kind.TICK:
                # An empty box of an optional part says no as well.
                return bool(self._typed.get(at))
            case Kind.TICKS:
                chosen = [o.value for o in part.options if o.sent in self._typed.get(at, ())]
                return chosen if chosen or part.required else ABSENT
            case Kind.ROWS:
                rows = [self._row(part.entry, name_of(at, row)) for row in range(rows_of(part, at, self._typed))]
                return rows if rows or part.required else ABSENT
            case Kind.LINES:
                return self._lines(part, at)
        text = (self._typed.get(at) or [""])[0].replace("\r\n", "\n")
        if part.kind not in (Kind.TEXT, Kind.LONG):
            text = text.strip()
        if not text:
            return None if part.nullable and part.required else ABSENT
        return self._value(part, text, at)

    def _optional_group(self, group: Field, at: str) -> Any:
        inside = ((name, texts) for name, texts in self._typed.items() if name.startswith(f"{at}/"))
        touched = any(any(texts) and not (name.endswith("#") and texts == ["0"]) for name, texts in inside)
        return self.group(group, at) if group.required or touched else ABSENT

    def _row(self, entry: Field | None, at: str) -> Any:
        assert entry is not None
        value = self._part(entry, at)
        if value is ABSENT and at not in self.faults:
            self.faults[at] = "Please fill this in, or remove it."
        return value

    def _lines(self, part: Field, at: str) -> Any:
        assert part.entry is not None
        text = (self._typed.get(at) or [""])[0]
        found = []
        for number, line in enumerate((line.strip() for line in text.splitlines()), 1):
            if line:
                value = self._value(part.entry, line, at, f"Line {number}: ")
                found.append(value)
        return found if found or part.required else ABSENT

    def _value(self, part: Field, text: str, at: str, where: str = "") -> Any:
        try:
            return value_of(part, text)
        except ValueError as error:
            self.faults.setdefault(at, f"{where}{error}")
            return ABSENT


def rows_of(part: Field, at: str, typed: Mapping[str, list[str]]) -> int:
    """How many rows of a list there are."""
    said = (typed.get(count_of(at)) or ["0"])[0]
    return min(int(said), MOST_ROWS) if said.isascii() and said.isdigit() and len(said) < 5 else 0


def _write(part: Field, value: Any, at: str, typed: Typed, *, fresh: bool = True) -> None:
    """Put ``value`` into the controls of ``part``; a fresh form takes the schema's defaults where there is none."""
    if fresh and value is ABSENT:
        value = part.schema.get("default", ABSENT)
    match part.kind:
        case Kind.GROUP:
            inner = value if isinstance(value, dict) else {}
            for sub in part.parts:
                _write(sub, inner.get(sub.key, ABSENT), name_of(at, sub.key), typed, fresh=fresh)
        case Kind.ROWS:
            _write_rows(part, value if isinstance(value, list) else None, at, typed, fresh)
        case Kind.LINES:
            typed[at] = ["\n".join(text_of(part.entry, item) for item in value)] if isinstance(value, list) else [""]
        case Kind.TICKS:
            chosen = value if isinstance(value, list) else []
            typed[at] = [option.sent for option in part.options if any(is_same(option.value, item) for item in chosen)]
        case Kind.TICK:
            typed[at] = ["true"] if value is True else []
        case _ if value is not ABSENT and value is not None:
            typed[at] = [text_of(part, value)]


def _write_rows(part: Field, value: list[Any] | None, at: str, typed: Typed, fresh: bool) -> None:
    assert part.entry is not None
    least = part.schema.get("minItems", 0)
    if value is None:
        # A list that must be filled in begins with what it needs, at least with one row.
        wanted = max(least if isinstance(least, int) else 0, 1) if fresh and part.required else 0
        value = [ABSENT] * min(wanted, MOST_ROWS)
    typed[count_of(at)] = [str(min(len(value), MOST_ROWS))]
    for row, item in enumerate(value[:MOST_ROWS]):
        _write(part.entry, item, name_of(at, row), typed, fresh=fresh)
