"""How answers are written: compact JSON, and one envelope for everything from 400 up (contract 1.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.types import Send

from axme.contract import jsontext
from axme.contract.codes import ErrorCode
from axme.gateway.errors import GatewayError

Headers = list[tuple[bytes, bytes]]
_JSON = (b"content-type", b"application/json")
_NO_STORE = (b"cache-control", b"no-store")


def issue(loc: Iterable[str | int], message: str, kind: str = "value_error") -> dict[str, Any]:
    """One thing that is wrong with a request, and where."""
    return {"loc": list(loc), "msg": message, "type": kind}


def refusal(code: ErrorCode, message: str, details: Mapping[str, Any] | None) -> dict[str, Any]:
    """The ``error`` object of an envelope."""
    return {
        "code": code.code,
        "message": message,
        "details": dict(details or {}),
        "category": code.category,
        "retryable": code.retryable,
    }


def envelope(
    code: ErrorCode, message: str, *, details: Mapping[str, Any] | None = None, extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """An error, in the spellings that clients of all ages read."""
    details = dict(details or {})
    issues = details.get("issues") or []
    if code.status == 422 and not issues:
        issues = [issue(["body"], message, code.code)]
    return {
        "ok": False,
        "error": refusal(code, message, details),
        "error_code": code.code,
        "message": message,
        "detail": issues if code.status == 422 else message,
        "details": issues,
        **(extra or {}),
    }


async def send_json(send: Send, status: int, text: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Send a whole answer."""
    data = text.encode()
    length = (b"content-length", b"%d" % len(data))
    await send({"type": "http.response.start", "status": status, "headers": [_JSON, _NO_STORE, length, *headers]})
    await send({"type": "http.response.body", "body": data})


async def send_error(send: Send, error: GatewayError, request_id: str, trace_id: str, headers: Headers) -> None:
    """Send a refusal."""
    body = envelope(error.code, error.message, details=error.details, extra=error.extra)
    body |= {"request_id": request_id, "trace_id": trace_id}
    named = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in error.headers.items()]
    await send_json(send, error.code.status, jsontext.encode(body), [*headers, *named])
