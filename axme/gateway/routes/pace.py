"""How fast callers may go: the gateway's rate limit, and the ``requests_per_minute`` of a workspace's quota.

Requests are counted in this process. The highest count of any one minute goes into the usage of the day when that
minute is over, so that a request costs no write; while it cannot be written down, requests go on.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from axme.contract.clock import Clock
from axme.contract.codes import RATE_LIMITED
from axme.contract.headers import RETRY_AFTER
from axme.contract.metering import DAY, MINUTE_SECONDS, Dimension
from axme.gateway.actions.metering import limit_of, note_requests
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy.quotas import DEFAULTS, Beyond, Limit
from axme.gateway.routes.answers import Headers
from axme.gateway.routes.rate_limit import RateLimiter
from axme.gateway.store import Store
from axme.gateway.store.errors import StoreError

#: As long as the first request of a minute waits for the count of the last one to be written down.
NOTE_SECONDS = 1.0


@dataclass(slots=True)
class _Minute:
    """The requests of one workspace in one minute, and the limit it began with."""

    number: int
    limit: Limit
    count: int = 0
    #: The highest count that was written down already, and for which day.
    noted: tuple[int, int] = (0, 0)
    #: The highest count of minutes that could not be written down.
    owed: int = 0


class Pace:
    """Counts requests, and refuses those that come too fast."""

    def __init__(self, store: Store, clock: Clock, per_minute: int | None) -> None:
        self._store = store
        self._clock = clock
        self._limiter = RateLimiter(per_minute, clock.monotonic) if per_minute else None
        self._minutes: dict[str, _Minute] = {}
        self._noting: set[asyncio.Task[None]] = set()

    async def admit(self, who: Identity, endpoint: str | None) -> Headers:
        """Count one request of ``who``, against the gateway's rate limit too if an endpoint is named.

        Returns:
            The headers of the rate limit, if there is one.

        Raises:
            GatewayError: 429 ``rate_limit_exceeded``, with ``Retry-After``.
        """
        elapsed = self._clock.monotonic()
        minute = self._minutes.get(who.workspace_id)
        if minute is None or minute.number != elapsed // MINUTE_SECONDS:
            minute = await self._begin(who.workspace_id, int(elapsed // MINUTE_SECONDS), minute)
        if minute.count >= minute.limit.ceiling and minute.limit.beyond is Beyond.REFUSE:
            raise _too_many(minute, MINUTE_SECONDS - int(elapsed % MINUTE_SECONDS))
        headers = self.take(who, endpoint) if endpoint else []
        minute.count += 1
        return headers

    def take(self, who: Identity, endpoint: str) -> Headers:
        """The gateway's own rate limit alone."""
        return self._limiter.take(who.key_id, endpoint) if self._limiter else []

    async def _begin(self, workspace_id: str, number: int, before: _Minute | None) -> _Minute:
        # Set before waiting for anything: requests that come meanwhile are counted in it.
        limit = before.limit if before else DEFAULTS[Dimension.REQUESTS]
        minute = self._minutes[workspace_id] = _Minute(number, limit)
        if before is not None:
            minute.noted, minute.owed = before.noted, max(before.count, before.owed)
            noting = asyncio.ensure_future(self._note(workspace_id, minute))
            self._noting.add(noting)
            noting.add_done_callback(self._noting.discard)
            await asyncio.wait((noting,), timeout=NOTE_SECONDS)
        minute.limit = await self._store.read(lambda tx: limit_of(tx, workspace_id, Dimension.REQUESTS))
        return minute

    async def _note(self, workspace_id: str, minute: _Minute) -> None:
        """Write down what is owed, unless the day has seen more already; what fails is owed until the next minute."""
        count, (peak, day) = minute.owed, minute.noted
        try:
            if count > peak or day != await self._store.read(lambda tx: tx.now // DAY):
                minute.noted = count, await self._store.write(lambda tx: note_requests(tx, workspace_id, count))
        except (GatewayError, StoreError):
            return
        minute.owed = 0


def _too_many(minute: _Minute, seconds: int) -> GatewayError:
    ceiling = minute.limit.ceiling
    return GatewayError(
        RATE_LIMITED,
        f"this workspace may make {ceiling} requests a minute: wait {seconds} s, or have its quota raised",
        details={"dimension": Dimension.REQUESTS.value, "used": minute.count, "limit": ceiling},
        headers={RETRY_AFTER: str(seconds)},
    )
