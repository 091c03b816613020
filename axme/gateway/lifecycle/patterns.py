"""How long a regular expression may take: counted from its form, before it is ever run.

Python's matcher tries one way after the other, and holds the interpreter meanwhile. A pattern like ``(a+)+b`` has more
ways to read a text of 40 letters than anybody has time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import inf, log2
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

#: Steps of all regular expressions of one check together, which take about a second.
MOST_STEPS = 10_000_000
#: A pattern that is too slow for a text this long is refused with its schema, not with what is checked by it.
SHORTEST_TEXT = 40
_COUNTABLE = 1000
_REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT}
_ANCHORS = {_constants.AT_BEGINNING, _constants.AT_BEGINNING_STRING}


class PatternError(ValueError):
    """The text is no regular expression, or none that can be matched quickly; the message says why."""


def steps(pattern: str, length: int) -> float:
    """How many ways there are to try ``pattern`` on a text of ``length`` characters, at worst.

    It counts too many rather than too few: ``(a|b)*`` has one way for each text, and 2 to the length are assumed.

    Raises:
        PatternError: it is no regular expression.
    """
    try:
        parsed = list(_parser.parse(pattern))
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(str(error)) from None
    anchored = bool(parsed) and parsed[0][0] is _constants.AT and parsed[0][1] in _ANCHORS
    ways = _all(parsed, length) + (0 if anchored else log2(length + 1))
    return 2.0**ways if ways < _COUNTABLE else inf


def require_quick(pattern: str) -> None:
    """Refuse a pattern that could take for ever on a text of ordinary length.

    Raises:
        PatternError: with the reason.
    """
    try:
        quick = steps(pattern, SHORTEST_TEXT) <= MOST_STEPS
    except PatternError as error:
        raise PatternError(f"the pattern {pattern[:80]!r} cannot be read: {error}") from None
    if not quick:
        raise PatternError(
            f"the pattern {pattern[:80]!r} could take for ever: do not repeat what holds repeats or alternatives, "
            "or limit how often, as in {0,3}"
        )


def _all(items: Iterable[tuple[Any, Any]], length: int) -> float:
    """The logarithm to base 2 of the ways through ``items``: their numbers would be too large to multiply."""
    return sum(_one(kind, of, length) for kind, of in items)


def _one(kind: Any, of: Any, length: int) -> float:
    if kind in _REPEATS:
        least, most, body = of
        times = min(int(most), max(length, int(least)))
        return _all(body, length) * times + log2(times - int(least) + 1)
    if kind is _constants.SUBPATTERN:
        return _all(of[-1], length)
    if kind in (_constants.ASSERT, _constants.ASSERT_NOT):
        return _all(of[1], length)
    if kind is _constants.ATOMIC_GROUP:
        return _all(of, length)
    if kind is _constants.BRANCH:
        return _either(of[1], length)
    if kind is _constants.GROUPREF_EXISTS:
        return _either([each for each in of[1:] if each is not None], length)
    return 0.0


def _either(branches: list[Any], length: int) -> float:
    return max(_all(branch, length) for branch in branches) + log2(len(branches))
