"""``from axme_sdk.config import AxmeClientConfig``, as older programs write it."""

from __future__ import annotations

from axme.config import AxmeClientConfig

__all__ = ["AxmeClientConfig"]
