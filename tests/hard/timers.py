"""Timers of every kind under a gateway that keeps dying, and the judge of what came of them."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from axme.client import AxmeClient
from axme.exceptions import AxmeTerminalError
from axme.gateway import LocalGateway
from tests.hard.conftest import INTENT

SECOND = timedelta(seconds=1)
#: After this long of a node running, what was due must have been done.
BOUND = 5 * SECOND
Check = Callable[[list[dict[str, Any]]], list[tuple[datetime, datetime]]]


def now() -> datetime:
    """The time by the clock the gateways have."""
    return datetime.now(UTC)


@dataclass
class Uptime:
    """When there was a node that ran."""

    spans: list[tuple[datetime, datetime]] = field(default_factory=list)

    def latest(self, due: datetime) -> datetime:
        """When at the latest something due at ``due`` must be done: a node ran for the whole bound since."""
        chances = [max(began, due) + BOUND for began, ended in self.spans if max(began, due) + BOUND <= ended]
        return min(chances)


class Timers:
    """Arms timers until told to stop, and knows what must come of each."""

    def __init__(self, clients: Sequence[AxmeClient], chance: random.Random) -> None:
        self.armed: dict[str, Check] = {}
        self._clients = clients
        self._chance = chance

    def arm(self) -> None:
        """One more intent with timers of a random kind."""
        client = self._chance.choice(self._clients)
        intent_id, check = self._chance.choice((_deadline, _reminded, _asked, _canceled))(client, self._chance)
        self.armed[intent_id] = check

    def judge(self, client: AxmeClient, uptime: Uptime) -> list[timedelta]:
        """Each timer exactly once, never early, in time; returns how late each was while a node ran."""
        lateness = []
        for intent_id, check in self.armed.items():
            events = client.list_intent_events(intent_id)["events"]
            assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
            for due, at in check(events):
                assert at >= due, f"{intent_id} fired {due - at} early"
                assert at <= uptime.latest(due), f"{intent_id} was due {due}, fired {at}"
                ran = [max(began, due) for began, ended in uptime.spans if began <= at <= ended]
                lateness += [at - start for start in ran[:1]]
        return lateness


def kill_again_and_again(gateways: Sequence[LocalGateway], kills: int, chance: random.Random) -> list[datetime]:
    """Kill and restart a random node, ``kills`` times; returns when nobody, then somebody, was ready in turn."""
    turns: list[datetime] = []
    for _ in range(kills):
        victim = chance.choice(gateways)
        time.sleep(chance.uniform(0.0, 0.7))
        victim.kill()
        turns.append(now())
        time.sleep(chance.uniform(0.0, 0.3))
        victim.restart(timeout=60)
        turns.append(now())
    return turns


def in_background(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """A thread at work; its result, or what it failed with, is put in the list."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, outcome


def _at(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["at"])


def _fired(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kinds = {"intent.reminder", "intent.escalated", "intent.timed_out"}
    return [event for event in events if event["event_type"] in kinds]


def _types(events: list[dict[str, Any]]) -> list[str]:
    return [event["event_type"].removeprefix("intent.") for event in events]


def _deadline(client: AxmeClient, chance: random.Random) -> tuple[str, Check]:
    due = now() + chance.uniform(0.1, 3.0) * SECOND
    intent_id = client.send_intent({**INTENT, "deadline_at": due.isoformat()})

    def check(events: list[dict[str, Any]]) -> list[tuple[datetime, datetime]]:
        assert _types(events[3:]) == ["timed_out"], _types(events)
        # An intent may be accepted after its deadline: the node was dead.
        return [(max(due, _at(events[0])), _at(events[-1]))]

    return intent_id, check


def _reminded(client: AxmeClient, _: random.Random) -> tuple[str, Check]:
    task = {"human_task": {}, "remind_after_seconds": 1, "max_reminders": 2, "escalate_to": "boss"}
    intent_id = client.send_intent({**INTENT, **task})

    def check(events: list[dict[str, Any]]) -> list[tuple[datetime, datetime]]:
        assert _types(events[4:]) == ["reminder", "reminder", "escalated"], _types(events)
        found, due = [], _at(events[0]) + SECOND
        for event in events[4:]:
            found.append((due, _at(event)))
            due = due + SECOND if due + SECOND > _at(event) else _at(event) + SECOND
        return found

    return intent_id, check


def _asked(client: AxmeClient, _: random.Random) -> tuple[str, Check]:
    intent_id = client.send_intent(INTENT)
    reminders = [{"offset_seconds": offset, "note": str(offset)} for offset in (1, 2)]
    answer = client.update_intent_controls(intent_id, {"controls": {"reminders": reminders}})
    asked = datetime.fromisoformat(answer["intent"]["updated_at"])

    def check(events: list[dict[str, Any]]) -> list[tuple[datetime, datetime]]:
        fired = events[3:]
        assert [(event["event_type"], event["details"]["note"]) for event in fired] == [
            ("intent.reminder", "1"),
            ("intent.reminder", "2"),
        ]
        return [(asked + n * SECOND, _at(event)) for n, event in enumerate(fired, start=1)]

    return intent_id, check


def _canceled(client: AxmeClient, chance: random.Random) -> tuple[str, Check]:
    due = now() + chance.uniform(0.1, 1.0) * SECOND
    task = {"human_task": {}, "remind_after_seconds": 1, "deadline_at": due.isoformat()}
    intent_id = client.send_intent({**INTENT, **task})
    try:
        client.resolve_intent(intent_id, {"status": "CANCELED", "reason": "enough"})
        ended = "canceled"
    except AxmeTerminalError:
        ended = "timed_out"

    def check(events: list[dict[str, Any]]) -> list[tuple[datetime, datetime]]:
        assert _types(events)[-1] == ended
        fired = _fired(events)
        assert _types(fired) in ([], ["reminder"], ["timed_out"], ["reminder", "timed_out"]), _types(events)
        assert ("timed_out" in _types(fired)) is (ended == "timed_out")
        return []

    return intent_id, check
