"""How often and when a delivery that failed is tried again (contract 2.9, 2.10)."""

from __future__ import annotations

from typing import Any, NamedTuple

from axme.gateway.lifecycle.record import IntentRecord

DEFAULT_ATTEMPTS = 5
DEFAULT_DELAY_SECONDS = 1
LONGEST_DELAY_SECONDS = 300
#: Pauses are longer by up to this part, so that what failed together is not tried together.
JITTER = 0.1
_SECOND = 1_000_000
_LARGEST_EXPONENT = 32


class Policy(NamedTuple):
    """What an intent says of its retries, with the defaults in place."""

    #: How many attempts there are in all.
    attempts: int
    #: The pause after the first attempt, in seconds; it doubles with each.
    delay_seconds: float


class Retry(NamedTuple):
    """How an attempt ended, as far as it matters for the next."""

    retryable: bool = True
    #: The pause the worker asked for, in seconds.
    after_seconds: float | None = None
    #: From 0 to 1.
    chance: float = 0.0


def policy_of(intent: IntentRecord) -> Policy:
    """The policy of an intent: its controls, else its envelope, else the defaults.

    ``max_delivery_attempts`` counts all attempts, ``max_retries`` those after the first; the smaller number holds.
    """
    retries: int | None = _said(intent, "max_retries", "max_retry_count")
    limits = [limit for limit in (intent.max_delivery_attempts, None if retries is None else retries + 1) if limit]
    delay = _said(intent, "retry_delay_seconds", "retry_backoff_seconds")
    return Policy(min(limits, default=DEFAULT_ATTEMPTS), DEFAULT_DELAY_SECONDS if delay is None else delay)


def following(policy: Policy, attempt: int, retry: Retry) -> int | None:
    """The pause after the failed ``attempt`` (the first is 1) in microseconds; ``None`` when it was the last."""
    if not retry.retryable or attempt >= policy.attempts:
        return None
    seconds = retry.after_seconds
    if seconds is None:
        longest = max(LONGEST_DELAY_SECONDS, policy.delay_seconds)
        doubled: float = policy.delay_seconds * 2 ** min(attempt - 1, _LARGEST_EXPONENT)
        seconds = min(doubled, longest) * (1 + JITTER * retry.chance)
    return round(seconds * _SECOND)


def _said(intent: IntentRecord, control: str, limit: str) -> Any:
    found: Any = intent.controls.get(control)
    return found if found is not None else intent.envelope.get(limit)
