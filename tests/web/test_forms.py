"""Forms made of schemas: whatever answer fits can be typed in, and what does not is told beside its control."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from axme.gateway.lifecycle import forms
from axme.gateway.web import answers
from axme.gateway.web.answers import Typed
from axme.gateway.web.fields import Kind, read_form
from axme.gateway.web.html import Html
from axme.gateway.web.task_form import TaskForm
from tests.web.person import Form

NOW = datetime(2026, 3, 31, 16, tzinfo=UTC)
Pair = tuple[dict[str, Any], Any]

_words = st.text(st.characters(exclude_characters="\r\0", exclude_categories=("Cs",)), min_size=1, max_size=30)
_lines = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=12)
_names = st.text(min_size=1, max_size=8).filter(lambda name: "\0" not in name) | st.sampled_from(
    ["a", "b/c", "d~1", "#"]
)


def _enum(values: Any) -> Any:
    return st.lists(values, min_size=1, max_size=8, unique_by=repr).flatmap(
        lambda options: st.sampled_from(options).map(lambda chosen: ({"enum": options}, chosen))
    )


def _some_of(values: Any) -> Any:
    return st.lists(values, min_size=1, max_size=6, unique_by=repr).flatmap(
        lambda options: st.lists(st.sampled_from(options), unique_by=repr, min_size=1).map(
            lambda some: ({"type": "array", "items": {"enum": options}}, [o for o in options if o in some])
        )
    )


def _pairs(kind: dict[str, Any], values: Any) -> Any:
    return values.map(lambda value: (kind, value))


_moments = st.datetimes().map(lambda moment: moment.isoformat() + "Z")
_numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers()
_single: st.SearchStrategy[Pair] = st.one_of(
    _pairs({"type": "string"}, _words),
    _pairs({"type": "string", "maxLength": 5000}, _words),
    _pairs({}, _words),
    _pairs({"type": "integer"}, st.integers()),
    _pairs({"type": "number"}, _numbers),
    _pairs({"type": "boolean"}, st.booleans()),
    _pairs({"type": "boolean", "default": True}, st.booleans()),
    _pairs({"type": "string", "format": "date"}, st.dates().map(str)),
    _pairs({"type": "string", "format": "date-time"}, _moments),
    _pairs({"type": "string", "format": "email"}, st.emails()),
    _pairs({"type": "string", "format": "uri"}, st.just("https://example.com/a?b=c&d")),
    _enum(st.text(max_size=9).filter(lambda t: t.isprintable()) | st.integers() | st.booleans() | st.just("a b")),
    _some_of(st.text(min_size=1, max_size=9).filter(lambda t: t.isprintable())),
    _pairs({"type": "array", "items": {"type": "string"}}, st.lists(_lines, min_size=1, max_size=4)),
    _pairs({"type": "array", "items": {"type": "integer"}}, st.lists(st.integers(), min_size=1, max_size=4)),
    _pairs({"anyOf": [{"type": "string"}, {"type": "null"}]}, _words),
    _pairs({"type": ["integer", "string"]}, st.integers()),
)


def _group(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    def build(parts: dict[str, Pair]) -> Pair:
        schema = {"type": "object", "properties": {name: part for name, (part, _) in parts.items()}}
        return schema | {"required": list(parts)}, {name: value for name, (_, value) in parts.items()}

    return st.dictionaries(_names, inner, min_size=1, max_size=4).map(build)


def _rows(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    return _group(inner).map(lambda pair: ({"type": "array", "items": pair[0]}, [pair[1]] * 3))


_forms = _group(st.recursive(_single, lambda inner: _group(inner) | _rows(inner), max_leaves=6))


def page(task: dict[str, Any], typed: Typed, faults: dict[str, str]) -> str:
    """The page of a task whose form holds ``typed``."""
    form = TaskForm(task)
    filled = form.filled(typed, faults)
    shown = {"controls": filled.controls, "errors": filled.errors, "buttons": form.buttons(), "now": NOW}
    words = {"task_title": "T", "kind": "Form", "description": "", "asker": ("a", ""), "recipient": "r"}
    return Html("task.html", shown | words | {"due": None, "details": None, "form_token": "t"}).text()


def through_a_browser(task: dict[str, Any], typed: Typed) -> Typed:
    """What a browser sends of the page without anybody touching it."""
    form = Form()
    form.feed(page(task, typed, {}))
    # Line ends of large fields become these on the way.
    return {name: [text.replace("\n", "\r\n") for text in texts] for name, texts in form.fields.items()}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_forms)
def test_whatever_fits_can_be_typed_in(pair: Pair) -> None:
    schema, data = pair
    forms.check_schema(schema)
    task = {"task_type": "form", "form_schema": schema}
    sent = through_a_browser(task, answers.write(read_form(schema), data))
    result, faults = TaskForm(task).answer(sent, "submitted")
    assert not faults
    assert result["data"] == data
    forms.check_answer(schema, (result["data"],))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_forms, st.sampled_from([{"type": "integer"}, {"type": "number"}, {"type": "string", "format": "email"}]))
def test_what_cannot_be_read_is_told_beside_its_control_and_kept(pair: Pair, part: dict[str, Any]) -> None:
    schema = pair[0] | {"properties": pair[0]["properties"] | {"wrong": part}}
    task = {"task_type": "form", "form_schema": schema}
    typed = answers.write(read_form(schema), pair[1]) | {"form/wrong": ['<not> "one"']}
    _, faults = TaskForm(task).answer(typed, "submitted")
    assert list(faults) == ["form/wrong"]
    shown = page(task, typed, faults)
    assert "&lt;not&gt; &#34;one&#34;" in shown
    assert shown.count('class="error"') == 1


_any_json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
_part: st.SearchStrategy[Any] = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["string", "number", "integer", "boolean", "array", "object", "null"])
            | st.lists(st.sampled_from(["string", "null", "array"]), min_size=1, max_size=3, unique=True),
            "enum": st.lists(_any_json, max_size=3),
            "const": _any_json,
            "default": _any_json,
            "format": st.sampled_from(["date", "email", "time", "uuid", "uri", "textarea"]),
            "title": st.text(max_size=5),
            "minItems": st.integers(0, 3),
            "maxLength": st.integers(0, 500),
            "minimum": st.integers(-3, 3),
            "examples": st.lists(_any_json, max_size=2),
        },
    )
    | st.booleans(),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["array", "object"]),
            "properties": st.dictionaries(st.text(max_size=3), inner, max_size=3),
            "items": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=3),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "required": st.lists(st.text(max_size=3), max_size=2, unique=True),
        },
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(_part.filter(lambda part: isinstance(part, dict)), st.data())
def test_no_schema_and_no_typing_breaks_the_page(schema: dict[str, Any], draw: st.DataObject) -> None:
    try:
        forms.check_schema(schema)
    except forms.FormError:
        assume(False)
    task = {"task_type": "form", "form_schema": schema}
    typed = TaskForm(task).fresh()
    for name in list(typed):
        typed[name] = draw.draw(st.just(typed[name]) | st.lists(st.text(max_size=6), max_size=2))
    _, faults = TaskForm(task).answer(typed, "submitted")
    assert page(task, typed, faults)


@pytest.mark.parametrize(
    ("part", "text", "said"),
    [
        ({"type": "integer"}, "1.5", "Write a whole number in digits: 1500"),
        ({"type": "number"}, "1,500", "Write a number in digits, with a point for decimals: 1500.5"),
        ({"type": "number"}, "1e999", "This number is too large."),
        ({"type": "integer", "minimum": 3}, "2", "Must be 3 or more."),
        ({"type": "number", "exclusiveMaximum": 3}, "3", "Must be less than 3."),
        ({"type": "integer", "multipleOf": 5}, "7", "Must be a multiple of 5."),
        ({"type": "string", "maxLength": 3}, "four", "Write at most 3 characters."),
        ({"type": "string", "minLength": 3}, "a", "Write at least 3 characters."),
        ({"type": "string", "pattern": "^[A-Z]{3}$"}, "abc", "This is not in the expected form (^[A-Z]{3}$)."),
        ({"type": "string", "pattern": "^[A-Z]+$", "examples": ["ABC"]}, "abc", "Write it like this: ABC"),
        ({"type": "string", "format": "date"}, "31.3.2026", "Write a date as year-month-day: 2026-03-31"),
        ({"type": "string", "format": "date-time"}, "soon", "Write a date and time: 2026-03-31T16:00"),
        ({"type": "string", "format": "email"}, "mia", "Write an e-mail address: name@example.com"),
        ({"type": "string", "format": "uri"}, "example", "Write a full address: https://example.com/page"),
        ({"enum": ["a", "b"]}, "c", "Choose one of the list."),
        ({"type": "array", "items": {"type": "integer"}}, "1\n2\nx", "Line 3: Write a whole number in digits: 1500"),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 1}, "a\nb", "Give at most 1."),
        ({"type": "object"}, "{", "This is not JSON"),
        ({"type": "boolean", "const": True}, "", "Please choose one."),
        ({"type": "string"}, "", "Please fill this in."),
    ],
)
def test_faults_are_told_in_words(part: dict[str, Any], text: str, said: str) -> None:
    task = {"task_type": "form", "form_schema": {"properties": {"x": part}, "required": ["x"]}}
    _, faults = TaskForm(task).answer({"form/x": [text]}, "submitted")
    assert list(faults) == ["form/x"]
    assert faults["form/x"].startswith(said)


def test_references_and_choices_with_titles_are_understood() -> None:
    schema = {
        "$defs": {"level": {"oneOf": [{"const": 1, "title": "Low"}, {"const": 2, "title": "High"}]}},
        "properties": {"level": {"$ref": "#/$defs/level", "title": "How much?"}},
        "required": ["level"],
    }
    (part,) = read_form(schema).parts
    assert (part.kind, part.title) == (Kind.RADIOS, "How much?")
    assert [(option.sent, option.label) for option in part.options] == [("1", "Low"), ("2", "High")]


def test_an_optional_group_that_nobody_touched_is_left_out() -> None:
    inner = {"type": "object", "properties": {"street": {"type": "string"}}, "required": ["street"]}
    form = TaskForm({"task_type": "form", "form_schema": {"properties": {"address": inner}}})
    assert form.answer(form.fresh(), "submitted")[0]["data"] == {}
    assert form.answer({"form/address/street": ["Main"]}, "submitted")[0]["data"] == {"address": {"street": "Main"}}


def test_a_form_may_be_refused_unless_its_outcomes_are_its_own() -> None:
    assert [(one.outcome, one.look) for one in TaskForm({"task_type": "form"}).buttons()] == [
        ("submitted", "first"),
        ("rejected", "no"),
    ]
    own = TaskForm({"task_type": "form", "allowed_outcomes": ["submitted"]})
    assert [one.outcome for one in own.buttons()] == ["submitted"]


def test_who_declines_is_not_asked_to_fill_in_the_form() -> None:
    form = TaskForm({"task_type": "assignment", "form_schema": {"required": ["name"]}})
    assert form.answer({"form/name": [""]}, "declined") == ({"outcome": "declined"}, {})
