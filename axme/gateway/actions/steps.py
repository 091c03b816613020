"""What an intent shows of the scenario it leads."""

from __future__ import annotations

from typing import Any

from axme.contract.clock import to_text
from axme.contract.statuses import WaitingReason
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.scenarios import table
from axme.gateway.lifecycle.timers import TimerKind
from axme.gateway.store.columns import from_json
from axme.gateway.store.queries import jobs, scenarios
from axme.gateway.store.tx import Tx

_WAKING = frozenset({"wake", "retry"})


def shown(tx: Tx, intent: IntentRecord) -> dict[str, Any]:
    """``steps``, and ``next_wakeup_at`` while it waits for time; nothing where no scenario is led."""
    run = scenarios.load(tx, intent.intent_id) if intent.leads_scenario else None
    if run is None:
        return {}
    body: dict[str, Any] = {"steps": table(run, ended=intent.is_terminal)}
    if intent.waiting_reason is WaitingReason.TIME:
        timers = tx.run(jobs.KIND_OF_INTENT, {"intent_id": intent.intent_id, "kind": TimerKind.STEP})
        due = [timer["due_at"] for timer in timers if from_json(timer["details"])["act"] in _WAKING]
        if due:
            body["next_wakeup_at"] = to_text(min(due))
    return body
