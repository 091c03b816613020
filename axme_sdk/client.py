"""``from axme_sdk.client import AxmeClient``, as older programs write it."""

from __future__ import annotations

from axme.client import AxmeClient
from axme.config import AxmeClientConfig

__all__ = ["AxmeClient", "AxmeClientConfig"]
