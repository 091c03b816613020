"""The one exception by which the gateway refuses: what, why, and what the caller is told (contract 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.contract.codes import CATALOGUE, ErrorCode

__all__ = ["CATALOGUE", "ErrorCode", "GatewayError"]


class GatewayError(Exception):
    """A refusal with a machine-readable code.

    Args:
        code: a row of the catalogue; it carries the HTTP status.
        message: what was wrong, where, and what to do.
        details: the object under ``error.details``.
        extra: keys merged into the answer beside ``error``.
        headers: response headers, such as ``Retry-After``.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        *,
        details: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details: dict[str, Any] | None = dict(details) if details is not None else None
        self.extra: dict[str, Any] = dict(extra or {})
        self.headers: dict[str, str] = dict(headers or {})

    def __str__(self) -> str:
        return f"{self.code.code}: {self.message}"
