"""``from axme_sdk.exceptions import AxmeError``, as older programs write it."""

from __future__ import annotations

from axme.exceptions import (
    AxmeAuthError,
    AxmeError,
    AxmeHttpError,
    AxmeRateLimitError,
    AxmeServerError,
    AxmeValidationError,
)

__all__ = [
    "AxmeAuthError",
    "AxmeError",
    "AxmeHttpError",
    "AxmeRateLimitError",
    "AxmeServerError",
    "AxmeValidationError",
]
