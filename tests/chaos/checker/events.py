"""I3: streams are copies of one order. I4: one end, and it is the last. I6: timers fire once and in time."""

from __future__ import annotations

from axme.contract.statuses import IntentStatus
from tests.chaos.checker.history import Final, Found, History, Row, Violation

_COMPARED = ("event_type", "status", "actor")


def ordered(history: History, final: Final) -> Found:
    """I3: per intent 1..n, and each observer saw a part of it without gap, repeat or change."""
    stored = final.events()
    for intent_id, events in stored.items():
        numbers = [event["seq"] for event in events]
        if numbers != list(range(1, len(numbers) + 1)):
            yield Violation("I3", f"the events of {intent_id} are numbered {numbers}")
    shown: dict[tuple[str, int], Row] = {}
    for intent_id, since, events in history.seen:
        numbers = [event["seq"] for event in events]
        if numbers != list(range(since + 1, since + 1 + len(numbers))):
            yield Violation("I3", f"an observer of {intent_id} since {since} was shown {numbers}")
        truth = {event["seq"]: event for event in stored.get(intent_id, [])}
        for event in events:
            kept = truth.get(event["seq"])
            if kept is None or any(kept[name] != event[name] for name in _COMPARED):
                yield Violation("I3", f"an observer of {intent_id} was shown {dict(event)}, stored is {kept}")
            if shown.setdefault((intent_id, event["seq"]), event) != event:
                yield Violation("I3", f"observers of {intent_id} were shown event {event['seq']} in different forms")


def ended(history: History, final: Final) -> Found:
    """I4: at most one terminal event, after which there is nothing; the row says the same."""
    rows = {row["intent_id"]: row for row in final["intents"]}
    for intent_id, events in final.events().items():
        ends = [event["seq"] for event in events if _is_end(event)]
        if len(ends) > 1:
            yield Violation("I4", f"{intent_id} ended {len(ends)} times")
        elif ends and ends[0] != events[-1]["seq"]:
            yield Violation("I4", f"{intent_id} ended with event {ends[0]}, and went on to {events[-1]['seq']}")
        row = rows.get(intent_id)
        if row and events and row["status"] != events[-1]["status"]:
            yield Violation("I4", f"{intent_id} is {row['status']}, its last event says {events[-1]['status']}")
        if row and events and row["seq"] != events[-1]["seq"]:
            yield Violation("I4", f"{intent_id} counts {row['seq']} events, there are {len(events)}")


def fired(history: History, final: Final) -> Found:
    """I6: each timer as often as it should, never early, and not too late."""
    stored = final.events()
    for timer in history.timers:
        found = [event for event in stored.get(timer.intent_id, []) if event["event_type"] == timer.event_type]
        if len(found) != timer.count:
            yield Violation(
                "I6", f"{timer.event_type} of {timer.intent_id} fired {len(found)} times, not {timer.count}"
            )
        for event in found:
            late = (event["at"] - timer.due_at) / 1_000_000
            if late < 0:
                yield Violation("I6", f"{timer.event_type} of {timer.intent_id} fired {-late} s early")
            elif late > timer.bound:
                yield Violation("I6", f"{timer.event_type} of {timer.intent_id} fired {late} s late")


def _is_end(event: Row) -> bool:
    return IntentStatus(event["status"]).is_terminal
