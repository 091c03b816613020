"""Merge patches behave as RFC 7396 says, alone and one after another."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.gateway.lifecycle.controls import merge, merge_patches

NAMES = st.sampled_from("abc")
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=2),
    lambda inner: st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=3)


def stored(value: Any) -> Any:
    """``value`` as it can stand in a stored document: without nulls."""
    return merge({}, value)


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_the_rfc(target: dict[str, Any], patch: dict[str, Any], result: dict[str, Any]) -> None:
    assert merge(target, patch) == result


@given(OBJECTS, OBJECTS)
def test_a_patch_applied_twice_changes_nothing_more(target: dict[str, Any], patch: dict[str, Any]) -> None:
    once = merge(stored(target), patch)
    assert merge(once, patch) == once


@given(OBJECTS, OBJECTS)
def test_a_patch_leaves_its_target_alone(target: dict[str, Any], patch: dict[str, Any]) -> None:
    before = repr(target)
    merge(target, patch)
    assert repr(target) == before


@given(OBJECTS)
def test_a_document_patched_into_nothing_is_itself_without_nulls(document: dict[str, Any]) -> None:
    clean = stored(document)
    assert merge({}, clean) == clean


@given(st.lists(OBJECTS, max_size=3))
def test_patches_of_flat_keys_merge_into_one(patches: list[dict[str, Any]]) -> None:
    flat = [{name: value for name, value in patch.items() if not isinstance(value, dict)} for patch in patches]
    expected: dict[str, Any] = {"a": 1, "z": 2}
    for patch in flat:
        expected = merge(expected, patch)
    assert merge({"a": 1, "z": 2}, merge_patches(None, *flat)) == expected
