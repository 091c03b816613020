"""The attempts of workers, as the events of an intent tell of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from axme.contract.clock import to_text
from axme.contract.statuses import EventType, IntentStatus
from axme.gateway.lifecycle.record import Event

RUNNING = "running"
#: A worker's claim that ended without a word: released, paused, or its agent was killed.
GIVEN_BACK = "given_back"


def history(events: Iterable[Event]) -> list[dict[str, Any]]:
    """One entry for each time a worker had the intent in hand, in order."""
    found: list[dict[str, Any]] = []
    for event in events:
        running = found[-1] if found and found[-1]["outcome"] == RUNNING else None
        if event.event_type is EventType.IN_PROGRESS and "worker_id" in event.details:
            if running is not None:
                _close(running, event, GIVEN_BACK)
            found.append(_begun(event))
        elif running is not None and event.event_type is EventType.DELIVERY_FAILED:
            _close(running, event, event.details.get("reason", "failed"))
            if "error" in event.details:
                running["error"] = event.details["error"]
        elif running is not None and event.status is not IntentStatus.IN_PROGRESS:
            suspended = event.status is IntentStatus.WAITING
            _close(running, event, "suspended" if suspended else event.status.value.lower())
    return found


def _begun(event: Event) -> dict[str, Any]:
    return {
        "attempt": event.details.get("attempt", 1),
        "worker_id": event.details["worker_id"],
        "started_at": to_text(event.at),
        "ended_at": None,
        "outcome": RUNNING,
    }


def _close(attempt: dict[str, Any], event: Event, outcome: str) -> None:
    attempt["ended_at"], attempt["outcome"] = to_text(event.at), outcome
