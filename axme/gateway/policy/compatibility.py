"""Whether every document that was valid under one schema is valid under the next (contract 3.13).

The rules, keyword by keyword. Where they cannot be sure, they say so and the change counts as breaking:

- ``type`` and ``enum`` may only widen, and bounds may only loosen; what was not limited before may not be limited now.
- ``required`` may only shrink.
- A property may change by these same rules. One that is new is compared with what was allowed at its place before:
  with ``additionalProperties`` false that is nothing, so it may be added; otherwise documents may already hold anything
  there, and it may not be limited.
- ``additionalProperties`` and ``items`` are schemas and compared as such.
- ``pattern``, ``not``, ``allOf``, ``anyOf``, ``oneOf``, ``uniqueItems``, ``multipleOf`` and ``const`` may go, but
  neither come nor change. Every other keyword, ``$defs`` included, must stay as it is.
- Titles, descriptions, formats and other annotations may change freely.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axme.contract import jsontext
from axme.gateway.policy.payloads import references

Schema = dict[str, Any] | bool
_ANNOTATIONS = frozenset(
    {
        "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "format", "$comment",
        "$id", "$schema", "contentEncoding", "contentMediaType", "contentSchema",
    }
)  # fmt: skip
_REMOVABLE = frozenset({"pattern", "not", "allOf", "anyOf", "oneOf", "uniqueItems", "multipleOf", "const"})
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_COMPARED = frozenset({"type", "enum", "required", "properties", "additionalProperties", "items", *_LOWER, *_UPPER})
_LOCAL = ("#/$defs/", "#/definitions/")


def breaks(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What may make a document of ``old`` invalid under ``new``, each with its place; empty when nothing can."""
    if _same(old, new):
        return []
    if any(not ref.startswith(_LOCAL) for schema in (old, new) for ref in references(schema)):
        return ["$: references to anything but #/$defs/… cannot be compared"]
    return list(_breaks(old, new, "$"))


def _breaks(old: Schema, new: Schema, place: str) -> Iterator[str]:
    if old is False or new is True or _same(old, new):
        return
    if new is False:
        yield f"{place}: is not allowed any more"
        return
    before: dict[str, Any] = {} if old is True else old
    yield from _type(before, new, place)
    yield from _enum(before, new, place)
    yield from _bounds(before, new, place)
    yield from _rest(before, new, place)
    yield from _object(before, new, place)
    yield from _array(before, new, place)


def _type(old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[str]:
    if "type" not in new:
        return
    allowed = _types(new)
    lost = [word for word in _types(old) if not {word, "number" if word == "integer" else word} & allowed]
    if "type" not in old:
        yield f"{place}: had any type and must be {' or '.join(sorted(allowed))} now"
    elif lost:
        yield f"{place}: may not be {' or '.join(sorted(lost))} any more"


def _types(schema: dict[str, Any]) -> set[str]:
    said = schema.get("type", [])
    return {said} if isinstance(said, str) else set(said)


def _enum(old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[str]:
    if "enum" not in new:
        return
    if "enum" not in old:
        yield f"{place}: had any value and must be one of a list now"
        return
    allowed = {jsontext.canonical(value) for value in new["enum"]}
    lost = [value for value in map(jsontext.canonical, old["enum"]) if value not in allowed]
    if lost:
        yield f"{place}: may not be {', '.join(lost)[:200]} any more"


def _bounds(old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[str]:
    for names, tighter in ((_LOWER, max), (_UPPER, min)):
        for name in names:
            if name in new and (name not in old or tighter(old[name], new[name]) != old[name]):
                yield f"{place}: {name} is {new[name]} now, it was {old.get(name, 'not limited')}"


def _rest(old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[str]:
    for name in sorted((old.keys() | new.keys()) - _COMPARED - _ANNOTATIONS):
        gone = name not in new and name in _REMOVABLE
        if not gone and not (name in old and name in new and _same(old[name], new[name])):
            yield f"{place}: {name} is new, changed or gone, which cannot be compared"


def _object(old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[str]:
    missing = sorted(set(new.get("required", ())) - set(old.get("required", ())))
    if missing:
        yield f"{place}: {', '.join(missing)} must be there now"
    if _settled(old, new, place, "patternProperties", ("properties", "additionalProperties")):
        yield f"{place}: properties beside patternProperties cannot be compared"
        return
    before, now = old.get("properties", {}), new.get("properties", {})
    others_before, others_now = old.get("additionalProperties", True), new.get("additionalProperties", True)
    for name in sorted(before.keys() | now.keys()):
        yield from _breaks(before.get(name, others_before), now.get(name, others_now), f"{place}.{name}")
    yield from _breaks(others_before, others_now, f"{place}.*")


def _array(old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[str]:
    if _settled(old, new, place, "prefixItems", ("items",)):
        yield f"{place}: items beside prefixItems cannot be compared"
        return
    yield from _breaks(old.get("items", True), new.get("items", True), f"{place}[]")


def _settled(old: dict[str, Any], new: dict[str, Any], place: str, by: str, names: tuple[str, ...]) -> bool:
    """Whether ``by``, or a rule about what nobody else looked at, makes a change of ``names`` incomparable."""
    rules = {by, "unevaluatedProperties", "unevaluatedItems"}
    return bool(rules & (old.keys() | new.keys())) and any(not _same(old.get(name), new.get(name)) for name in names)


def _same(one: Any, other: Any) -> bool:
    return jsontext.canonical(one) == jsontext.canonical(other)
