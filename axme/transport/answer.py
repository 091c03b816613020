"""From an answer to its JSON object, or to the error it stands for. Nothing in here trusts the server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from requests.models import Response

from axme.contract import headers, jsontext
from axme.contract.limits import ANSWER_BYTES
from axme.exceptions import AxmeHttpError, AxmeProtocolError
from axme.transport.failures import http_error
from axme.transport.redact import Redactor

_EXCERPT_CHARS = 200
_SECONDS = re.compile(r"\d{1,10}(?:\.\d+)?")


def read_body(response: Response) -> bytes:
    """The whole body, decompressed, of at most 16 MiB.

    Raises:
        AxmeProtocolError: it is larger.
    """
    data: bytes = response.raw.read(ANSWER_BYTES + 1, decode_content=True)
    if len(data) > ANSWER_BYTES:
        raise AxmeProtocolError(f"the answer is larger than {ANSWER_BYTES} bytes")
    return data


def understand(status: int, fields: Mapping[str, str], data: bytes, redactor: Redactor) -> dict[str, Any]:
    """The JSON object of a successful answer.

    Raises:
        AxmeHttpError: the server answered with an error.
        AxmeProtocolError: a redirect, or not a JSON object.
    """
    if status >= 400:
        raise failure(status, fields, data, redactor)
    if status >= 300:
        raise AxmeProtocolError(_redirected(status, fields))
    if status == 204:
        return {}
    try:
        document = jsontext.loads(data)
    except jsontext.JsonError as error:
        raise AxmeProtocolError(
            f"the answer is not JSON ({error}); it starts with {_excerpt(data, redactor)!r}", retryable=True
        ) from None
    if not isinstance(document, dict):
        raise AxmeProtocolError(f"the answer is a JSON {type(document).__name__}, not an object", retryable=True)
    return document


def failure(status: int, fields: Mapping[str, str], data: bytes, redactor: Redactor) -> AxmeHttpError:
    """The error an answer of 400 or above stands for."""
    text = redactor.text(data.decode("utf-8", "replace"))
    try:
        body: Any = jsontext.loads(text)
    except jsontext.JsonError:
        body = text
    return http_error(
        status,
        body,
        request_id=fields.get(headers.REQUEST_ID) or fields.get("request-id"),
        trace_id=fields.get(headers.TRACE_ID) or fields.get("trace-id"),
        retry_after=retry_after(fields),
    )


def retry_after(fields: Mapping[str, str]) -> float | None:
    """Seconds to wait according to ``Retry-After``, as a number or a date; ``None`` when absent or garbage.

    A date is read against the answer's own ``Date``, so that a clock that is wrong on either side does no harm.
    """
    text = fields.get(headers.RETRY_AFTER, "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    until = _date(text)
    if until is None:
        return None
    now = _date(fields.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _redirected(status: int, fields: Mapping[str, str]) -> str:
    try:
        place = urlsplit(fields.get("Location", "")).hostname or "another path of the same host"
    except ValueError:
        place = "an unreadable place"
    return (
        f"the server redirects (HTTP {status}) to {place}; redirects are not followed, because they would hand the key "
        "on. Check base_url"
    )


def _excerpt(data: bytes, redactor: Redactor) -> str:
    return redactor.text(data[: 4 * _EXCERPT_CHARS].decode("utf-8", "replace"))[:_EXCERPT_CHARS]
