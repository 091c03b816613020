"""Whether a payload is what its semantic schema says (contract 3.13). JSON Schema 2020-12, nothing is ever fetched."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable

from axme.contract import jsontext
from axme.gateway.lifecycle.patterns import PatternError, require_quick
from axme.gateway.policy.effort import TooMuchError, bounded, counting

_MESSAGE_CHARS = 500
_NO_SCHEMAS = frozenset({"const", "default", "enum", "examples"})


def flaw(schema: dict[str, Any]) -> str | None:
    """Why ``schema`` cannot be registered; ``None`` when it can."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        where = ".".join(["schema_json", *map(str, error.absolute_path)])
        return f"{where}: {error.message[:_MESSAGE_CHARS]}"
    except RecursionError:
        return "schema_json: is nested too deep"
    outside = next((ref for ref in references(schema) if not ref.startswith("#")), None)
    if outside is not None:
        return f"schema_json: {outside[:200]!r} is not fetched: put what it names under $defs and refer to #/$defs/…"
    try:
        for pattern in _patterns(schema):
            require_quick(pattern)
    except PatternError as error:
        return f"schema_json: {error}"
    return None


def fault(schema_text: str, payload: dict[str, Any]) -> str | None:
    """Where and why ``payload`` is not what the schema says; ``None`` when it is."""
    try:
        with counting():
            error = next(_validator(schema_text).iter_errors(payload), None)
    except TooMuchError as error:
        return f"payload: {error}"
    except (Unresolvable, RecursionError) as broken:
        return f"payload: the registered schema cannot be used ({type(broken).__name__}): register it anew"
    if error is None:
        return None
    return f"{'.'.join(['payload', *map(str, error.absolute_path)])}: {error.message[:_MESSAGE_CHARS]}"


def references(schema: Any) -> Iterator[str]:
    """The targets of all references in a schema."""
    waiting = [schema]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield from (item[name] for name in ("$ref", "$dynamicRef") if isinstance(item.get(name), str))
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _patterns(schema: Any) -> Iterator[str]:
    """The regular expressions of a schema."""
    waiting = [schema]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            if isinstance(item.get("pattern"), str):
                yield item["pattern"]
            if isinstance(item.get("patternProperties"), dict):
                yield from item["patternProperties"]
            waiting.extend(value for name, value in item.items() if name not in _NO_SCHEMAS)


@lru_cache(maxsize=256)
def _validator(schema_text: str) -> Any:
    return bounded(jsontext.loads(schema_text), registry=Registry())
