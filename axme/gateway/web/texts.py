"""One typed text and the value it stands for, there and back. Pure; what cannot be read raises a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from axme.contract import jsontext
from axme.gateway.web.fields import TYPED, Field, Kind

_NUMBER = re.compile(r"[+-]?(\d{1,300})(\.\d{1,300})?([eE][+-]?\d{1,3})?")
_WHOLE = re.compile(r"[+-]?\d{1,300}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")


def value_of(part: Field, text: str) -> Any:
    """The value that ``text`` stands for.

    Raises:
        ValueError: a sentence for the person who typed it.
    """
    return _READ[part.kind](part, text)


def _text(part: Field, text: str) -> str:
    return text


def _number(part: Field, text: str) -> Any:
    found = _NUMBER.fullmatch(text)
    if not found:
        raise ValueError("Write a number in digits, with a point for decimals: 1500.5")
    digits = text.removeprefix("+")
    if found[2] or found[3]:
        number = float(digits)
        if number in (float("inf"), float("-inf")):
            raise ValueError("This number is too large.")
        return number
    return int(digits)


def _integer(part: Field, text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError("Write a whole number in digits: 1500")
    return int(text)


def _date(part: Field, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("Write a date as year-month-day: 2026-03-31") from None


def _moment(part: Field, text: str) -> str:
    """The browser's control knows no time zone: the page says that it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("Write a date and time: 2026-03-31T16:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:
        raise ValueError("This moment is too far away.") from None


def _email(part: Field, text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError("Write an e-mail address: name@example.com")
    return text


def _uri(part: Field, text: str) -> str:
    try:
        pieces = urlsplit(text)
    except ValueError:
        pieces = urlsplit("")
    if not pieces.scheme or not (pieces.netloc or pieces.path) or any(c.isspace() for c in text):
        raise ValueError("Write a full address: https://example.com/page")
    return text


def _choice(part: Field, text: str) -> Any:
    for option in part.options:
        if option.sent == text:
            return option.value
    raise ValueError("Choose one of the list.")


def _yes_no(part: Field, text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("Choose yes or no.")
    return text == "true"


def _json(part: Field, text: str) -> Any:
    try:
        return jsontext.loads(text, depth=50)
    except jsontext.JsonError as error:
        raise ValueError(f"This is not JSON: {error}") from None


_READ: dict[Kind, Callable[[Field, str], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG: _text,
    Kind.NUMBER: _number,
    Kind.INTEGER: _integer,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.EMAIL: _email,
    Kind.URI: _uri,
    Kind.RADIOS: _choice,
    Kind.SELECT: _choice,
    Kind.YES_NO: _yes_no,
    Kind.JSON: _json,
}


def text_of(part: Field | None, value: Any) -> str:
    """The text that stands for ``value``."""
    kind = part.kind if part else Kind.JSON
    if part and part.options:
        return next((option.sent for option in part.options if is_same(option.value, value)), "")
    if kind is Kind.MOMENT and isinstance(value, str):
        return _for_the_control(value)
    if isinstance(value, str) and kind in TYPED:
        return value
    return jsontext.encode(value)


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are equal as JSON, where ``1`` is not ``true``."""
    return type(one) is type(other) and bool(one == other)


def _for_the_control(moment: str) -> str:
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    utc = read.astimezone(UTC) if read.tzinfo else read
    return utc.replace(tzinfo=None).isoformat(timespec="auto")
