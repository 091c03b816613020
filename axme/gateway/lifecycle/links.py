"""Links to tasks: what they stand for and how long they are good. Pure; times in microseconds."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from axme.contract.limits import LINK_DAYS
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.timers import SECOND

_LIFE = LINK_DAYS * 86_400 * SECOND


class Link(NamedTuple):
    """What lets one recipient answer one asking of an intent."""

    link_id: str
    intent_id: str
    #: The ``seq`` of the event by which the intent asked: an intent that asks again has made older links useless.
    asked_seq: int
    recipient: str
    made_by: str
    created_at: int
    #: ``None``: as long as the intent has time, and a while at least.
    expires_at: int | None
    revoked_at: int | None


class LinkState(StrEnum):
    """What becomes of who opens a link."""

    OPEN = "open"
    REVOKED = "revoked"
    DECIDED = "decided"
    ENDED = "ended"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Answered(NamedTuple):
    """How an asking was answered."""

    by: str
    at: int
    outcome: str


def expiry(link: Link, deadline_at: int | None) -> int:
    """When a link ends by itself: when it was made to, else with the intent's deadline, and not within 30 days."""
    return link.expires_at if link.expires_at is not None else max(link.created_at + _LIFE, deadline_at or 0)


def state(link: Link, intent: IntentRecord, *, newest_asking: int, answered: bool, at: int) -> LinkState:
    """What a link is good for; the first that applies.

    Args:
        newest_asking: the ``seq`` of the intent's last asking.
        answered: whether the asking of the link was answered.
        at: now.
    """
    if link.revoked_at is not None:
        return LinkState.REVOKED
    if answered:
        return LinkState.DECIDED
    if intent.is_terminal:
        return LinkState.ENDED
    if link.asked_seq != newest_asking or not intent.waits_for_human:
        return LinkState.SUPERSEDED
    return LinkState.EXPIRED if at >= expiry(link, intent.deadline_at) else LinkState.OPEN
