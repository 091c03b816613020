"""An intent while a rule works on it: its state, and the events that have come about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from axme.contract.clock import to_text
from axme.contract.statuses import EventType, IntentStatus, WaitingReason


@dataclass(frozen=True, slots=True)
class Event:
    """One step in the life of an intent (contract 2.3)."""

    seq: int
    event_type: EventType
    status: IntentStatus
    at: int
    actor: str
    waiting_reason: WaitingReason | None = None
    handler: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    pending_with: dict[str, str] | None = None
    human_task: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class IntentRecord:
    """Everything the gateway knows of an intent; times in microseconds."""

    intent_id: str
    org_id: str
    workspace_id: str
    to_scope: str
    to_org_id: str
    intent_type: str
    correlation_id: str
    from_agent: str
    to_agent: str
    payload: dict[str, Any]
    created_at: int
    updated_at: int
    reply_to: str | None = None
    status: IntentStatus = IntentStatus.CREATED
    waiting_reason: WaitingReason | None = None
    seq: int = 0
    handler: str | None = None
    pending_with: dict[str, str] | None = None
    human_task: dict[str, Any] | None = None
    deadline_at: int | None = None
    remind_after_seconds: int | None = None
    remind_interval_seconds: int | None = None
    max_reminders: int | None = None
    remind_count: int = 0
    escalate_to: str | None = None
    max_delivery_attempts: int | None = None
    delivery_attempt: int = 0
    policy_generation: int = 0
    controls: dict[str, Any] = field(default_factory=dict)
    grants: dict[str, Any] = field(default_factory=dict)
    envelope: dict[str, Any] = field(default_factory=dict)
    paused_at: int | None = None
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    reason: str | None = None
    decided_by: str | None = None
    decided_at: int | None = None
    decision: str | None = None
    scenario_id: str | None = None
    compile_id: str | None = None
    parent_intent_id: str | None = None
    step_id: str | None = None
    #: From when on a worker may claim it, and the claim it is under.
    available_at: int = 0
    claim_id: str | None = None
    #: What a worker left for the next one, what the intent is suspended for, and what came of that.
    checkpoint: dict[str, Any] | None = None
    suspended: dict[str, Any] | None = None
    next_wakeup_at: int | None = None
    resumed: dict[str, Any] | None = None
    #: The row it was read from, or is stored as.
    stored: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    #: Whether it was up for claiming, or in a worker's hands, when the record was read.
    was_free: bool = False
    was_claimed: bool = False
    #: What the rules have appended since the record was read.
    new_events: list[Event] = field(default_factory=list)

    @property
    def is_terminal(self) -> bool:
        """Whether nothing can follow."""
        return self.status.is_terminal

    @property
    def waits_for_human(self) -> bool:
        """Whether a person holds the intent."""
        return self.status is IntentStatus.WAITING and self.waiting_reason is WaitingReason.HUMAN

    @property
    def decided(self) -> dict[str, Any]:
        """Which outcome its human task was given, by whom and when; nothing while nobody has decided."""
        if self.decided_at is None:
            return {}
        return {"outcome": self.decision, "decided_by": self.decided_by, "decided_at": to_text(self.decided_at)}

    @property
    def crosses(self) -> bool:
        """Whether it goes to another organization."""
        return self.to_org_id != self.org_id

    @property
    def leads_scenario(self) -> bool:
        """Whether its steps are those of a scenario: a decision then ends a step, and not the intent."""
        return self.compile_id is not None

    @property
    def paused(self) -> bool:
        """Whether the intent's timers stand still."""
        return self.paused_at is not None
