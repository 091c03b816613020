"""Mails about tasks: which events cause them, how often they are tried, and how many one address gets. Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from axme.contract.statuses import EventType
from axme.gateway.lifecycle.pushing import Outcome, Verdict
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.timers import SECOND

#: Waits after the first, second, … try, in seconds; a server that asks for patience (greylisting) wants minutes.
WAITS = (15, 60, 300, 900, 1800, *[3600] * 73)
_JITTER = 0.2
#: What one address is sent in an hour; more waits.
HOURLY = 60
#: What is written to one address in a day; more is not mailed at all.
DAILY = 200
#: The same for mails about deliveries that were given up, of which each thing causes one a day.
DAILY_GIVEN_UP = 20
HOUR = 3600 * SECOND
DAY = 24 * HOUR
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_ADDRESS_CHARS, _LOCAL_CHARS = 254, 64


class Occasion(StrEnum):
    """Why somebody is written to."""

    ASSIGNED = "assigned"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    #: Nothing is asked.
    NOTIFIED = "notified"
    #: To whose it is: something could not be delivered.
    GIVEN_UP = "given_up"


OCCASIONS = {
    EventType.HUMAN_TASK_ASSIGNED: Occasion.ASSIGNED,
    EventType.REMINDER: Occasion.REMINDED,
    EventType.ESCALATED: Occasion.ESCALATED,
}


class Mail(NamedTuple):
    """What is to be said to whom; words and form are the matter of who sends it."""

    mail_id: str
    #: What mails about the same asking have in common.
    conversation: str
    occasion: Occasion
    address: str
    title: str
    description: str | None
    asker: str
    intent_type: str
    outcomes: tuple[str, ...]
    note: str | None
    due_at: int | None
    #: Where the answer is given or more is told, on this gateway; ``None`` where nothing is.
    path: str | None
    created_at: int


def recipients(intent: IntentRecord, occasion: Occasion) -> list[str]:
    """Who is to hear of it, as the intent names them: addresses, ids of people, or agents that nobody can mail to."""
    task = intent.human_task or {}
    holder = (intent.pending_with or {}).get("ref")
    asked = [*(task.get("assignees") or ()), task.get("notify_email"), holder]
    named = [intent.escalate_to] if occasion is Occasion.ESCALATED else asked
    return list(dict.fromkeys(name for name in named if name))


def is_address(text: str) -> bool:
    """Whether a mail can be sent there, and a header can hold it."""
    known = len(text) <= _ADDRESS_CHARS and text.find("@") <= _LOCAL_CHARS
    return known and _ADDRESS.fullmatch(text) is not None and "=?" not in text


def next_try(attempt: int, outcome: Outcome, *, at: int, chance: float) -> int | None:
    """When to try again after try number ``attempt`` (from 1), in microseconds; ``None``: never."""
    if outcome.verdict is not Verdict.RETRY or attempt > len(WAITS):
        return None
    return at + int(WAITS[attempt - 1] * SECOND * (1 + _JITTER * chance))
