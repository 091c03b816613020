"""Whether an answer is what its schema says: all that is required, and nothing beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields


def surprises(schema: Schema, value: Any, place: str = "") -> Iterator[str]:
    """What ``value`` has beyond ``schema``, or lacks."""
    if not isinstance(value, Mapping):
        yield f"{place or 'the answer'} is no object"
        return
    for name in value.keys() - schema.fields.keys():
        yield f"{place}.{name} is in no schema"
    for name, field in schema.fields.items():
        if name in value:
            yield from _within(field, value[name], f"{place}.{name}")
        elif field.required:
            yield f"{place}.{name} is missing"


def _within(field: fields.Field[Any], value: Any, place: str) -> Iterator[str]:
    if value is None:
        return
    if isinstance(field, fields.Nested):
        for inner in value if field.many else [value]:
            yield from surprises(field.schema, inner, place)
    elif isinstance(field, fields.List):
        for inner in value:
            yield from _within(field.inner, inner, place)
    elif isinstance(field, fields.Dict) and field.value_field is not None:
        for inner in value.values():
            yield from _within(field.value_field, inner, place)
