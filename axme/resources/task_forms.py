"""The fields of a form, as a program shows them or fills them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.resources.fields import copied

_LOCAL = "#/"
_MOST_STEPS = 20


class FormField:
    """One field of a ``form_schema``: what it is called, what it takes, and whether it must be filled in."""

    __slots__ = ("_root", "_schema", "name", "required")

    def __init__(self, name: str, schema: Any, *, required: bool, root: Mapping[str, Any]) -> None:
        self.name = name
        self.required = required
        self._root = root
        self._schema = _found(schema, root)

    @property
    def title(self) -> str:
        """How it is headed; its name, where the form gives it no title."""
        return str(self._schema.get("title") or self.name.replace("_", " ").capitalize())

    @property
    def description(self) -> str | None:
        """What is to be entered."""
        return self._schema.get("description")

    @property
    def type(self) -> str:
        """``string``, ``integer``, ``number``, ``boolean``, ``object`` or ``array``."""
        kinds = self._schema.get("type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        named = next((kind for kind in kinds if isinstance(kind, str) and kind != "null"), None)
        return named or _type_of(next(iter(self.choices or (self.default,)))) or self._implied()

    @property
    def format(self) -> str | None:
        """``date``, ``date-time``, ``email``, …"""
        return self._schema.get("format")

    @property
    def default(self) -> Any:
        """What it holds before anybody enters something."""
        return copied(self._schema.get("default"))

    @property
    def choices(self) -> tuple[Any, ...]:
        """The values it takes; empty where it takes more than a few."""
        if "const" in self._schema:
            return (copied(self._schema["const"]),)
        for name in ("oneOf", "anyOf"):
            options = self._schema.get(name)
            if (
                options
                and isinstance(options, list | tuple)
                and all(isinstance(option, dict) and "const" in option for option in options)
            ):
                return tuple(option["const"] for option in options)
        listed = self._schema.get("enum")
        return tuple(copied(listed)) if isinstance(listed, list | tuple) else ()

    @property
    def minimum(self) -> float | None:
        """The smallest number it takes."""
        bound: float | None = self._schema.get("minimum", self._schema.get("exclusiveMinimum"))
        return bound

    @property
    def maximum(self) -> float | None:
        """The largest number it takes."""
        bound: float | None = self._schema.get("maximum", self._schema.get("exclusiveMaximum"))
        return bound

    @property
    def min_length(self) -> int | None:
        """The shortest text, or the fewest items."""
        bound: int | None = self._schema.get("minLength", self._schema.get("minItems"))
        return bound

    @property
    def max_length(self) -> int | None:
        """The longest text, or the most items."""
        bound: int | None = self._schema.get("maxLength", self._schema.get("maxItems"))
        return bound

    @property
    def pattern(self) -> str | None:
        """The regular expression a text must match."""
        pattern: str | None = self._schema.get("pattern")
        return pattern

    @property
    def fields(self) -> tuple[FormField, ...]:
        """The fields inside an ``object``."""
        return _fields(self._schema, self._root)

    @property
    def item(self) -> FormField | None:
        """What each item of an ``array`` is."""
        schema = self._schema.get("items")
        return None if schema is None else FormField(self.name, schema, required=True, root=self._root)

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema; a copy."""
        return {name: copied(value) for name, value in self._schema.items()}

    def _implied(self) -> str:
        return "object" if "properties" in self._schema else "array" if "items" in self._schema else "string"

    def __repr__(self) -> str:
        return f"<FormField {self.name}: {self.type}{', required' if self.required else ''}>"


def fields_of(schema: Mapping[str, Any] | None) -> tuple[FormField, ...]:
    """The fields of a form, in its own order; none without a form."""
    return () if schema is None else _fields(_found(schema, schema), schema)


def _fields(schema: Mapping[str, Any], root: Mapping[str, Any]) -> tuple[FormField, ...]:
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, Mapping):
        return ()
    needed = required if isinstance(required, list) else []
    return tuple(FormField(name, field, required=name in needed, root=root) for name, field in properties.items())


def _found(schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema with its local references followed; what else is said beside a reference adds to it."""
    said: dict[str, Any] = {}
    for _ in range(_MOST_STEPS):
        if not isinstance(schema, Mapping):
            break
        said = {**schema, **said}
        place = said.pop("$ref", None)
        if not isinstance(place, str) or not place.startswith(_LOCAL):
            break
        schema = root
        for part in place.removeprefix(_LOCAL).split("/"):
            schema = schema.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(schema, Mapping) else None
    return said


def _type_of(value: Any) -> str | None:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value))
