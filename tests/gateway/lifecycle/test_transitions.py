"""Whatever happens, in whatever order: the table of transitions holds and there is one end."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.contract.statuses import EVENT_OF_STATUS, TRANSITIONS, IntentStatus
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import controls, human, timers
from axme.gateway.lifecycle.ending import end
from axme.gateway.lifecycle.record import Event, IntentRecord
from axme.gateway.lifecycle.timers import Timer, TimerKind
from axme.gateway.lifecycle.transitions import enter, hand_over, submit

S = IntentStatus


def new_intent(**fields: Any) -> IntentRecord:
    """A submitted intent."""
    intent = IntentRecord(
        intent_id="i", org_id="o", to_org_id="o", workspace_id="w", to_scope="local/default",
        intent_type="t.v1", correlation_id="c",
        from_agent="agent://a", to_agent="agent://b", payload={}, created_at=0, updated_at=0, **fields,
    )  # fmt: skip
    submit(intent, at=0)
    return intent


VERBS: dict[str, Any] = {
    "complete": lambda i, at: end(i, S.COMPLETED, at=at, actor="x", result={}),
    "fail": lambda i, at: end(i, S.FAILED, at=at, actor="x", error={}),
    "cancel": lambda i, at: end(i, S.CANCELED, at=at, actor="x"),
    "work": lambda i, at: enter(i, S.IN_PROGRESS, at=at, actor="x"),
    "wait": lambda i, at: enter(i, S.WAITING, at=at, actor="x"),
    "acknowledge": lambda i, at: enter(i, S.ACKNOWLEDGED, at=at, actor="x"),
    "approve": lambda i, at: human.decide(i, {"outcome": "approved"}, at=at, actor="x", person=None),
    "reject": lambda i, at: human.decide(i, {"outcome": "rejected"}, at=at, actor="x", person=None),
    "delegate": lambda i, at: hand_over(i, "agent://c", at=at, actor="x", details={}),
    "deadline": lambda i, at: timers.fire(i, Timer(TimerKind.DEADLINE, at, {}), at=at),
    "remind": lambda i, at: timers.fire(i, Timer(TimerKind.REMINDER, at, {}), at=at),
    "nudge": lambda i, at: timers.fire(i, Timer(TimerKind.ASKED_REMINDER, at, {}), at=at),
    "pause": lambda i, at: controls.patch_controls(i, {"paused": True}, at=at),
    "unpause": lambda i, at: controls.patch_controls(i, {"paused": False}, at=at),
}


@given(human_task=st.sampled_from([None, {}]), verbs=st.lists(st.sampled_from(sorted(VERBS)), max_size=12))
def test_any_sequence_of_verbs_keeps_the_table_true(human_task: dict[str, Any] | None, verbs: list[str]) -> None:
    intent = new_intent(human_task=human_task, remind_after_seconds=1, escalate_to="user://boss")
    for at, verb in enumerate(verbs, start=1):
        before, events = intent.status, len(intent.new_events)
        if refused(intent, verb, at):
            assert (intent.status, len(intent.new_events)) == (before, events)
        if before.is_terminal:
            assert (intent.status, len(intent.new_events)) == (before, events)
    check(intent.new_events)
    assert intent.new_events[-1].status is intent.status
    assert intent.seq == len(intent.new_events)


def refused(intent: IntentRecord, verb: str, at: int) -> bool:
    """Whether the rules refuse ``verb``, which is always a conflict here."""
    try:
        VERBS[verb](intent, at)
    except GatewayError as error:
        return error.code.status == 409
    return False


def check(events: list[Event]) -> None:
    """Contiguous numbers, allowed steps, one terminal event and it is the last."""
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    for earlier, later in pairwise(events):
        told = EVENT_OF_STATUS[later.status] is later.event_type
        assert (later.status in TRANSITIONS[earlier.status]) if told else (later.status is earlier.status)
        assert not earlier.status.is_terminal
    for event in events:
        assert event.actor
        assert (event.waiting_reason is not None) <= (event.status is S.WAITING)


@pytest.mark.parametrize("origin", list(S))
@pytest.mark.parametrize("target", list(S))
def test_each_step_of_the_table(origin: S, target: S) -> None:
    intent = new_intent()
    intent.status = origin
    intent.new_events.clear()
    allowed = target in TRANSITIONS[origin] or (
        target is S.COMPLETED and S.IN_PROGRESS in TRANSITIONS[origin]
    )  # IN_PROGRESS is put in between
    if allowed:
        enter(intent, target, at=1, actor="x")
        assert intent.status is intent.new_events[-1].status is target
        return
    with pytest.raises(GatewayError) as caught:
        enter(intent, target, at=1, actor="x")
    assert caught.value.code.code == ("intent_terminal" if origin.is_terminal else "invalid_transition")
