"""How far something has come: a bar of tqdm where that is installed, else a live line in a terminal, else nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import TypeVar

from axme.display.live import Line
from axme.display.tones import is_terminal
from axme.display.values import line

T = TypeVar("T")
#: Called with how much is through, and how much there is in all.
Tell = Callable[[int, int], None]
_SIZES = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))


@contextmanager
def bar(total: int, what: str, *, unit: str = "B") -> Iterator[Tell]:
    """A bar that stands from beginning to end, also when the end is an exception."""
    what = line(what, 40)
    if find_spec("tqdm") is not None:
        with import_module("tqdm.auto").tqdm(total=total, unit=unit, unit_scale=unit == "B", desc=what) as shown:
            yield lambda done, _: shown.update(done - shown.n)
    elif is_terminal(sys.stderr):
        screen = Line(sys.stderr)
        try:
            yield lambda done, whole: screen.show(_told(what, done, whole, unit), str)
        finally:
            screen.close()
    else:
        yield lambda done, whole: None


def tracked(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The items, with a bar that moves on when the next one is asked for."""
    with bar(total, what, unit="") as tell:
        tell(0, total)
        for done, item in enumerate(items, 1):
            yield item
            tell(done, total)


def _told(what: str, done: int, whole: int, unit: str) -> str:
    share = f" ({100 * done // whole} %)" if whole else ""
    return f"{what}: {_sized(done, unit)} of {_sized(whole, unit)}{share}"


def _sized(count: int, unit: str) -> str:
    if unit != "B":
        return str(count)
    size, name = next(((size, name) for size, name in _SIZES if count >= size), (1, "B"))
    return f"{count / size:.1f} {name}" if size > 1 else f"{count} B"
