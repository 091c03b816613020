"""The events of an intent: as a list, as a stream, and the wait for the last one (contract 1.11 and 2.3)."""

from __future__ import annotations

from typing import Any

from axme.contract import statuses
from axme.contract.limits import DEFAULT_WAIT_SECONDS
from axme.exceptions import AxmeValueError
from axme.streaming import EventStream
from axme.transport import Call, quoted_path
from axme.wire._base import WireCalls, unexpected

_LAST_EVENTS = frozenset(statuses.EVENT_OF_STATUS[status].value for status in statuses.TERMINAL)


class IntentEventCalls(WireCalls):
    """The flat calls about the events of intents."""

    def list_intent_events(
        self, intent_id: str, *, since: int | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """The events of an intent after ``since``. ``GET /v1/intents/{intent_id}/events``

        Args:
            since: the ``seq`` of the last event already known; absent for all.

        Returns:
            ``{"ok": True, "events": […]}`` in the order of ``seq``.

        Raises:
            AxmeValueError: ``since`` is negative.
            AxmeNotFoundError: there is no such intent.
        """
        if since is not None and since < 0:
            raise AxmeValueError(f"since must be 0 or more, not {since}")
        query = {"since": since or None}
        return self._call(
            "list_intent_events", "GET", "/v1/intents/{}/events", intent_id, query=query, trace_id=trace_id
        )

    def observe(
        self,
        intent_id: str,
        *,
        since: int = 0,
        wait_seconds: int = DEFAULT_WAIT_SECONDS,
        poll_interval_seconds: float = 1.0,
        timeout_seconds: float | None = None,
        trace_id: str | None = None,
    ) -> EventStream:
        """The events of an intent as they happen, up to the terminal one. ``GET /v1/intents/{intent_id}/events/stream``

        Each event comes once and in order, over cuts and restarts; where streams do not pass, the list is polled.

        Args:
            since: the ``seq`` of the last event already known.
            wait_seconds: how long one connection stays open, 1 to 60 seconds; the stream opens the next by itself.
            poll_interval_seconds: the pause between two polls, in seconds.
            timeout_seconds: end with ``AxmeTimeoutError`` after so long; ``None`` waits for the end.

        Returns:
            An iterator of events with ``cursor`` and ``close()``; usable in ``with``.

        Raises:
            AxmeTimeoutError: while iterating, past ``timeout_seconds``; also a ``TimeoutError``.
            AxmeNotFoundError: while iterating, when there is no such intent.

        Example:
            >>> for event in client.observe(intent_id):  # doctest: +SKIP
            ...     print(event["event_type"], event["status"])
        """

        def window(cursor: int) -> Call:
            return stream_call(intent_id, cursor, wait_seconds, trace_id)

        def list_call(cursor: int) -> Call:
            return Call(
                method="GET",
                path=quoted_path("/v1/intents/{}/events", intent_id),
                query={"since": cursor or None},
                operation="observe",
                trace_id=trace_id,
                timeout=self.config.timeout,
            )

        return EventStream(
            self.transport,
            window,
            poll=list_call,
            since=since,
            contiguous=True,
            stop=is_last,
            subject=intent_id,
            poll_interval=poll_interval_seconds,
            wait_seconds=wait_seconds,
            timeout=timeout_seconds,
        )

    def wait_for(
        self,
        intent_id: str,
        *,
        since: int = 0,
        wait_seconds: int = DEFAULT_WAIT_SECONDS,
        poll_interval_seconds: float = 1.0,
        timeout_seconds: float | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Wait until an intent ends; its last event. ``GET /v1/intents/{intent_id}/events/stream``

        Arguments and errors as of :meth:`observe`.
        """
        with self.observe(
            intent_id,
            since=since,
            wait_seconds=wait_seconds,
            poll_interval_seconds=poll_interval_seconds,
            timeout_seconds=timeout_seconds,
            trace_id=trace_id,
        ) as stream:
            last = next((event for event in stream if is_last(event)), None)
        if last is None:
            raise unexpected("wait_for", "the stream ended without a terminal event")
        return last


def stream_call(intent_id: str, since: int, wait_seconds: int, trace_id: str | None = None) -> Call:
    """One window of the stream of an intent: the events after ``since``, for so many seconds."""
    return Call(
        method="GET",
        path=quoted_path("/v1/intents/{}/events/stream", intent_id),
        query={"since": since, "wait_seconds": wait_seconds},
        operation="observe",
        trace_id=trace_id,
    )


def is_last(event: dict[str, Any]) -> bool:
    """Whether an event ends its intent: by its status in either vocabulary, or by its type."""
    status, kind = event.get("status"), event.get("event_type")
    if isinstance(status, str) and statuses.is_terminal(status):
        return True
    return isinstance(kind, str) and kind in _LAST_EVENTS
