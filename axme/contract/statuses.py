"""The words of the lifecycle and which of them may follow which (contract 2.1 to 2.4)."""

from __future__ import annotations

from enum import StrEnum


class IntentStatus(StrEnum):
    """Where an intent stands. ``IntentStatus("RESOLVED")`` reads as ``COMPLETED``."""

    CREATED = "CREATED"
    SUBMITTED = "SUBMITTED"
    DELIVERED = "DELIVERED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    IN_PROGRESS = "IN_PROGRESS"
    WAITING = "WAITING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    TIMED_OUT = "TIMED_OUT"

    @classmethod
    def _missing_(cls, value: object) -> IntentStatus | None:
        if not isinstance(value, str):
            return None
        word = value.upper()
        return cls.__members__.get(_OTHER_WORDS.get(word, word))

    @property
    def alias(self) -> str:
        """The other word for this status: ``RESOLVED`` for ``COMPLETED``; itself where there is none."""
        return _ALIAS.get(self.value, self.value)

    @property
    def is_terminal(self) -> bool:
        """Whether nothing can follow."""
        return self in TERMINAL

    @property
    def legacy(self) -> str:
        """The word of the first protocol draft, still sent as ``legacy_status``."""
        return _LEGACY[self.value]


_ALIAS = {"COMPLETED": "RESOLVED", "CANCELED": "CANCELLED", "TIMED_OUT": "EXPIRED", "CREATED": "PENDING"}
_OTHER_WORDS = {alias: word for word, alias in _ALIAS.items()} | {"ACCEPTED": "DELIVERED", "PROCESSING": "IN_PROGRESS"}
_LEGACY = {
    "CREATED": "accepted",
    "SUBMITTED": "accepted",
    "DELIVERED": "accepted",
    "ACKNOWLEDGED": "accepted",
    "IN_PROGRESS": "running",
    "WAITING": "blocked",
    "COMPLETED": "done",
    "FAILED": "failed",
    "CANCELED": "failed",
    "TIMED_OUT": "failed",
}

_S = IntentStatus
TERMINAL = frozenset({_S.COMPLETED, _S.FAILED, _S.CANCELED, _S.TIMED_OUT})
OPEN = frozenset(_S) - TERMINAL
#: Non-terminal and nobody works on it yet: what ``?status=pending`` asks for.
PENDING = frozenset({_S.CREATED, _S.SUBMITTED, _S.DELIVERED, _S.ACKNOWLEDGED})
TERMINAL_WORDS = frozenset({*TERMINAL, *(status.alias for status in TERMINAL)})

_ENDINGS_BUT_COMPLETED = {_S.FAILED, _S.CANCELED, _S.TIMED_OUT}
TRANSITIONS: dict[IntentStatus, frozenset[IntentStatus]] = {
    _S.CREATED: frozenset({_S.SUBMITTED}),
    _S.SUBMITTED: frozenset({_S.DELIVERED, _S.IN_PROGRESS, _S.WAITING, *_ENDINGS_BUT_COMPLETED}),
    _S.DELIVERED: frozenset({_S.ACKNOWLEDGED, _S.IN_PROGRESS, _S.WAITING, *_ENDINGS_BUT_COMPLETED}),
    _S.ACKNOWLEDGED: frozenset({_S.IN_PROGRESS, _S.WAITING, *_ENDINGS_BUT_COMPLETED}),
    _S.IN_PROGRESS: frozenset({_S.WAITING, *TERMINAL}),
    _S.WAITING: frozenset({_S.WAITING, _S.IN_PROGRESS, *_ENDINGS_BUT_COMPLETED}),
    **{status: frozenset() for status in TERMINAL},
}


class WaitingReason(StrEnum):
    """On whom or what a ``WAITING`` intent waits (contract 2.2)."""

    HUMAN = "WAITING_FOR_HUMAN"
    TOOL = "WAITING_FOR_TOOL"
    AGENT = "WAITING_FOR_AGENT"
    TIME = "WAITING_FOR_TIME"


class EventType(StrEnum):
    """The lifecycle events (contract 2.3)."""

    CREATED = "intent.created"
    SUBMITTED = "intent.submitted"
    DELIVERED = "intent.delivered"
    ACKNOWLEDGED = "intent.acknowledged"
    IN_PROGRESS = "intent.in_progress"
    WAITING = "intent.waiting"
    HUMAN_TASK_ASSIGNED = "intent.human_task_assigned"
    REMINDER = "intent.reminder"
    ESCALATED = "intent.escalated"
    DELIVERY_FAILED = "intent.delivery_failed"
    TRANSFER = "intent.transfer"
    TIMEOUT = "intent.timeout"
    TIMED_OUT = "intent.timed_out"
    COMPLETED = "intent.completed"
    FAILED = "intent.failed"
    CANCELED = "intent.canceled"


#: The event that tells of entering a status. Every other event leaves the status as it is.
EVENT_OF_STATUS: dict[IntentStatus, EventType] = {status: EventType(f"intent.{status.lower()}") for status in _S}


def is_terminal(word: str) -> bool:
    """Whether ``word`` names a terminal status, in either vocabulary and any case."""
    return word.upper() in TERMINAL_WORDS


def parse_statuses(words: str) -> frozenset[IntentStatus]:
    """Read ``"DELIVERED,waiting,RESOLVED"`` or ``"pending"``; raises ``ValueError`` naming the unknown word."""
    found: set[IntentStatus] = set()
    for word in filter(None, (part.strip() for part in words.split(","))):
        found |= PENDING if word.upper() == "PENDING" else {IntentStatus(word)}
    return frozenset(found)
