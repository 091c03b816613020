"""Ids as people type them: in full, or the end of one, as tables show it."""

from __future__ import annotations

from collections.abc import Iterable

from axme.exceptions import AxmeLookupError

#: So many characters of an id a table shows: ids made in one minute begin alike.
SHOWN = 8
_FEWEST = 4
_FULL = 36


def shown(full: str) -> str:
    """The end of an id."""
    return full[-SHOWN:]


def is_full(typed: str) -> bool:
    """Whether nothing has to be looked up."""
    return len(typed) >= _FULL


def found(typed: str, ids: Iterable[str], *, what: str) -> str:
    """The one id that ends like this.

    Raises:
        AxmeLookupError: there is none, or more than one.
    """
    end = typed.removeprefix("…")
    if len(end) < _FEWEST:
        raise AxmeLookupError(f"{typed!r} is too short: give {_FEWEST} characters of the end of an id, or all of it")
    matching = [one for one in ids if one.endswith(end)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise AxmeLookupError(f"{len(matching)} {what} end in {end!r}: give more of the id, such as {matching[0]}")
    raise AxmeLookupError(f"there is no such one among the {what}: {typed!r}")
