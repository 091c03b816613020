"""How a try to reach another server ended, and when the next one is due. Pure: chance and time are arguments."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from axme.gateway.lifecycle.timers import SECOND

#: Waits after the first, second, … try, in seconds; there is one try more than there are waits.
WAITS = (5, 30, 120, 600, 3600)
MOST_ATTEMPTS = len(WAITS) + 1
#: The same for what has nobody waiting at the other end: three days and a few hours.
WAITS_OF_DAYS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
LONGEST_ASKED_WAIT = 86_400
_JITTER = 0.2
_GONE = 410


class Verdict(StrEnum):
    """What a try came to."""

    DELIVERED = "delivered"
    RETRY = "retry"
    HOPELESS = "hopeless"


class Outcome(NamedTuple):
    """How one try ended. ``detail`` never holds a word of what the other server answered."""

    verdict: Verdict
    detail: str
    status: int | None = None
    #: Seconds the other server asked for before the next try.
    retry_after: int = 0


class Push(NamedTuple):
    """What is to be sent: a POST, its bytes made once."""

    url: str
    body: bytes
    headers: dict[str, str]


def read_status(status: int, retry_after: str | None = None) -> Outcome:
    """What an HTTP status means: 2xx is delivered, 410 is final, anything else is worth another try."""
    if 200 <= status < 300:
        return Outcome(Verdict.DELIVERED, f"HTTP {status}", status)
    if status == _GONE:
        return Outcome(Verdict.HOPELESS, "HTTP 410: the endpoint is gone", status)
    detail = f"HTTP {status}: redirects are not followed" if 300 <= status < 400 else f"HTTP {status}"
    asked = int(retry_after) if retry_after and retry_after.isdigit() and len(retry_after) < 6 else 0
    return Outcome(Verdict.RETRY, detail, status, min(asked, LONGEST_ASKED_WAIT))


def next_try(attempt: int, outcome: Outcome, *, at: int, chance: float, waits: Sequence[int] = WAITS) -> int | None:
    """When to try again after try number ``attempt`` (from 1), in microseconds; ``None``: never.

    Args:
        at: the time of the try.
        chance: from 0 to 1, random; it spreads the tries of many deliveries.
        waits: seconds after the first, second, … try.
    """
    if outcome.verdict is not Verdict.RETRY or attempt > len(waits):
        return None
    wait = max(waits[attempt - 1], outcome.retry_after)
    return at + int(wait * SECOND * (1 + _JITTER * chance))
