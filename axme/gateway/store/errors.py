"""What can be wrong with a database before the first request."""

from __future__ import annotations


class StoreError(Exception):
    """The database cannot be used; the message says why and what to do."""


class StoreClosedError(StoreError):
    """The store was closed while an action was waiting for it."""
