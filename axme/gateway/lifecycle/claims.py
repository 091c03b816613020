"""Claims: when an intent is up for workers, and what a worker does to it while it has it."""

from __future__ import annotations

from typing import Any

from axme.contract.statuses import EventType, IntentStatus
from axme.gateway.lifecycle.ending import end
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.retries import Retry, following, policy_of
from axme.gateway.lifecycle.transitions import SYSTEM, enter, note

_WITH_AN_AGENT = frozenset({IntentStatus.DELIVERED, IntentStatus.ACKNOWLEDGED, IntentStatus.IN_PROGRESS})
LEASE_EXPIRED = "lease_expired"


def is_free(intent: IntentRecord) -> bool:
    """Whether a worker of the handler may claim it, once it is available."""
    return intent.claim_id is None and _is_with_its_agent(intent)


def is_held(intent: IntentRecord) -> bool:
    """Whether the claim the record names goes on after what has happened to the intent."""
    return intent.claim_id is not None and intent.status is IntentStatus.IN_PROGRESS and _is_with_its_agent(intent)


def _is_with_its_agent(intent: IntentRecord) -> bool:
    return (
        intent.status in _WITH_AN_AGENT
        and not intent.paused
        and intent.delivery_attempt > 0
        and not intent.leads_scenario
        and intent.handler is not None
    )


def take(intent: IntentRecord, claim_id: str, worker_id: str, *, at: int, actor: str) -> None:
    """Put a free intent into the hands of a worker."""
    intent.claim_id = claim_id
    details = {"worker_id": worker_id, "attempt": intent.delivery_attempt}
    if intent.status is IntentStatus.IN_PROGRESS:
        note(intent, EventType.IN_PROGRESS, at=at, actor=actor, details=details)
    else:
        enter(intent, IntentStatus.IN_PROGRESS, at=at, actor=actor, details=details)


def attempt_failed(intent: IntentRecord, retry: Retry, *, at: int, actor: str, told: dict[str, Any]) -> bool:
    """End an attempt; the next one may begin after the pause of the intent's policy.

    Args:
        intent: the intent.
        retry: how the attempt ended.
        at: now, in microseconds.
        actor: who is named in the event.
        told: what the event tells of the attempt.

    Returns:
        Whether there is a next attempt.
    """
    details = {"delivery_attempt": intent.delivery_attempt} | told
    note(intent, EventType.DELIVERY_FAILED, at=at, actor=actor, details=details)
    intent.claim_id = None
    pause = following(policy_of(intent), intent.delivery_attempt, retry)
    if pause is None:
        return False
    intent.delivery_attempt += 1
    intent.available_at = at + pause
    return True


def give_up(intent: IntentRecord, error: dict[str, Any], attempts: list[dict[str, Any]], *, at: int) -> None:
    """End an intent that no worker could do, with what they tried."""
    end(intent, IntentStatus.FAILED, at=at, actor=SYSTEM, error=error | {"attempts": attempts})
