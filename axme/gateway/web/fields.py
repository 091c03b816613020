"""A form read from a JSON Schema: which control asks for which part of the answer. No HTTP, no HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from axme.contract import jsontext
from axme.gateway.web.words import choice, in_words

Schema = Mapping[str, Any]
#: Deeper than this a form is no longer one: what lies below is asked for as JSON.
DEEPEST = 6
#: So few choices are all shown at once.
_SHOWN_AT_ONCE = 5
_LONG = 200
_SOLE_FORMATS = {"date": "date", "date-time": "moment", "email": "email", "uri": "uri", "textarea": "long"}
_FORMATS = _SOLE_FORMATS | {"multiline": "long", "idn-email": "email", "url": "uri"}
_NUMBER_WORDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})


class Kind(StrEnum):
    """The kinds of control."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    MOMENT = "moment"
    EMAIL = "email"
    URI = "uri"
    #: A box to tick, and two buttons where a yes or no must be said.
    TICK = "tick"
    YES_NO = "yes_no"
    #: One of several.
    RADIOS = "radios"
    SELECT = "select"
    #: Some of several.
    TICKS = "ticks"
    #: A list with an entry on each line.
    LINES = "lines"
    #: A list of entries with controls of their own.
    ROWS = "rows"
    GROUP = "group"
    #: Whatever no other control can ask for.
    JSON = "json"


