"""The import path of programs written for the flat SDK: the very same objects as :mod:`axme`."""

from __future__ import annotations

from axme import (
    AxmeAuthError,
    AxmeClient,
    AxmeClientConfig,
    AxmeError,
    AxmeHttpError,
    AxmeRateLimitError,
    AxmeServerError,
    AxmeValidationError,
    MeshClient,
    __version__,
)

__all__ = [
    "AxmeAuthError",
    "AxmeClient",
    "AxmeClientConfig",
    "AxmeError",
    "AxmeHttpError",
    "AxmeRateLimitError",
    "AxmeServerError",
    "AxmeValidationError",
    "MeshClient",
    "__version__",
]
