"""Ids made on this side. The ``uuid`` module finds out about the whole machine, so it comes with the first id."""

from __future__ import annotations


def fresh() -> str:
    """An id nobody has used."""
    import uuid

    return str(uuid.uuid4())


def derived(purpose: str, text: str) -> str:
    """An id that is the same for the same text, everywhere and always."""
    import uuid

    return str(uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_URL, purpose), text))
