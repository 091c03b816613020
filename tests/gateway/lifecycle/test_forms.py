"""Forms of strangers: what fits is taken, and nothing in them can take long."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.gateway.lifecycle.forms import MOST_STEPS, FormError, check_answer, check_schema
from axme.gateway.lifecycle.patterns import PatternError, steps

ADDRESS = {
    "$defs": {"line": {"type": "string", "pattern": r"^[\w .-]{1,80}$"}},
    "properties": {
        "email": {"type": "string", "pattern": r"^[^@]+@[^@]+\.[^@]+$"},
        "street": {"$ref": "#/$defs/line"},
        "towns": {"type": "array", "items": {"$ref": "#/$defs/line"}},
        "pattern": {"enum": ["(a+)+b"]},
    },
    "required": ["email"],
}


def refusal(schema: dict[str, Any]) -> str:
    """Why the schema is refused."""
    with pytest.raises(FormError) as caught:
        check_schema(schema)
    return str(caught.value)


def test_an_ordinary_form_is_taken_and_checked() -> None:
    check_schema(ADDRESS)
    check_answer(ADDRESS, ({"email": "mia@example.com", "street": "Oak Street 1", "towns": ["Ulm"]},))
    with pytest.raises(FormError, match="'email' is a required property"):
        check_answer(ADDRESS, ({"street": "Oak Street 1"},))
    with pytest.raises(FormError) as caught:
        check_answer(ADDRESS, ({"email": "mia@example.com", "towns": ["Ulm", "?"]},))
    assert caught.value.path == ("towns", 1)


def test_any_reading_of_the_answer_may_fit_and_the_first_is_explained() -> None:
    check_answer(ADDRESS, ({}, {"email": "mia@example.com"}))
    with pytest.raises(FormError, match="required"):
        check_answer(ADDRESS, ({}, {"email": "nobody"}))


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a|aa)+$", "^(a?){64}$", "(?=(x+x+)+y)", ".*.*.*.*x", "((a{1,9}){1,9}){1,9}", r"^(([a-z])+.)+[A-Z]+$"],
)
def test_a_pattern_that_could_take_for_ever_is_refused_with_the_task(pattern: str) -> None:
    assert "could take for ever" in refusal({"properties": {"x": {"items": {"pattern": pattern}}}})


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[^@]+@[^@]+\.[^@]+$",
        r"^(\d{1,3}\.){3}\d{1,3}$",
        r"^\+?[0-9 ()-]{7,20}$",
        r"^(Mr|Mrs|Dr)\.? .+$",
        r"^#?([a-f0-9]{6}|[a-f0-9]{3})$",
        r"(?i)^[a-z]+(?<!x)$",
        r"^(a)?(?(1)b|c)$",
        r"[ab]*+c",
        r"(?>a+)b",
    ],
)
def test_ordinary_patterns_are_taken(pattern: str) -> None:
    check_schema({"pattern": pattern})


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "[z-a]", r"\8", "(?P<n>a)(?P<n>b)"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    assert "cannot be read" in refusal({"pattern": pattern})


def test_a_text_too_long_for_its_pattern_is_refused_without_matching_it() -> None:
    slow = {"properties": {"x": {"pattern": r"^.*a.*b.*c$"}}}
    check_schema(slow)
    check_answer(slow, ({"x": "abc"},))
    with pytest.raises(FormError, match="too many to be matched") as caught:
        check_answer(slow, ({"x": "a" * 100_000},))
    assert caught.value.path == ("x",)


def test_many_texts_share_the_time_of_one() -> None:
    schema = {"items": {"pattern": "^a*a*$"}, "properties": {"x": {"$ref": "#/items"}}}
    texts = {"x": ["a" * 1000] * 100}
    rows = {"properties": {"x": {"items": schema["items"]}}}
    with pytest.raises(FormError, match="too many to be matched"):
        check_answer(rows, (texts,))


def test_a_small_schema_that_unfolds_without_end_is_refused() -> None:
    doubling: dict[str, Any] = {
        f"s{n}": {"allOf": [{"$ref": f"#/$defs/s{n + 1}"}, {"$ref": f"#/$defs/s{n + 1}"}]} for n in range(40)
    }
    assert "more than 1000 parts" in refusal({"$defs": doubling | {"s40": {}}, "$ref": "#/$defs/s0"})
    assert "leads back to itself" in refusal({"properties": {"x": {"$ref": "#/properties/x"}}})
    assert "nested too deep" in refusal(_nested(900))


def _nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(depth):
        schema = {"not": schema}
    return schema


@pytest.mark.parametrize("reference", ["http://example.com/schema", "#name", "#/$defs/absent", 7])
def test_a_reference_that_leads_nowhere_is_refused(reference: Any) -> None:
    assert "leads nowhere" in refusal({"$ref": reference})


@pytest.mark.parametrize("keyword", [{"uniqueItems": True}, {"patternProperties": {"^a": {}}}])
def test_what_cannot_be_checked_quickly_is_not_offered(keyword: dict[str, Any]) -> None:
    assert "not supported" in refusal({"properties": {"x": keyword}})


def test_an_answer_too_large_for_its_form_is_refused() -> None:
    schema = {"properties": {str(n): {"type": "integer"} for n in range(500)}}
    with pytest.raises(FormError, match="too large for this form"):
        check_answer(schema, ({"x": list(range(1000))},))


@given(st.text(alphabet="ab.*+?|(){}^$1,\\", max_size=12), st.integers(0, 200))
def test_every_text_is_counted_or_refused(pattern: str, length: int) -> None:
    try:
        re.compile(pattern)
    except re.error:
        with pytest.raises(PatternError):
            steps(pattern, length)
        return
    assert steps(pattern, length) >= 1


@given(st.text(alphabet="ab*+?|()", max_size=10))
def test_what_is_counted_as_quick_is_quick(pattern: str) -> None:
    text = "a" * 30 + "c"
    try:
        allowed = steps(pattern, len(text)) <= MOST_STEPS / 100
    except PatternError:
        return
    if allowed:
        re.search(pattern, text)
