"""Who is told how far a transfer has come: somebody who looks on, or a function."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from axme.display.progress import Tell, bar

Progress = bool | Tell


@contextmanager
def told(progress: Progress, total: int, what: str) -> Iterator[Tell]:
    """Where to tell how far it has come; ``True`` is a bar."""
    if not isinstance(progress, bool):
        yield progress
    elif progress:
        with bar(total, what) as tell:
            yield tell
    else:
        yield lambda done, total: None


__all__ = ["Progress", "Tell", "told"]
