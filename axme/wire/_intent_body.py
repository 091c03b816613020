"""The bodies of intent calls: one from a dict or keywords, with a correlation id that a repeated call finds again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from axme.contract import headers
from axme.exceptions import AxmeValueError

_FROM_KEY = uuid5(NAMESPACE_URL, "axme:correlation-id-from-idempotency-key")
_SPELLINGS = ("correlation_id", "correlationId")


def create_body(body: Any, keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a create: ``body`` as it is, or the given keywords when there is an ``intent_type`` among them.

    Raises:
        AxmeValueError: neither form, or both at once.
    """
    given = {name: value for name, value in keywords.items() if value is not None}
    if "intent_type" in given:
        return given if body is None else {**given, "payload": as_object("payload", body)}
    if given:
        raise AxmeValueError(
            f"{sorted(given)[0]}= needs intent_type= beside it: give the whole intent as one dict, or all as keywords"
        )
    return dict(as_object("an intent", body))


def with_correlation(body: dict[str, Any], correlation_id: str | None, key: str | None) -> tuple[dict[str, Any], str]:
    """The body with a correlation id in it, and that id: as given, else made from the key, else a new one.

    The same key makes the same id, so that a call repeated with its key is the same request (contract 1.5).

    Raises:
        AxmeValueError: body and argument name different ids.
    """
    inside = next((body[name] for name in _SPELLINGS if body.get(name) is not None), None)
    if inside is not None and correlation_id is not None and inside != correlation_id:
        raise AxmeValueError(
            f"correlation_id is {correlation_id!r} as an argument and {inside!r} in the intent: give one of them"
        )
    if inside is not None:
        return body, inside
    settled = correlation_id or str(uuid5(_FROM_KEY, key) if key else uuid4())
    return {**body, "correlation_id": settled}, settled


def as_header(correlation_id: str) -> str | None:
    """The id where a header can carry it; the body carries every one."""
    return None if headers.fault(correlation_id) else correlation_id


def with_generation(payload: Any, generation: int | None) -> dict[str, Any]:
    """``payload`` guarded by a policy generation, in both spellings servers read (contract 2.10)."""
    body = dict(as_object("payload", payload))
    if generation is not None:
        body |= {"policy_generation": generation, "expected_policy_generation": generation}
    return body


def as_object(name: str, value: Any) -> Mapping[str, Any]:
    """``value``, when it is a JSON object.

    Raises:
        AxmeValueError: it is something else.
    """
    if not isinstance(value, Mapping):
        raise AxmeValueError(f"{name} must be a dict, not {type(value).__name__}")
    return value
