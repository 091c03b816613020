"""Token buckets: how fast one key may call one endpoint (contract 1.8)."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor

from axme.contract.codes import RATE_LIMITED
from axme.contract.headers import RETRY_AFTER
from axme.contract.metering import MINUTE_SECONDS
from axme.gateway.errors import GatewayError
from axme.gateway.routes.answers import Headers

_MOST_BUCKETS = 10_000


class RateLimiter:
    """A bucket of ``per_minute`` tokens for each key and endpoint, filled evenly; every request takes one.

    It counts in this process alone: several nodes let through up to that many each.
    """

    def __init__(self, per_minute: int, monotonic: Callable[[], float]) -> None:
        self._most = per_minute
        self._per_second = per_minute / MINUTE_SECONDS
        self._monotonic = monotonic
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, key_id: str, endpoint: str) -> Headers:
        """Take one token; returns the headers that tell how many are left.

        Raises:
            GatewayError: 429 ``rate_limit_exceeded``, with ``Retry-After``.
        """
        now = self._monotonic()
        if len(self._buckets) >= _MOST_BUCKETS:
            self._forget_full(now)
        tokens = self._tokens(self._buckets.get((key_id, endpoint)), now)
        if tokens < 1:
            told = {name.decode(): value.decode() for name, value in self._headers(tokens)}
            seconds = ceil((1 - tokens) / self._per_second)
            raise GatewayError(
                RATE_LIMITED,
                f"this key may call {endpoint} {self._most} times a minute: wait {seconds} s",
                details={"limit": self._most, "retry_after_seconds": seconds},
                headers={RETRY_AFTER: str(seconds), **told},
            )
        self._buckets[key_id, endpoint] = (tokens - 1, now)
        return self._headers(tokens - 1)

    def _tokens(self, bucket: tuple[float, float] | None, now: float) -> float:
        if bucket is None:
            return float(self._most)
        tokens, seen = bucket
        return min(float(self._most), tokens + (now - seen) * self._per_second)

    def _headers(self, tokens: float) -> Headers:
        full_in = ceil((self._most - tokens) / self._per_second)
        said = {"x-ratelimit-limit": self._most, "x-ratelimit-remaining": floor(tokens), "x-ratelimit-reset": full_in}
        return [(name.encode(), b"%d" % value) for name, value in said.items()]

    def _forget_full(self, now: float) -> None:
        kept = {name: bucket for name, bucket in self._buckets.items() if self._tokens(bucket, now) < self._most}
        # Whoever makes more keys than this within a minute starts everybody anew.
        self._buckets = kept if len(kept) < _MOST_BUCKETS else {}
