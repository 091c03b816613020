"""Whoever asked to be told how an intent ended is told exactly once, however it ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from axme.client import AxmeClient
from axme.exceptions import AxmeTerminalError
from axme.gateway import LocalGateway
from tests.hard.conftest import INTENT

ASKER = "asker"
TASK = {"human_task": {"task_type": "approval"}}
Ending = Callable[[AxmeClient, LocalGateway, str], Any]


def _thread_of(client: AxmeClient, intent_id: str) -> str:
    threads = client.list_inbox(owner_agent="worker")["threads"]
    found: str = next(thread["thread_id"] for thread in threads if thread["intent_id"] == intent_id)
    return found


def _reject(client: AxmeClient, _: LocalGateway, intent_id: str) -> Any:
    return client.reject_inbox_thread(_thread_of(client, intent_id), {"note": "no"}, owner_agent="worker")


def _approve(client: AxmeClient, _: LocalGateway, intent_id: str) -> Any:
    return client.approve_inbox_thread(_thread_of(client, intent_id), {"note": "yes"}, owner_agent="worker")


ENDINGS: dict[str, tuple[str, dict[str, Any], Ending]] = {
    "complete": ("COMPLETED", {}, lambda c, g, i: c.resolve_intent(i, {"status": "COMPLETED", "result": {"n": 1}})),
    "fail": ("FAILED", {}, lambda c, g, i: c.resolve_intent(i, {"status": "FAILED", "error": {"message": "x"}})),
    "cancel": ("CANCELED", {}, lambda c, g, i: c.resolve_intent(i, {"status": "CANCELED", "reason": "x"})),
    "agent's result": ("COMPLETED", {}, lambda c, g, i: c.resume_intent(i, {"action": "complete", "n": 1})),
    "agent's failure": ("FAILED", {}, lambda c, g, i: c.resume_intent(i, {"action": "fail", "why": "x"})),
    "bulk cancel": ("CANCELED", {}, lambda c, g, i: c.bulk_cancel_intents({"older_than_hours": 0, "dry_run": False})),
    "time-out": ("TIMED_OUT", {}, lambda c, g, i: g.advance(timedelta(hours=2))),
    "time-out of a task": ("TIMED_OUT", TASK, lambda c, g, i: g.advance(timedelta(hours=2))),
    "person's yes": ("COMPLETED", TASK, _approve),
    "person's no": ("CANCELED", TASK, _reject),
    "approval's no": ("CANCELED", TASK, lambda c, g, i: c.decide_approval(i, decision="reject")),
    "task's no": ("CANCELED", TASK, lambda c, g, i: c.resume_intent(i, {"task_result": {"outcome": "rejected"}})),
    "cancel of a task": ("CANCELED", TASK, lambda c, g, i: c.resolve_intent(i, {"status": "CANCELED"})),
}


def test_each_end_is_reported_once(movable_gateway: LocalGateway) -> None:
    ended: dict[str, tuple[str, str]] = {}
    with movable_gateway.client() as client:
        for number, (status, extra, end) in enumerate(ENDINGS.values()):
            deadline = (movable_gateway.advance(timedelta(0)) + timedelta(hours=1)).isoformat()
            asker = f"asker-{number}"
            intent_id = client.send_intent({**INTENT, **extra, "reply_to": asker, "deadline_at": deadline})
            assert client.list_inbox(owner_agent=asker)["threads"] == []
            movable_gateway.advance(timedelta(seconds=1))
            end(client, movable_gateway, intent_id)
            _is_told_once(client, asker, intent_id, status)
            ended[asker] = intent_id, status
        # Neither the deadline, nor a crash, nor a second attempt reports it again.
        movable_gateway.advance(timedelta(days=2))
        movable_gateway.kill()
        movable_gateway.restart()
        movable_gateway.advance(timedelta(days=2))
        for asker, (intent_id, status) in ended.items():
            with pytest.raises(AxmeTerminalError):
                client.resolve_intent(intent_id, {"status": "CANCELED"})
            _is_told_once(client, asker, intent_id, status)


def _is_told_once(client: AxmeClient, asker: str, intent_id: str, status: str) -> None:
    (thread,) = client.list_inbox(owner_agent=asker)["threads"]
    (entry,) = thread["timeline"]
    assert thread["intent_id"] == intent_id
    assert (entry["details"]["intent_id"], entry["details"]["status"]) == (intent_id, status)
    changes = client.list_inbox_changes(owner_agent=asker)["changes"]
    assert [change["thread"]["thread_id"] for change in changes] == [thread["thread_id"]]


def test_the_answer_of_the_end_says_where_it_was_reported(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        told = client.send_intent({**INTENT, "reply_to": ASKER})
        untold = client.send_intent(INTENT)
        said = client.resolve_intent(told, {"status": "CANCELED"}, idempotency_key="end")["completion_delivery"]
        (thread,) = client.list_inbox(owner_agent=ASKER)["threads"]
        assert said["delivered"] is True
        assert said["thread_id"] == thread["thread_id"]
        again = client.resolve_intent(told, {"status": "CANCELED"}, idempotency_key="end")["completion_delivery"]
        assert again == said
        assert client.resolve_intent(untold, {"status": "CANCELED"})["completion_delivery"]["delivered"] is False
        assert len(client.list_inbox(owner_agent=ASKER)["threads"]) == 1
