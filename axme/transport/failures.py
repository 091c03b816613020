"""From an error answer to the exception that fits it (contract 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from axme import exceptions as ex
from axme.contract import codes

_MESSAGE_CHARS = 500
_REUSED_KEY = "idempotency key reused"


class Facts(NamedTuple):
    """What the body of an error answer says, in whichever of its spellings (contract 1.6)."""

    message: str
    code: str | None
    details: Any
    retryable: bool | None

    @classmethod
    def read(cls, status: int, body: Any) -> Facts:
        """Find the facts in a decoded body, or in the text of one that is not JSON."""
        if not isinstance(body, Mapping):
            return cls(_bounded(body if isinstance(body, str) else "") or _unsaid(status), None, None, None)
        error = body.get("error")
        inner = error if isinstance(error, Mapping) else {}
        message = next(filter(None, map(_bounded, _candidates(body, error, inner))), None) or _unsaid(status)
        code = next(
            (word for word in (inner.get("code"), body.get("error_code"), body.get("code")) if _is_text(word)), None
        )
        row = codes.CATALOGUE.get(code or "")
        hint = inner.get("retryable")
        return cls(
            message, code, inner.get("details", body.get("details")),
            hint if isinstance(hint, bool) else row and row.retryable,
        )  # fmt: skip


def error_class(status: int, code: str | None, message: str = "") -> type[ex.AxmeHttpError]:
    """The class for an answer: its code decides, then its status."""
    if code in _OF_CODE:
        return _OF_CODE[code]
    if status == 409 and _REUSED_KEY in message.lower():
        return ex.AxmeIdempotencyError
    return _OF_STATUS.get(status) or (ex.AxmeServerError if status >= 500 else ex.AxmeHttpError)


def http_error(
    status: int,
    body: Any,
    *,
    request_id: str | None = None,
    trace_id: str | None = None,
    retry_after: float | None = None,
) -> ex.AxmeHttpError:
    """The error for an answer of ``status``; ``body`` is decoded JSON, or text where it was not JSON.

    A transient status is ``retryable`` unless the body, or what is known of its code, says that a retry cannot help.
    """
    facts = Facts.read(status, body)
    inside: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    return error_class(status, facts.code, facts.message)(
        status,
        facts.message,
        body=body,
        request_id=request_id or _text_or_none(inside.get("request_id")),
        trace_id=trace_id or _text_or_none(inside.get("trace_id")),
        retry_after=retry_after,
        code=facts.code,
        details=facts.details,
        retryable=status in ex.TRANSIENT and facts.retryable is not False,
    )


_OF_CODE: dict[str | None, type[ex.AxmeHttpError]] = {
    codes.IDEMPOTENCY_CONFLICT.code: ex.AxmeIdempotencyError,
    codes.POLICY_GENERATION_CONFLICT.code: ex.AxmePolicyGenerationError,
    codes.INTENT_TERMINAL.code: ex.AxmeTerminalError,
    codes.ALREADY_DECIDED.code: ex.AxmeAlreadyDecidedError,
    codes.CLAIM_LOST.code: ex.AxmeClaimLostError,
    codes.QUOTA_EXCEEDED.code: ex.AxmeQuotaError,
}
_OF_STATUS: dict[int, type[ex.AxmeHttpError]] = {
    400: ex.AxmeValidationError,
    401: ex.AxmeAuthenticationError,
    403: ex.AxmePermissionError,
    404: ex.AxmeNotFoundError,
    409: ex.AxmeConflictError,
    413: ex.AxmeValidationError,
    422: ex.AxmeValidationError,
    429: ex.AxmeRateLimitError,
}


def _candidates(body: Mapping[str, Any], error: Any, inner: Mapping[str, Any]) -> tuple[Any, ...]:
    detail = body.get("detail")
    first = detail[0] if isinstance(detail, list) and detail else None
    issue = first.get("msg") if isinstance(first, Mapping) else first
    return error, inner.get("message"), body.get("message"), detail, issue


def _bounded(text: Any) -> str | None:
    if not _is_text(text):
        return None
    line = " ".join(text.split())
    return line if len(line) <= _MESSAGE_CHARS else line[:_MESSAGE_CHARS] + "…"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _text_or_none(value: Any) -> str | None:
    return value if _is_text(value) else None


def _unsaid(status: int) -> str:
    return f"the server gave no reason for status {status}"
