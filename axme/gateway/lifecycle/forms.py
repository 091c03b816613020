"""Forms of human tasks: JSON Schemas of strangers, checked in a time that is known beforehand (contract 3.3).

They are checked inside the transaction that decides the task, so nobody may be able to make that last.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from axme.gateway.lifecycle.patterns import MOST_STEPS, PatternError, require_quick, steps

#: Parts of a schema, each reference counted as often as it is followed.
MOST_PARTS = 1000
#: Parts of a schema times values of an answer.
MOST_CHECKS = 100_000
#: So many faults of one answer are told.
MOST_FAULTS = 50
_NO_SCHEMAS = frozenset({"const", "default", "enum", "examples", "$defs", "definitions"})
_BY_NAME = frozenset({"properties", "dependentSchemas"})


class FormError(ValueError):
    """What is wrong; ``path`` leads to the part of the answer that it is wrong with."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.path = path


class Fault(NamedTuple):
    """One thing that is wrong with an answer."""

    path: tuple[str | int, ...]
    #: The word of the schema that says so, and what it says.
    keyword: str
    expected: Any
    message: str


def check_schema(schema: dict[str, Any]) -> None:
    """Refuse what is no JSON Schema, or none that can be checked quickly.

    Raises:
        FormError: with the reason.
    """
    try:
        _Parts(schema)
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise FormError(f"no valid JSON Schema: {error.message}") from None
    except RecursionError:
        raise FormError("no valid JSON Schema: it is nested too deep") from None


def check_answer(schema: dict[str, Any], answers: tuple[dict[str, Any], ...]) -> None:
    """Check that one of ``answers`` (the same answer, read in several ways) fits the form.

    Raises:
        FormError: what the first of them is missing, and where.
    """
    first: Fault | None = None
    left = _Steps()
    for answer in answers:
        found = _faults(schema, answer, 1, left)
        if not found:
            return
        first = first or found[0]
    if first is not None:
        raise FormError(first.message, first.path)


def all_faults(schema: dict[str, Any], answer: dict[str, Any]) -> list[Fault]:
    """Everything that is wrong with one answer, for the person who gave it.

    Raises:
        FormError: the answer cannot be checked.
    """
    return _faults(schema, answer, MOST_FAULTS, _Steps())


def _faults(schema: dict[str, Any], answer: dict[str, Any], most: int, left: _Steps) -> list[Fault]:
    values = _values(answer)
    if _Parts(schema).count * values > MOST_CHECKS:
        raise FormError(f"an answer of {values} values is too large for this form")
    # An empty registry: a schema's references are never fetched from anywhere.
    kind = extend(Draft202012Validator, {"pattern": left.pattern})  # type: ignore[no-untyped-call]
    validator = kind(schema, registry=Registry())
    try:
        return [
            Fault(tuple(error.absolute_path), str(error.validator), error.validator_value, error.message)
            for error in islice(validator.iter_errors(answer), most)
        ]
    except (Unresolvable, RecursionError) as error:
        raise FormError(f"the form_schema of the task cannot be used: {error}") from None


class _Steps:
    """What is left of the steps that the regular expressions of one check may take together."""

    def __init__(self) -> None:
        self._left = float(MOST_STEPS)

    def pattern(self, validator: Any, pattern: str, text: Any, schema: Any) -> Iterator[ValidationError]:
        """The keyword ``pattern``."""
        if validator.is_type(text, "string"):
            self._left -= steps(pattern, len(text))
            if self._left < 0:
                yield ValidationError(f"{len(text)} characters are too many to be matched with {pattern[:80]!r}")
                return
        yield from Draft202012Validator.VALIDATORS["pattern"](validator, pattern, text, schema)


def _values(answer: Any) -> int:
    items = answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ()
    return 1 + sum(map(_values, items))


class _Parts:
    """A walk through the parts of a schema, along its references."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.count = 0
        self._root = schema
        self._walk(schema, frozenset())

    def _walk(self, part: Any, trail: frozenset[str]) -> None:
        if not isinstance(part, dict):
            return
        self.count += 1
        if self.count > MOST_PARTS:
            raise FormError(f"it has more than {MOST_PARTS} parts: make the form smaller")
        for name, value in part.items():
            if name in ("$ref", "$dynamicRef", "$recursiveRef"):
                self._follow(value, trail)
            elif name in ("patternProperties", "uniqueItems"):
                raise FormError(f"{name} is not supported in forms: leave it out")
            elif name == "pattern" and isinstance(value, str):
                _check_pattern(value)
            elif name not in _NO_SCHEMAS:
                self._walk_all(name, value, trail)

    def _walk_all(self, name: str, value: Any, trail: frozenset[str]) -> None:
        if isinstance(value, list):
            for item in value:
                self._walk(item, trail)
        elif isinstance(value, dict) and name in _BY_NAME:
            for item in value.values():
                self._walk(item, trail)
        else:
            self._walk(value, trail)

    def _follow(self, reference: Any, trail: frozenset[str]) -> None:
        if reference in trail:
            raise FormError(f"{reference} leads back to itself: a form cannot be endless")
        found: Any = self._root
        for step in str(reference).removeprefix("#").split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, dict) else None
        if not str(reference).startswith("#/") or found is None:
            raise FormError(f"{str(reference)[:80]!r} leads nowhere: refer to a part of the form, as in #/$defs/part")
        self._walk(found, trail | {reference})


def _check_pattern(pattern: str) -> None:
    try:
        require_quick(pattern)
    except PatternError as error:
        raise FormError(str(error)) from None
