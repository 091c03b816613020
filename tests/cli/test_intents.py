"""``intents`` and what its exit codes tell scripts."""

from __future__ import annotations

import json
import uuid

import pytest

from axme import AxmeClient, HumanTask, Intent
from tests.cli.conftest import Axme


@pytest.fixture
def kind() -> str:
    """A type that no other test uses."""
    return f"cli.t{uuid.uuid4().hex[:10]}.v1"


@pytest.fixture
def waiting(client: AxmeClient, kind: str) -> Intent:
    task = HumanTask.approval("Approve [red]it", notify="anna@example.com")
    return client.intents.create(kind, to="desk", payload={"amount": 3}, human_task=task)


def test_a_list_is_a_table_that_is_never_wrapped_when_piped(axme: Axme, waiting: Intent, kind: str) -> None:
    ran = axme("intents", "list", "--type", kind)
    title, row = ran.out.splitlines()
    assert title.split() == ["intent", "status", "type", "to", "waits", "for", "created"]
    assert row.split()[:5] == [waiting.id[-8:], "WAITING", kind, "desk", "anna@example.com"]
    assert "\x1b" not in ran.out


def test_json_is_what_the_gateway_sends(axme: Axme, waiting: Intent, kind: str) -> None:
    (listed,) = axme("intents", "list", "--type", kind, "--json").json
    assert listed["intent_id"] == waiting.id
    shown = axme("intents", "show", waiting.id, "--json").json
    assert shown["intent"]["human_task"]["title"] == "Approve [red]it"
    assert [event["seq"] for event in shown["events"]] == [1, 2, 3, 4]
    assert axme("intents", "explain", waiting.id, "--json").json["waits_for"] == "anna@example.com"


def test_what_workers_have_tried_is_a_table(axme: Axme, client: AxmeClient, kind: str) -> None:
    agent = f"a{uuid.uuid4().hex[:8]}"
    intent = client.intents.create(kind, to=agent, max_delivery_attempts=1)
    assert axme("intents", "attempts", intent.id).err == "no worker has taken it\n"
    claim = client.claim_deliveries(agent, {"worker_id": "worker-1"})["claims"][0]["claim_id"]
    client.fail_claim(claim, {"error": {"code": "out_of_stock", "message": "none left"}})
    title, row = axme("intents", "attempts", intent.id).out.splitlines()
    assert title.split() == ["attempt", "worker", "began", "ended", "outcome", "error"]
    assert row.split()[:2] == ["1", "worker-1"]
    assert row.endswith("failed   none left")
    (raw,) = axme("intents", "attempts", intent.id, "--json").json
    assert [tried.raw for tried in intent.attempts()] == [raw]


def test_quiet_prints_ids_and_nothing_prints_no_table(axme: Axme, waiting: Intent, kind: str) -> None:
    assert axme("intents", "list", "--type", kind, "-q").out == f"{waiting.id}\n"
    none = axme("intents", "list", "--type", f"{kind}.none")
    assert (none.code, none.out, none.err) == (0, "", "no intents\n")


def test_an_intent_is_found_by_the_end_of_its_id(axme: Axme, waiting: Intent) -> None:
    ran = axme("intents", "show", waiting.id[-8:])
    assert ran.out.startswith(f"{waiting.id}\n")
    assert "  asked      Approve [red]it\n" in ran.out
    assert "for anna@example.com" in ran.out
    assert axme("intents", "show", "zzzzzzzz").code == 3
    short = axme("intents", "show", "abc")
    assert (short.code, len(short.err.splitlines())) == (3, 1)


@pytest.mark.parametrize(
    ("end", "code"), [("complete", 0), ("fail", 10), ("cancel", 11)], ids=["completed", "failed", "canceled"]
)
def test_the_exit_code_of_watching_is_the_ending(
    axme: Axme, client: AxmeClient, kind: str, end: str, code: int
) -> None:
    intent = client.intents.create(kind, to="desk")
    getattr(intent, end)(*(["broken \x1b[31m"] if end == "fail" else []))
    ran = axme("intents", "watch", intent.id)
    assert ran.code == code
    assert [line.split()[1] for line in ran.out.splitlines()][:2] == ["created", "submitted"]
    assert "\x1b" not in ran.out
    lines = axme("intents", "watch", intent.id, "--json").out.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))


def test_watching_gives_up_in_time(axme: Axme, waiting: Intent) -> None:
    ran = axme("intents", "watch", waiting.id, "--timeout", "0.5")
    assert (ran.code, ran.err) == (13, "axme: still WAITING after 0.5 s; it goes on\n")


def test_several_are_canceled_and_one_that_cannot_be_stops_no_other(axme: Axme, client: AxmeClient, kind: str) -> None:
    done, one, two = (client.intents.create(kind, to="desk") for _ in range(3))
    done.complete()
    ran = axme("intents", "cancel", one.id, done.id, two.id, "--reason", "left over")
    assert ran.code == 1
    assert ran.out == f"canceled {one.id}\ncanceled {two.id}\n"
    assert ran.err.startswith(f"axme: {done.id}: HTTP 409")
    assert one.refresh().reason == "left over"
    again = axme("intents", "cancel", one.id)
    assert (again.code, len(again.err.splitlines())) == (4, 1)
