"""Typed fields, declared once and one a line: ``status = field("status", IntentStatus)``.

A value is decoded when it is first read. Good input takes a short way; whatever else is left to the family's
marshmallow schema, which is loaded when it is first needed and has the last word on what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, Never, NoReturn, Self, TypeVar, overload

from axme.contract import clock
from axme.exceptions import AxmeProtocolError

if TYPE_CHECKING:
    from axme.resources.base import Record

T = TypeVar("T")
_SHOWN_CHARS = 80
_HARD = object()
_WORD = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


class Field(Generic[T]):
    """A read-only attribute that stands for one key of the record's dict."""

    def __init__(self, key: str, kind: Any, *, required: bool) -> None:
        self.key = key
        self.kind = kind
        self.required = required
        self._easily = _easy_way(kind)
        self.name = key

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, record: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, record: Record, owner: type[Any]) -> T: ...
    def __get__(self, record: Record | None, owner: type[Any]) -> Self | T:
        if record is None:
            return self
        value: T = record._read(self)
        return value

    def __set__(self, record: Record, value: Never) -> NoReturn:
        raise AttributeError(f"{type(record).__name__}.{self.name} is what the server said; it changes by verbs alone")

    def decode(self, owner: type[Record], value: Any) -> Any:
        """The Python value of what was sent for this field.

        Raises:
            AxmeProtocolError: the server sent something else; class, field and value are named.
        """
        if value is None and not self.required:
            return None
        easy = self._easily(value)
        return self._by_schema(owner, value) if easy is _HARD else easy

    def glance(self, value: Any) -> Any:
        """The Python value where it plainly is one, else what was sent; for showing, which must never fail."""
        easy = self._easily(value)
        return value if easy is _HARD else easy

    def missing(self, owner: type[Record]) -> AxmeProtocolError:
        """The error for a required field that never came."""
        return AxmeProtocolError(f"{owner.__name__}.{self.name}: the server sent no {self.key!r}")

    def _by_schema(self, owner: type[Record], value: Any) -> Any:
        from marshmallow import ValidationError

        try:
            return _schema(owner).fields[self.key].deserialize(value, self.key, {self.key: value})
        except ValidationError as error:
            shown = repr(value)
            shown = shown if len(shown) <= _SHOWN_CHARS else shown[:_SHOWN_CHARS] + "…"
            raise AxmeProtocolError(
                f"{owner.__name__}.{self.name}: the server sent {shown}. {_first(error.messages)}"
            ) from None


class Records(Field[tuple[T, ...]]):
    """A list of records inside a record."""

    def decode(self, owner: type[Record], value: Any) -> Any:
        if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            return tuple(self.kind(item) for item in value)
        return self._by_schema(owner, value)

    def glance(self, value: Any) -> Any:
        whole = isinstance(value, list) and all(isinstance(item, Mapping) for item in value)
        return tuple(self.kind(item) for item in value) if whole else value


def field(key: str, kind: type[T]) -> Field[T]:
    """A field every record of this class has."""
    return Field(key, kind, required=True)


def optional(key: str, kind: type[T]) -> Field[T | None]:
    """A field that is ``None`` where the server leaves it out."""
    return Field(key, kind, required=False)


def records(key: str, kind: type[T]) -> Records[T]:
    """A field that holds a list of records of another class."""
    return Records(key, kind, required=True)


@cache
def fields_of(owner: type[Record]) -> dict[str, Field[Any]]:
    """The declared fields of a class by name, those of its bases first."""
    return {name: one for cls in reversed(owner.__mro__) for name, one in vars(cls).items() if isinstance(one, Field)}


def copied(value: Any) -> Any:
    """A deep copy of decoded JSON."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def _as_is(kind: type) -> Callable[[Any], Any]:
    return lambda value: value if isinstance(value, kind) else _HARD


def _number(value: Any) -> Any:
    return value if type(value) is int and value >= 0 else _HARD


def _moment(value: Any) -> Any:
    try:
        return clock.from_text(value)
    except (TypeError, ValueError):
        return _HARD


def _word(kind: type[StrEnum]) -> Callable[[Any], Any]:
    known = {str(member): member for member in kind}

    def read(value: Any) -> Any:
        return known.get(value) or other(value) if isinstance(value, str) else _HARD

    def other(word: str) -> Any:
        try:
            return kind(word)
        except ValueError:
            return _new_word(kind, word) if _WORD.fullmatch(word) else _HARD

    return read


def _new_word(kind: type[StrEnum], word: str) -> StrEnum:
    """A word this release does not know: a server of tomorrow must not break a program of today.

    It equals its own text and no member; it is in no set of members, so it is not terminal either.
    """
    unknown = str.__new__(kind, word)
    unknown._name_ = unknown._value_ = word
    return unknown


def _dict(value: Any) -> Any:
    return copied(value) if isinstance(value, dict) else _HARD


def _easy_way(kind: Any) -> Callable[[Any], Any]:
    """How to read a value that plainly is what it should be; ``_HARD`` is the answer where the schema must look."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _word(kind)
    if getattr(kind, "__origin__", kind) is dict:
        return _dict
    ways: dict[Any, Callable[[Any], Any]] = {str: _as_is(str), bool: _as_is(bool), int: _number, datetime: _moment}
    return ways.get(kind, lambda value: _HARD)


@cache
def _schema(owner: type[Record]) -> Any:
    return owner._schema()()


def _first(messages: Any) -> str:
    """The first sentence in marshmallow's nested messages."""
    while isinstance(messages, (dict, list)) and messages:
        messages = next(iter(messages.values())) if isinstance(messages, dict) else messages[0]
    return str(messages)
