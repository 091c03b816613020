"""Checking the arguments of an MCP tool before they are sent (contract 3.32).

With ``jsonschema`` installed (it comes with ``axme[gateway]``) the whole schema counts; without it, what is required
and of which type. The server has the last word either way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from axme.exceptions import AxmeValueError

_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, Mapping),
    "array": lambda value: isinstance(value, (list, tuple)),
    "null": lambda value: value is None,
}


def check(tool: str, schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> None:
    """Hold ``arguments`` against the tool's ``inputSchema``.

    Raises:
        AxmeValueError: they do not fit; the message names the argument and what is wrong with it.
    """
    fault = _plain_fault(schema, arguments) or _schema_fault(schema, arguments)
    if fault:
        raise AxmeValueError(f"the MCP tool {tool!r} does not take these arguments: {fault}")


def _plain_fault(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> str | None:
    missing = [name for name in schema.get("required") or () if name not in arguments]
    if missing:
        return f"{', '.join(map(repr, missing))} missing"
    properties = schema.get("properties") or {}
    for name, value in arguments.items():
        wanted = (properties.get(name) or {}).get("type")
        kinds = [wanted] if isinstance(wanted, str) else wanted or []
        if kinds and not any(_TYPES.get(kind, lambda _: True)(value) for kind in kinds):
            return f"{name!r} must be of type {' or '.join(kinds)}, not {type(value).__name__}"
    return None


def _schema_fault(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> str | None:
    try:
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import SchemaError, best_match
    except ModuleNotFoundError:
        return None
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError:
        return None  # the server's schema is its own affair
    error = best_match(Draft202012Validator(schema).iter_errors(dict(arguments)))
    return None if error is None else f"{error.json_path}: {error.message[:300]}"
