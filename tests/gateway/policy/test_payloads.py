"""Payloads are checked by schemas of strangers, in a time that is known beforehand."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from axme.contract import jsontext
from axme.gateway.policy.payloads import fault, flaw

#: Nobody waits longer than this, on a slow and busy machine.
PATIENCE = 20.0
SLOW = ["(a+)+b", "^(a|a)*$", "(.*)*x", "(x+x+)+y", "((a?){30}){30}"]


@pytest.mark.parametrize("pattern", SLOW)
@pytest.mark.parametrize("form", ["pattern", "patternProperties", "deep"])
def test_a_pattern_that_could_take_for_ever_is_not_registered(pattern: str, form: str) -> None:
    schema: dict[str, Any] = {
        "pattern": {"properties": {"x": {"pattern": pattern}}},
        "patternProperties": {"patternProperties": {pattern: {}}},
        "deep": {"$defs": {"a": {"allOf": [{"items": {"pattern": pattern}}]}}},
    }[form]
    assert "could take for ever" in str(flaw(schema))


def test_what_only_looks_like_a_pattern_is_taken() -> None:
    assert flaw({"properties": {"pattern": {"type": "string"}, "x": {"enum": [{"pattern": "(a+)+b"}]}}}) is None


def _check(schema: dict[str, Any], payload: dict[str, Any]) -> str | None:
    began = time.monotonic()
    found = fault(jsontext.dumps(schema), payload)
    assert time.monotonic() - began < PATIENCE
    return found


def test_a_schema_that_was_registered_before_does_no_harm_either() -> None:
    assert "too long to be matched" in str(_check({"properties": {"x": {"pattern": "(a+)+b"}}}, {"x": "a" * 5000}))
    names = {"patternProperties": {"(a+)+b": {}}, "additionalProperties": False}
    assert "too long to be matched" in str(_check(names, {"a" * 5000: 1}))


def test_references_that_double_end() -> None:
    levels = {f"l{n}": {"allOf": [{"$ref": f"#/$defs/l{n + 1}"}] * 2} for n in range(60)}
    schema = {"$defs": {**levels, "l60": {}}, "$ref": "#/$defs/l0"}
    assert "too large to be checked" in str(_check(schema, {}))


def test_long_lists_against_long_enumerations_end() -> None:
    schema = {"properties": {"x": {"items": {"enum": list(range(10_000))}}}}
    assert "too large to be checked" in str(_check(schema, {"x": [9_999] * 20_000}))


def test_unique_items_are_counted_once() -> None:
    schema = {"properties": {"x": {"uniqueItems": True}}}
    assert _check(schema, {"x": [{"a": n} for n in range(9000)]}) is None
    assert "the same item twice" in str(_check(schema, {"x": [{"a": n} for n in range(9000)] + [{"a": 0}]}))


def test_an_ordinary_large_payload_passes() -> None:
    line = {"type": "object", "required": ["sku", "n"], "properties": {"sku": {"pattern": "^[A-Z]{3}-[0-9]+$"}}}
    schema = {"properties": {"lines": {"type": "array", "items": line}}}
    assert _check(schema, {"lines": [{"sku": f"ABC-{n}", "n": n} for n in range(3000)]}) is None


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([1.0, 0.5]) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(_VALUES)
def test_counting_changes_no_verdict(value: Any) -> None:
    part = {
        "anyOf": [
            {"type": "array", "uniqueItems": True, "contains": {"type": "string"}},
            {"type": "object", "patternProperties": {"^a": {"type": "integer"}}, "additionalProperties": False},
            {"type": "array", "items": {"type": "number"}, "uniqueItems": True},
            {"enum": [1, "ab", None]},
        ]
    }
    schema = {"properties": {"x": part}}
    assert (fault(jsontext.dumps(schema), {"x": value}) is None) == Draft202012Validator(schema).is_valid({"x": value})
