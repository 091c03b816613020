"""Values on their way into columns and back."""

from __future__ import annotations

from typing import Any

from axme.contract import jsontext
from axme.contract.codes import VALIDATION_ERROR
from axme.gateway.errors import GatewayError


def to_json(value: Any) -> str:
    """``value``, once read from JSON, as column text.

    Raises:
        GatewayError: 422, it holds the character U+0000, which one of the databases could not keep.
    """
    if not value and value is not None:
        return "{}" if isinstance(value, dict) else jsontext.encode(value)
    text = jsontext.encode(value)
    if "\\u0000" in text and _has_nul(value):
        raise GatewayError(VALIDATION_ERROR, "text must not contain the character U+0000: remove it")
    return text


def to_json_or_null(value: Any) -> str | None:
    """:func:`to_json`, keeping an absent value absent."""
    return None if value is None else to_json(value)


def from_json(text: str | None) -> Any:
    """The inverse of the above."""
    if text is None:
        return None
    return {} if text == "{}" else jsontext.loads(text)


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(item) for key, item in value.items())
    return isinstance(value, (list, tuple)) and any(map(_has_nul, value))
