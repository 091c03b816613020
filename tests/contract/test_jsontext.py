"""The JSON gate: what it lets in and out, and how it says no."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.contract import jsontext
from axme.contract.limits import JSON_DEPTH

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_goes_out_comes_back(value: object) -> None:
    assert jsontext.loads(jsontext.dumps(value)) == value
    assert jsontext.loads(jsontext.dumps(value).encode()) == value
    assert json.loads(jsontext.canonical(value)) == value


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_equal_documents_have_one_canonical_text(document: dict[str, object]) -> None:
    assert jsontext.canonical(document) == jsontext.canonical(dict(reversed(document.items())))


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_a_clear_refusal(data: bytes) -> None:
    try:
        value = jsontext.loads(data)
    except jsontext.JsonError as error:
        assert str(error)
    else:
        assert jsontext.loads(jsontext.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a":1,"a":2}', "'a' appears twice"),
        ("NaN", "NaN"),
        ("[1, -Infinity]", "-Infinity"),
        ("1e999", "1e999"),
        ('"\\ud800"', "surrogate"),
        ("[" * (JSON_DEPTH + 1) + "]" * (JSON_DEPTH + 1), str(JSON_DEPTH)),
        ("[" * 100_000, str(JSON_DEPTH)),
        ("9" * 5000, "digits"),
        (b"\xff{}", "UTF-8"),
        (b"\xef\xbb\xbf{}", "line 1 column 1"),
        ('{"a":}', "line 1 column 6"),
        ("{} {}", "line 1"),
        ("", "line 1"),
    ],
)
def test_what_is_refused_on_the_way_in(text: str | bytes, said: str) -> None:
    with pytest.raises(jsontext.JsonError, match=said):
        jsontext.loads(text)


def test_the_deepest_document_that_is_let_in() -> None:
    text = "[" * JSON_DEPTH + "]" * JSON_DEPTH
    assert jsontext.dumps(jsontext.loads(text)) == text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"order": {"total": float("nan")}}, r"\$\.order\.total is nan"),
        ([1, float("-inf")], r"\$\[1\] is -inf"),
        ({1: "one"}, "key 1 is not text"),
        ({"a": {None: 1}}, "key None is not text"),
        ({"when": object()}, r"\$\.when is a object"),
        ({"tags": {1, 2}}, r"\$\.tags is a set"),
        (["\ud800"], "surrogate"),
    ],
)
def test_what_is_refused_on_the_way_out_names_its_place(value: object, said: str) -> None:
    with pytest.raises(jsontext.JsonError, match=said):
        jsontext.dumps(value)


def test_a_document_that_contains_itself() -> None:
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(jsontext.JsonError, match="nested deeper"):
        jsontext.dumps(loop)


def test_the_depth_is_that_of_the_deepest_place_however_wide_the_document_is() -> None:
    wide = [{"a": [1, {"b": "}]"}]} for _ in range(JSON_DEPTH)]
    assert jsontext.loads(jsontext.dumps(wide)) == wide
    deep: object = "here"
    for _ in range(JSON_DEPTH):
        deep = {"in": deep}
    for refused in ([*wide, deep], [deep], {"a": (deep,)}):
        with pytest.raises(jsontext.JsonError, match="nested deeper"):
            jsontext.dumps(refused)
        with pytest.raises(jsontext.JsonError, match="nested deeper"):
            jsontext.loads(json.dumps(refused))
    assert jsontext.loads(jsontext.dumps(deep)) == deep


@pytest.mark.parametrize("half", ["\\ud800", "\\uDBFF", "\\uDc00", "\\udFfF", "\\ud83d\\\\ude00"])
def test_half_of_a_surrogate_pair_is_found_and_a_whole_one_let_in(half: str) -> None:
    for text in (f'"{half}"', f'{{"{half}":1}}'):
        with pytest.raises(jsontext.JsonError, match="surrogate"):
            jsontext.loads(text)
    assert jsontext.loads('"\\ud83d\\uDE00 \\u00e9 \\\\ud800"') == "😀 é \\ud800"


@pytest.mark.parametrize("value", [{("a",): 1}, [[{"a": [{2.5: "x"}]}]], ({"a": {b"x": 1}},)])
def test_keys_that_are_no_text_are_found_at_every_depth(value: object) -> None:
    with pytest.raises(jsontext.JsonError):
        jsontext.dumps(value)
