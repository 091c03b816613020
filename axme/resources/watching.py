"""What an intent shows of its life: drawn as a timeline, or kept in view while it goes on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self, cast

from axme.contract.clock import SystemClock
from axme.resources.base import Resource

if TYPE_CHECKING:
    from axme.resources.intent import Intent
    from axme.resources.timeline import Timeline


class Watched(Resource):
    """The verbs that show how an intent lives."""

    __slots__ = ()

    def timeline(self, *, now: datetime | None = None) -> Timeline:
        """Who had it for how long, and what happened when; draws itself. ``GET /v1/intents/{intent_id}/events``

        Args:
            now: what counts as now for what still lasts; the gateway's own clock may have been moved.

        Example:
            >>> print(intent.timeline())  # doctest: +SKIP
        """
        from axme.resources.timeline import Timeline

        events = self._api.list_intent_events(self.id)["events"]
        recipient = cast("Intent", self).to_agent
        return Timeline(self.id, events, recipient=recipient, now=now or SystemClock().now())

    def watch(self, *, timeout: float | None = None) -> Self:
        """Show how it stands until it has ended. ``GET /v1/intents/{intent_id}/events/stream``

        In a notebook this is one card with the timeline, in a terminal one line on standard error; where neither is,
        a line for each change. Ctrl-C ends the looking on where statements are typed, and a script as usual; the
        intent goes on living.

        Args:
            timeout: seconds; ``None`` looks on to the end.

        Returns:
            This intent, as far as it was seen.

        Raises:
            AxmeTimeoutError: it has not ended in time.

        Example:
            >>> client.intents.create("order.v1", to="shop", payload={"order": 7}).watch()  # doctest: +SKIP
        """
        self._look_on(timeout)
        return self

    def _look_on(self, timeout: float | None, *, stop_quietly: bool | None = None) -> None:
        from axme.resources import _watching

        _watching.watch([cast("Intent", self)], timeout=timeout, stop_quietly=stop_quietly)
