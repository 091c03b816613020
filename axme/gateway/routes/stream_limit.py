"""How many streams each key has open in this process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from axme.contract import limits
from axme.contract.codes import RATE_LIMITED
from axme.contract.headers import RETRY_AFTER
from axme.gateway.errors import GatewayError


class StreamLimit:
    """One for each open stream; a key that has taken all of its own leaves those of the others."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def take(self, key_id: str) -> Iterator[None]:
        """Hold one as long as the stream is open.

        Raises:
            GatewayError: 429 ``rate_limit_exceeded``.
        """
        if self._taken[key_id] >= limits.STREAMS_PER_KEY:
            raise GatewayError(
                RATE_LIMITED,
                f"this key has {limits.STREAMS_PER_KEY} streams open: close those nobody reads",
                details={"limit": limits.STREAMS_PER_KEY},
                headers={RETRY_AFTER: "5"},
            )
        self._taken[key_id] += 1
        try:
            yield
        finally:
            self._taken[key_id] -= 1
            if not self._taken[key_id]:
                del self._taken[key_id]
