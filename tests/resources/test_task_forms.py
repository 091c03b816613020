"""The fields of a form: as many kinds as JSON Schema has, and nonsense that must not break a program."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axme.resources.task_forms import fields_of

FORM: dict[str, Any] = {
    "type": "object",
    "required": ["city", "home"],
    "properties": {
        "city": {"type": "string", "title": "Where to?", "minLength": 2, "maxLength": 40, "pattern": "^[A-Z]"},
        "crates": {"type": "integer", "minimum": 1, "maximum": 9, "default": 3},
        "fragile": {"type": "boolean", "description": "Glass inside"},
        "speed": {"enum": ["slow", "fast"]},
        "level": {"oneOf": [{"const": 1, "title": "one"}, {"const": 2, "title": "two"}]},
        "on": {"type": ["null", "string"], "format": "date"},
        "home": {"$ref": "#/$defs/place", "title": "Home"},
        "stops": {"type": "array", "items": {"$ref": "#/$defs/place"}, "maxItems": 3},
    },
    "$defs": {
        "place": {
            "type": "object",
            "title": "Place",
            "required": ["street"],
            "properties": {"street": {"type": "string"}, "next": {"$ref": "#/$defs/place"}},
        }
    },
}


def test_each_field_says_what_it_takes() -> None:
    fields = {field.name: field for field in fields_of(FORM)}
    assert list(fields) == list(FORM["properties"])
    assert [name for name, field in fields.items() if field.required] == ["city", "home"]
    assert {name: field.type for name, field in fields.items()} == {
        "city": "string",
        "crates": "integer",
        "fragile": "boolean",
        "speed": "string",
        "level": "integer",
        "on": "string",
        "home": "object",
        "stops": "array",
    }
    city, crates, fragile = fields["city"], fields["crates"], fields["fragile"]
    assert (city.title, city.min_length, city.max_length, city.pattern) == ("Where to?", 2, 40, "^[A-Z]")
    assert (crates.title, crates.minimum, crates.maximum, crates.default) == ("Crates", 1, 9, 3)
    assert (fragile.description, fragile.default, fragile.choices) == ("Glass inside", None, ())
    assert (fields["speed"].choices, fields["level"].choices) == (("slow", "fast"), (1, 2))
    assert (fields["on"].format, fields["stops"].max_length) == ("date", 3)
    assert repr(city) == "<FormField city: string, required>"


def test_fields_inside_fields_follow_references() -> None:
    fields = {field.name: field for field in fields_of(FORM)}
    home, item = fields["home"], fields["stops"].item
    assert (home.title, [field.name for field in home.fields]) == ("Home", ["street", "next"])
    assert item is not None
    assert item.title == "Place"
    assert item.fields[1].fields[1].fields[0].name == "street", "as deep as anybody looks"


@pytest.mark.parametrize("schema", [None, {}, {"properties": 7}, {"$ref": "#/nowhere"}, {"$ref": "http://x/y"}])
def test_no_form_has_no_fields(schema: Any) -> None:
    assert fields_of(schema) == ()


def test_a_reference_to_itself_ends() -> None:
    (field,) = fields_of({"properties": {"a": {"$ref": "#/properties/a"}}})
    assert (field.type, field.fields) == ("string", ())


@pytest.mark.parametrize("schema", [{"enum": True}, {"oneOf": 7}, {"anyOf": {"const": 1}}])
def test_choices_that_are_none(schema: dict[str, Any]) -> None:
    (field,) = fields_of({"properties": {"x": schema}})
    assert (field.type, field.choices) == ("string", ())


KEYS = st.sampled_from(["type", "properties", "required", "enum", "const", "oneOf", "items", "$ref", "a"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "object", "#/a"]),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(KEYS, JSON))
def test_nonsense_never_breaks_a_reader(schema: dict[str, Any]) -> None:
    for field in fields_of({"properties": {"x": schema}}):
        assert isinstance(field.type, str)
        assert isinstance(field.choices, tuple)
        assert isinstance(field.fields, tuple)
        assert repr(field)