#: Kinds typed as one text.
TYPED = frozenset(
    {Kind.TEXT, Kind.LONG, Kind.NUMBER, Kind.INTEGER, Kind.DATE, Kind.MOMENT, Kind.EMAIL, Kind.URI}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Option:
    """One of several: as it is sent, shown, and meant."""

    sent: str
    label: str
    value: Any


@dataclass(frozen=True, slots=True)
class Field:
    """One part of the answer, and the control that asks for it."""

    kind: Kind
    key: str
    title: str
    schema: Schema
    required: bool = False
    nullable: bool = False
    options: tuple[Option, ...] = ()
    #: The parts of a group.
    parts: tuple[Field, ...] = ()
    #: An entry of a list.
    entry: Field | None = None

    @property
    def about(self) -> str:
        """What the form says of it."""
        return str(self.schema.get("description") or "")


def read_form(schema: Schema) -> Field:
    """The form of a task: a group of controls."""
    return _Reader(schema).group("", "", schema, True, False, 0)


class _Reader:
    def __init__(self, root: Schema) -> None:
        self._root = root

    def field(self, key: str, part: Any, required: bool, depth: int) -> Field:
        schema, nullable = self._plain(part)
        title = str(schema.get("title") or in_words(key))
        options = _options(schema)
        nullable = nullable or None in (schema.get("enum") or ())
        if options:
            kind = Kind.RADIOS if len(options) <= _SHOWN_AT_ONCE and required else Kind.SELECT
            return Field(kind, key, title, schema, required, nullable, options)
        kind = _kind(schema, required and not nullable)
        if depth >= DEEPEST and kind in (Kind.GROUP, Kind.ROWS):
            kind = Kind.JSON
        if kind is Kind.GROUP:
            return self.group(key, title, schema, required, nullable, depth)
        if kind is Kind.ROWS:
            return self._list(key, title, schema, required, nullable, depth)
        return Field(kind, key, title, schema, required, nullable)

    def group(self, key: str, title: str, schema: Schema, required: bool, nullable: bool, depth: int) -> Field:
        schema, _ = self._plain(schema)
        parts: dict[str, Any] = dict(schema.get("properties") or {})
        needed = [name for name in schema.get("required") or () if isinstance(name, str)]
        for name in needed:
            parts.setdefault(name, {})
        fields = tuple(self.field(name, part, name in needed, depth + 1) for name, part in parts.items())
        return Field(Kind.GROUP, key, title, schema, required, nullable, parts=fields)

    def _list(self, key: str, title: str, schema: Schema, required: bool, nullable: bool, depth: int) -> Field:
        entry = self.field("", schema.get("items", {}), True, depth + 1)
        if entry.options:
            return Field(Kind.TICKS, key, title, schema, required, nullable, entry.options, entry=entry)
        kind = Kind.LINES if entry.kind in TYPED - {Kind.LONG, Kind.MOMENT} and not entry.nullable else Kind.ROWS
        return Field(kind, key, title, schema, required, nullable, entry=entry)

    def _plain(self, part: Any) -> tuple[Schema, bool]:
        """A part with its references followed, and whether it may be null as well."""
        schema: Schema = part if isinstance(part, Mapping) else {}
        while isinstance(schema.get("$ref"), str):
            # Checked when the task was made: every reference leads somewhere, and none in circles.
            schema = {**self._find(schema["$ref"]), **{k: v for k, v in schema.items() if k != "$ref"}}
        for word in ("anyOf", "oneOf", "allOf"):
            ways = schema.get(word)
            if isinstance(ways, list):
                real = [way for way in ways if not (isinstance(way, Mapping) and way.get("type") == "null")]
                if len(real) == 1:
                    inner, nullable = self._plain(real[0])
                    rest = {name: value for name, value in schema.items() if name != word}
                    return {**inner, **rest}, nullable or len(real) < len(ways)
        kinds = schema.get("type")
        if isinstance(kinds, list) and len(kinds) > 1:
            real_kinds = [kind for kind in kinds if kind != "null"]
            return {**schema, "type": real_kinds[0] if len(real_kinds) == 1 else real_kinds}, "null" in kinds
        return schema, False

    def _find(self, reference: str) -> Schema:
        found: Any = self._root
        for step in reference.removeprefix("#").split("/")[1:]:
            found = found.get(step.replace("~1", "/").replace("~0", "~"), {}) if isinstance(found, Mapping) else {}
        return found if isinstance(found, Mapping) else {}


def _kind(schema: Schema, must_say: bool) -> Kind:
    kind = schema.get("type") or _implied(schema)
    if isinstance(kind, list):
        kind = kind[0] if len(kind) == 1 else None
    if kind == "object":
        return Kind.GROUP if schema.get("properties") else Kind.JSON
    if kind == "boolean":
        return Kind.YES_NO if must_say and "default" not in schema else Kind.TICK
    if kind == "string":
        long = isinstance(schema.get("maxLength"), int) and schema["maxLength"] > _LONG
        return Kind(_FORMATS.get(str(schema.get("format")), "long" if long else "text"))
    return {"array": Kind.ROWS, "number": Kind.NUMBER, "integer": Kind.INTEGER}.get(str(kind), Kind.JSON)


def _implied(schema: Schema) -> str:
    """The type of a schema that names none: the one its words are about, else text."""
    if "properties" in schema:
        return "object"
    if "items" in schema or "prefixItems" in schema:
        return "array" if "prefixItems" not in schema else "any"
    if _NUMBER_WORDS & schema.keys():
        return "number"
    return "any" if {"anyOf", "oneOf", "allOf", "not", "if"} & schema.keys() else "string"


def _options(schema: Schema) -> tuple[Option, ...]:
    if schema.get("type") == "boolean":
        return ()
    values = schema.get("enum")
    if isinstance(values, list) and values:
        return _told([(value, None) for value in values if value is not None])
    if "const" in schema:
        return _told([(schema["const"], None)])
    ways = schema.get("oneOf") or schema.get("anyOf")
    if isinstance(ways, list) and ways and all(isinstance(way, Mapping) and "const" in way for way in ways):
        return _told([(way["const"], way.get("title")) for way in ways])
    return ()


def _told(choices: list[tuple[Any, Any]]) -> tuple[Option, ...]:
    # Texts are sent as they are; as soon as one is something else, or nothing, all are sent as JSON.
    plain = all(isinstance(value, str) and value for value, _ in choices)
    return tuple(
        Option(
            value if plain else jsontext.encode(value),
            str(title) if title else _label(value),
            value,
        )
        for value, title in choices
    )


def _label(value: Any) -> str:
    if isinstance(value, str):
        return choice(value) if value else "(empty)"
    return (
        {True: "Yes", False: "No"}.get(value, jsontext.encode(value))
        if isinstance(value, bool)
        else jsontext.encode(value)
    )
