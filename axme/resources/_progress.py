"""How far a transfer has come: a bar where tqdm is installed, a callback, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec

#: Called with the bytes that are through, and all there are.
Tell = Callable[[int, int], None]
Progress = bool | Tell


@contextmanager
def told(progress: Progress, total: int, what: str) -> Iterator[Tell]:
    """Where to tell how far it has come; ``True`` is a bar, if tqdm is installed."""
    if not isinstance(progress, bool):
        yield progress
    elif progress and find_spec("tqdm") is not None:
        with import_module("tqdm.auto").tqdm(total=total, unit="B", unit_scale=True, desc=what) as bar:
            yield lambda done, _: bar.update(done - bar.n)
    else:
        yield lambda done, total: None
