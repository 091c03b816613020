"""What the handlers of a running gateway share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from axme.contract.clock import Clock
from axme.gateway.delivery.broadcaster import Broadcaster
from axme.gateway.delivery.desk import Desk
from axme.gateway.delivery.outbox import Outbox
from axme.gateway.engine import Engine
from axme.gateway.routes.access import Gatekeeper
from axme.gateway.routes.measures import Measures
from axme.gateway.routes.pace import Pace
from axme.gateway.routes.rate_limit import RateLimiter
from axme.gateway.routes.stream_limit import StreamLimit
from axme.gateway.settings import Settings
from axme.gateway.store import Store
from axme.gateway.trail import Trail

GUESSES_PER_MINUTE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """One of each for the whole process."""

    settings: Settings
    store: Store
    engine: Engine
    outbox: Outbox
    clock: Clock
    broadcaster: Broadcaster
    desk: Desk
    gatekeeper: Gatekeeper
    trail: Trail
    #: The address of the first service account; only its keys may move a test clock.
    admin_address: str | None
    pace: Pace = field(init=False)
    #: How many links that lead nowhere one address may try.
    guesses: RateLimiter = field(init=False)
    measures: Measures = field(default_factory=Measures, init=False)
    stream_limit: StreamLimit = field(default_factory=StreamLimit, init=False)
    #: Held by who moves a test clock.
    moving: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pace", Pace(self.store, self.clock, self.settings.rate_limit))
        object.__setattr__(self, "guesses", RateLimiter(GUESSES_PER_MINUTE, self.clock.monotonic))
