"""What counts as a breaking change of a schema, and that nothing else ever breaks a document."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from axme.gateway.policy.compatibility import breaks
from axme.gateway.policy.payloads import fault, flaw

OPEN: dict[str, Any] = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
CLOSED = OPEN | {"additionalProperties": False}
Document = dict[str, Any]

FINE: dict[str, tuple[Document, Document]] = {
    "nothing": (OPEN, dict(reversed(OPEN.items()))),
    "annotations": (OPEN, OPEN | {"title": "Order", "description": "…", "$comment": "x"}),
    "no longer required": (OPEN, OPEN | {"required": []}),
    "a wider type": (OPEN, OPEN | {"properties": {"n": {"type": ["number", "string"]}}}),
    "an optional property where nothing was allowed": (
        CLOSED, CLOSED | {"properties": {"n": {"type": "integer"}, "note": {"type": "string"}}},
    ),
    "a property nobody limits": (OPEN, OPEN | {"properties": {"n": {"type": "integer"}, "note": {}}}),
    "a property forgotten": (OPEN, OPEN | {"properties": {}}),
    "opened": (CLOSED, OPEN),
    "a longer list": ({"enum": ["a"]}, {"enum": ["a", "b"]}),
    "looser bounds": ({"minimum": 3, "maxLength": 5}, {"minimum": 2, "maxLength": 6}),
    "no bounds": ({"minimum": 3, "pattern": "a"}, {}),
    "looser items": ({"items": {"type": "integer"}}, {"items": {"type": "number"}}),
    "unchanged references": (
        {"$defs": {"x": {}}, "properties": {"a": {"$ref": "#/$defs/x"}}, "required": ["a"]},
        {"$defs": {"x": {}}, "properties": {"a": {"$ref": "#/$defs/x"}}},
    ),
}  # fmt: skip
BREAKING: dict[str, tuple[Document, Document, str]] = {
    "more required": (OPEN, OPEN | {"required": ["n", "m"]}, "$: m must be there now"),
    "another type": (OPEN, OPEN | {"properties": {"n": {"type": "string"}}}, "$.n: may not be integer any more"),
    "a type at all": ({}, {"type": "object"}, "$: had any type and must be object now"),
    "a limited property where anything was allowed": (
        OPEN, OPEN | {"properties": {"n": {"type": "integer"}, "m": {"type": "string"}}}, "$.m: had any type",
    ),
    "closed": (OPEN, CLOSED, "$.*: is not allowed any more"),
    "a property gone from a closed object": (CLOSED, CLOSED | {"properties": {}}, "$.n: is not allowed any more"),
    "a shorter list": ({"enum": ["a", "b"]}, {"enum": ["a"]}, '$: may not be "b" any more'),
    "a list at all": ({}, {"enum": ["a"]}, "$: had any value"),
    "a tighter bound": ({"maxLength": 5}, {"maxLength": 4}, "maxLength is 4 now, it was 5"),
    "a bound at all": ({}, {"minimum": 0}, "minimum is 0 now, it was not limited"),
    "deep inside": ({"items": {"items": {}}}, {"items": {"items": {"type": "null"}}}, "$[][]: had any type"),
    "a pattern": ({"pattern": "a"}, {"pattern": "b"}, "$: pattern is new, changed or gone"),
    "what references mean": ({"$defs": {"x": {}}}, {"$defs": {"x": {"type": "null"}}}, "$: $defs is new, changed"),
    "references elsewhere": ({"$ref": "#/properties/a"}, {}, "cannot be compared"),
    "beside patterns": (
        {"patternProperties": {"^n": {"type": "null"}}},
        {"patternProperties": {"^n": {"type": "null"}}, "properties": {"n": {}}},
        "beside patternProperties",
    ),
    "what nobody looked at": (
        {"properties": {"n": {}}, "unevaluatedProperties": False},
        {"unevaluatedProperties": False},
        "cannot be compared",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FINE)
def test_a_change_that_breaks_nothing(name: str) -> None:
    assert breaks(*FINE[name]) == []


@pytest.mark.parametrize("name", BREAKING)
def test_a_change_that_breaks_something_says_where(name: str) -> None:
    old, new, said = BREAKING[name]
    found = breaks(old, new)
    assert any(said in one for one in found), found


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "bb", 0.5]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=5,
)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])


def _keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    properties = st.dictionaries(st.sampled_from("abc"), inner, max_size=2)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
            "enum": st.lists(st.sampled_from(["a", 1, None]), min_size=1, max_size=3, unique=True),
            "minimum": st.integers(-2, 2),
            "maxLength": st.integers(0, 2),
            "minItems": st.integers(0, 2),
            "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
            "properties": properties,
            "patternProperties": st.just({"^a": {"type": "integer"}}),
            "additionalProperties": inner,
            "unevaluatedProperties": st.just(False),
            "items": inner,
            "prefixItems": st.just([{"type": "integer"}]),
            "not": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=2),
        },
    )


SCHEMAS = st.recursive(st.booleans() | _keywords(st.booleans()), _keywords, max_leaves=4).filter(
    lambda schema: isinstance(schema, dict)
)


@settings(max_examples=400, deadline=None)
@given(
    old=SCHEMAS,
    changes=SCHEMAS,
    dropped=st.sets(st.sampled_from(["required", "type", "enum", "not", "items"])),
    values=st.lists(VALUES, max_size=8),
)
def test_what_was_valid_stays_valid_unless_it_is_called_a_break(
    old: Document, changes: Document, dropped: set[str], values: list[Any]
) -> None:
    new = {name: value for name, value in (old | changes).items() if name not in dropped}
    if breaks(old, new):
        return
    before, after = Draft202012Validator(old), Draft202012Validator(new)
    for value in values:
        if before.is_valid(value):
            assert after.is_valid(value), (old, new, value)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "objekt"}, "schema_json.type"),
        ({"properties": {"a": {"minimum": "x"}}}, "schema_json.properties.a.minimum"),
        ({"$ref": "https://evil.example/schema"}, "is not fetched"),
        ({"properties": {"a": {"$ref": "other.json"}}}, "is not fetched"),
    ],
)
def test_what_is_no_schema_is_told_where(schema: Document, said: str) -> None:
    found = flaw(schema)
    assert found is not None
    assert said in found


def test_a_payload_is_told_where_it_fails() -> None:
    text = '{"properties":{"lines":{"items":{"type":"integer"}}}}'
    assert fault(text, {"lines": [1, 2]}) is None
    assert fault(text, {"lines": [1, "x"]}) == "payload.lines.1: 'x' is not of type 'integer'"


def test_a_schema_that_leads_nowhere_is_said_to_be_the_fault() -> None:
    assert "the registered schema cannot be used" in str(fault('{"$ref":"#/$defs/none"}', {}))
    assert "the registered schema cannot be used" in str(fault('{"$ref":"#"}', {}))
