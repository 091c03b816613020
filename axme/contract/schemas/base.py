"""What all schemas share: one temper for what is read, one for what is asked, and the protocol's own field kinds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields, validate

from axme.contract import addresses, clock
from axme.contract.limits import ADDRESS_CHARS, REASON_CHARS


class ObjectSchema(Schema):
    """Something the gateway sends. Unknown fields are kept, so that an old client reads a new server."""

    class Meta:
        unknown = INCLUDE


class RequestSchema(Schema):
    """Something a client sends. Unknown fields are ignored; ``null`` for an optional field equals absent."""

    class Meta:
        unknown = EXCLUDE

    def load(self, data: Any, **options: Any) -> Any:
        """Validate a request body; the answer holds only declared fields."""
        if isinstance(data, Mapping):
            data = {key: value for key, value in data.items() if value is not None}
        return super().load(data, **options)


def length(low: int, high: int) -> validate.Length:
    """A string or list of ``low`` to ``high`` characters or items."""
    return validate.Length(min=low, max=high)


class Moment(fields.Field[datetime]):
    """An RFC 3339 date-time; a ``datetime`` in Python, ``…Z`` on the wire."""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"type": "string", "format": "date-time"}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return clock.from_text(value)
        except (TypeError, ValueError):
            raise ValidationError("Not an RFC 3339 date-time such as 2026-11-22T12:00:00Z.") from None

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else clock.to_text(value)


class Text(fields.String):
    """A string without control characters (tab and line ends may stay)."""

    _control = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if self._control.search(text):
            raise ValidationError("Contains a control character.")
        return text


class Address(Text):
    """An agent address, in its one canonical spelling where it has one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(validate=length(1, ADDRESS_CHARS), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return addresses.canonical(text)
        except addresses.AddressError as error:
            raise ValidationError(str(error)) from None


class Object(fields.Dict):
    """A JSON object whose keys are the caller's own."""


def whole(low: int, high: int | None = None, **options: Any) -> fields.Integer:
    """A whole number in a range; ``true`` and ``"3"`` are not numbers."""
    return _Whole(validate=validate.Range(min=low, max=high), strict=True, **options)


class _Whole(fields.Integer):
    def _validated(self, value: Any) -> int:
        if isinstance(value, (bool, str)):
            raise self.make_error("invalid", input=value)
        number: int = super()._validated(value)
        return number


class Flag(fields.Boolean):
    """``true`` or ``false``, and nothing that merely looks like it."""

    truthy = {True}
    falsy = {False}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def reason(**options: Any) -> Text:
    """A free-text reason."""
    return Text(validate=length(0, REASON_CHARS), **options)


def with_comment(data: Any, other_name: str) -> Any:
    """A body whose ``comment`` may go by another name."""
    if isinstance(data, dict) and "comment" not in data and other_name in data:
        return data | {"comment": data[other_name]}
    return data
