"""Three days of waiting in a second: a task nobody answers, its reminders, its escalation, its deadline.

The gateway runs on a test clock that this program moves, so that what takes days in real life can be watched, or
tested, in milliseconds.
"""

from __future__ import annotations

import tempfile
import time
from datetime import datetime, timedelta

from terminal import fact, headline, paint

import axme.gateway
from axme import HumanTask, IntentEvent

#: How each event is drawn, and in which colour.
SIGNS = {
    "intent.human_task_assigned": ("●", "blue", "asked"),
    "intent.reminder": ("◔", "yellow", "reminder"),
    "intent.escalated": ("▲", "red", "escalated"),
    "intent.in_progress": ("●", "blue", "answered"),
    "intent.completed": ("✓", "green", "completed"),
    "intent.canceled": ("✗", "red", "refused"),
    "intent.timed_out": ("✗", "red", "deadline"),
}


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        axme.gateway.start(data_dir=folder, clock="test") as gateway,
        gateway.client() as client,
    ):
        headline("Nobody answers: three days on a test clock")
        for title, answered_after in (("Approve the contract", None), ("Approve the second contract", 52)):
            began = time.perf_counter()
            intent = client.intents.create(
                "contract.approval.v1",
                to="legal",
                human_task=HumanTask.approval(title, notify="lead@example.com"),
                remind_after=timedelta(hours=8),
                remind_interval=timedelta(days=1),
                max_reminders=2,
                escalate_to="director@example.com",
                deadline=timedelta(days=3),
            )
            if answered_after is not None:
                gateway.advance(timedelta(hours=answered_after))
                client.tasks.get(intent.id).approve("Signed, sorry for the wait.")
            gateway.advance(timedelta(days=4))
            took = time.perf_counter() - began
            fact("task", paint(title, "bold"))
            timeline(list(intent.events()))
            fact("intent", f"{intent.refresh().status}  {paint(f'days of waiting, watched in {took:.1f} s', 'dim')}")
            print()


def timeline(events: list[IntentEvent]) -> None:
    """The events somebody would have noticed, by the time since the first one."""
    print()
    for event in events:
        if event.event_type in SIGNS:
            sign, colour, word = SIGNS[event.event_type]
            when = paint(since(events[0].at, event.at), "dim")
            print(f"  {when}  {paint(sign, colour)} {word:<10} {about(event)}".rstrip())
    print()


def since(first: datetime, at: datetime) -> str:
    """``day 2, 08:00``"""
    minutes = round((at - first).total_seconds() / 60)
    return f"day {minutes // 1440 + 1}, {minutes % 1440 // 60:02}:{minutes % 60:02}"


def about(event: IntentEvent) -> str:
    """Who is waited for, or what was said."""
    holder = (event.pending_with or {}).get("name", "")
    if event.event_type == "intent.reminder":
        return f"{holder}, no. {event.details.get('remind_count')}"
    if event.event_type == "intent.in_progress":
        return f"{event.details['outcome']}: “{event.details['task_result']['comment']}”"
    return holder or str(event.details.get("reason", ""))


if __name__ == "__main__":
    main()
