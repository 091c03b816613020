"""Checking by a stranger's JSON Schema in a time that is known beforehand.

A payload is checked inside the transaction that takes it. A schema of a few lines can ask for more than anybody has
time for: references that double at each level, long enumerations held against long lists, regular expressions that try
every way. So whatever a keyword does is counted, and too much of it ends the check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from axme.contract import jsontext
from axme.gateway.lifecycle.patterns import MOST_STEPS, steps

#: What the keywords of one check may look at, all together: about two seconds of work.
MOST_LOOKS = 500_000
Check = Callable[[Any, Any, Any, Any], Any]


class TooMuchError(Exception):
    """The check would take too long; the message says what to change."""


class _Effort:
    """What is left for one check."""

    def __init__(self) -> None:
        self._looks = MOST_LOOKS
        self._steps = float(MOST_STEPS)

    def look(self, times: int) -> None:
        self._looks -= times
        if self._looks < 0:
            raise TooMuchError("is too large to be checked by its registered schema: send less, or simplify the schema")

    def match(self, pattern: str, text: str) -> None:
        self._steps -= steps(pattern, len(text))
        if self._steps < 0:
            raise TooMuchError(f"has texts too long to be matched with {pattern[:80]!r} of its registered schema")


_effort: ContextVar[_Effort] = ContextVar("effort")


@contextmanager
def counting() -> Iterator[None]:
    """Count what is checked within from nothing on.

    Raises:
        TooMuchError: from within, when it is too much.
    """
    token = _effort.set(_Effort())
    try:
        yield
    finally:
        _effort.reset(token)


def _counted(keyword: str, check: Check) -> Check:
    def counted(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        effort = _effort.get()
        effort.look(1 + _size(value) + _size(instance))
        if keyword == "pattern" and isinstance(instance, str):
            effort.match(value, instance)
        elif keyword in _BY_NAMES and isinstance(instance, dict):
            for pattern in schema.get("patternProperties", ()):
                for name in instance:
                    effort.match(pattern, name)
        return check(validator, value, instance, schema)

    return counted


#: Keywords that match patterns with the names of properties.
_BY_NAMES = frozenset({"patternProperties", "additionalProperties", "unevaluatedProperties"})


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (list, dict)) else 0


def _unique(validator: Any, unique: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """``uniqueItems``: each item written down once, instead of each held against each."""
    if unique and isinstance(instance, list):
        written = {jsontext.canonical([_plain(item)]) for item in instance}
        if len(written) < len(instance):
            yield ValidationError("has the same item twice")


def _plain(value: Any) -> Any:
    """1.0 is 1 in JSON Schema."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {name: _plain(item) for name, item in value.items()} if isinstance(value, dict) else value


_CHECKS = {**Draft202012Validator.VALIDATORS, "uniqueItems": _unique}
#: Draft 2020-12 with every keyword counted.
bounded: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {name: _counted(name, check) for name, check in _CHECKS.items()}
)
