"""The page of a task over plain HTTP: what decides and what does not, and what is said to whom."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from axme.client import AxmeClient
from axme.exceptions import AxmeConflictError
from tests.web.conftest import MIA, Ask, ask_with
from tests.web.person import TIMEOUT, Form, decide_by_page, open_page, send

SIZE = {"type": "object", "properties": {"size": {"type": "integer", "minimum": 1}}, "required": ["size"]}
#: A task of each type, the answer that agrees and the status it ends in, and the answer that does not.
EIGHT: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, str], tuple[str, str] | None]] = {
    "approval": ({}, {}, ("approved", "COMPLETED"), ("rejected", "CANCELED")),
    "confirmation": ({}, {}, ("confirmed", "COMPLETED"), ("denied", "CANCELED")),
    "review": ({}, {"comment": "see line 3"}, ("changes_requested", "COMPLETED"), ("rejected", "CANCELED")),
    "assignment": ({"form_schema": SIZE}, {"data": {"size": 2}}, ("assigned", "COMPLETED"), ("declined", "CANCELED")),
    "form": ({"form_schema": SIZE}, {"data": {"size": 3}}, ("submitted", "COMPLETED"), None),
    "clarification": ({}, {"comment": "the blue one"}, ("provided", "COMPLETED"), ("declined", "CANCELED")),
    "manual_action": ({}, {"evidence": "ticket 7"}, ("completed", "COMPLETED"), ("failed", "FAILED")),
    "override": ({}, {"comment": "I know"}, ("override_approved", "COMPLETED"), ("rejected", "CANCELED")),
}


@pytest.mark.parametrize(
    ("task_type", "agrees"),
    [(name, agrees) for name, row in EIGHT.items() for agrees in (True, False) if agrees or row[3]],
)
def test_each_type_is_decided(task_type: str, agrees: bool, ask: Ask, client: AxmeClient) -> None:
    task, answer, yes, no = EIGHT[task_type]
    outcome, status = yes if agrees else no or yes
    asked = ask(task_type=task_type, **task)
    if not agrees:
        answer = {"comment": "no"} if "comment" in answer else {}
    if task.get("form_schema") and agrees:
        answer = answer | {"form_schema": task["form_schema"]}
    seen = decide_by_page(asked.url, outcome, **answer)
    assert seen.status_code == 200, seen.text
    assert "Your decision was recorded" in seen.text
    intent = client.get_intent(asked.intent_id)["intent"]
    assert (intent["status"], intent["result"]["outcome"]) == (status, outcome)
    if "data" in answer:
        assert intent["result"]["task_result"]["data"] == answer["data"]
    decided = next(e for e in client.list_intent_events(asked.intent_id)["events"] if "task_result" in e["details"])
    assert decided["actor"] == MIA


def test_the_decision_stands_in_the_audit_trail(ask: Ask, client: AxmeClient) -> None:
    asked = ask()
    decide_by_page(asked.url, "approved", comment="fine")
    (event,) = [
        e for e in client.list_audit_events(action_prefix="intent.decide")["events"] if asked.intent_id in str(e)
    ]
    assert MIA in str(event)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_opening_a_link_decides_nothing(method: str, ask: Ask, client: AxmeClient) -> None:
    asked = ask()
    before = client.get_intent(asked.intent_id)
    for query in ("", "?outcome=approved"):
        answer = requests.request(method, asked.url + query, timeout=TIMEOUT)
        assert answer.status_code == (200 if method in ("GET", "HEAD") else 405)
        assert method != "HEAD" or (not answer.content and int(answer.headers["content-length"]) > 1000)
    assert client.get_intent(asked.intent_id) == before


def test_the_second_is_told_who_was_first(ask: Ask, client: AxmeClient) -> None:
    asked = ask()
    joe = client.create_task_link(asked.intent_id, recipient="joe@example.com")["link"]["url"]
    _, form = open_page(asked.url)
    assert decide_by_page(joe, "rejected", comment="too dear").status_code == 200
    late = send(asked.url, form, outcome="approved")
    assert late.status_code == 409
    assert "joe@example.com decided first" in late.text
    seen, form = open_page(asked.url)
    assert (seen.status_code, form.buttons) == (200, {})
    assert "Already decided" in seen.text
    with pytest.raises(AxmeConflictError, match=r"joe@example\.com"):
        client.resume_intent(asked.intent_id, {"task_result": {"outcome": "approved"}})


def test_sending_twice_decides_once(ask: Ask, client: AxmeClient) -> None:
    asked = ask()
    _, form = open_page(asked.url)
    assert send(asked.url, form, outcome="approved").status_code == 200
    again = send(asked.url, form, outcome="rejected")
    assert again.status_code == 409
    assert "you decided before" in again.text
    assert client.get_intent(asked.intent_id)["intent"]["result"]["outcome"] == "approved"


def test_people_racing_leave_one_decision(ask: Ask, client: AxmeClient) -> None:
    for _ in range(5):
        asked = ask()
        people = [f"p{n}@example.com" for n in range(6)]
        urls = [client.create_task_link(asked.intent_id, recipient=person)["link"]["url"] for person in people]
        forms = [open_page(url)[1] for url in urls]
        outcomes = ["approved", "rejected"] * 3
        with ThreadPoolExecutor(6) as pool:
            done = list(pool.map(_send, urls, forms, outcomes))
        assert sorted(answer.status_code for answer in done) == [200, 409, 409, 409, 409, 409]
        winner = next(person for person, answer in zip(people, done, strict=True) if answer.status_code == 200)
        assert all(f"{winner} decided first" in answer.text for answer in done if answer.status_code == 409)


def _send(url: str, form: Form, outcome: str) -> requests.Response:
    return send(url, form, outcome=outcome)


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(ask: Ask, client: AxmeClient) -> None:
    asked = ask(task_type="form", form_schema=SIZE, required_comment=True)
    _, form = open_page(asked.url)
    answer = send(asked.url, form, outcome="submitted", **{"form/size": "twelve"})
    assert answer.status_code == 422
    assert "There are 2 problems" in answer.text
    assert 'value="twelve"' in answer.text
    assert re.search(r'id="field-1-error"><span class="sr">Error: </span>Write a whole number', answer.text)
    assert 'id="comment-error"' in answer.text
    assert client.get_intent(asked.intent_id)["intent"]["status"] == "WAITING"


def test_the_enter_key_in_a_field_decides_nothing(ask: Ask, client: AxmeClient) -> None:
    asked = ask()
    page, form = open_page(asked.url)
    # A browser presses the first button of the form.
    assert re.search(r"<button[^>]*>", page.text)[0].count('name="do" value="check"') == 1
    answer = send(asked.url, form, do="check", comment="half a thought")
    assert answer.status_code == 422
    assert "Choose one of the buttons" in answer.text
    assert "half a thought" in answer.text
    assert client.get_intent(asked.intent_id)["intent"]["status"] == "WAITING"


def test_an_outcome_that_is_not_offered_is_refused(ask: Ask, client: AxmeClient) -> None:
    asked = ask(allowed_outcomes=["ship", "hold"])
    form = open_page(asked.url)[1]
    assert form.buttons["outcome"] == ["ship", "hold"]
    assert send(asked.url, form, outcome="approved").status_code == 422
    assert client.get_intent(asked.intent_id)["intent"]["status"] == "WAITING"
    assert decide_by_page(asked.url, "hold").status_code == 200


def test_a_paused_task_says_so(ask: Ask, client: AxmeClient) -> None:
    asked = ask()
    _, form = open_page(asked.url)
    client.update_intent_controls(asked.intent_id, {"controls": {"paused": True}})
    answer = send(asked.url, form, outcome="approved")
    assert answer.status_code == 422
    assert "This request is on hold" in answer.text
    client.update_intent_controls(asked.intent_id, {"controls": {"paused": False}})
    assert send(asked.url, form, outcome="approved").status_code == 200


def test_a_withdrawn_an_ended_and_an_unknown_link(ask: Ask, client: AxmeClient) -> None:
    asked = ask(title="Secret plans")
    client.revoke_task_links(asked.intent_id)
    revoked = requests.get(asked.url, timeout=TIMEOUT)
    assert (revoked.status_code, "was withdrawn" in revoked.text, "Secret" in revoked.text) == (410, True, False)
    asked = ask(title="Secret plans")
    client.resolve_intent(asked.intent_id, {"status": "CANCELED", "reason": "never mind"})
    ended = requests.get(asked.url, timeout=TIMEOUT)
    assert (ended.status_code, "has ended" in ended.text, "Secret" in ended.text) == (200, True, False)
    unknown = requests.get(asked.url[:-3] + "AAA", timeout=TIMEOUT)
    assert (unknown.status_code, "leads nowhere" in unknown.text) == (404, True)


def test_an_expired_link_says_until_when_it_was_good(movable_gateway: Any) -> None:
    from datetime import timedelta

    with movable_gateway.client() as client:
        asked = ask_with(client)
        _, form = open_page(asked.url)
        movable_gateway.advance(timedelta(days=31))
        for seen in (requests.get(asked.url, timeout=TIMEOUT), send(asked.url, form, outcome="approved")):
            assert (seen.status_code, "has expired" in seen.text, "1 day ago" in seen.text) == (410, True, True)
        assert client.get_intent(asked.intent_id)["intent"]["status"] == "WAITING"


def test_the_payload_is_shown_readably(ask: Ask) -> None:
    payload = {
        "amount_eur": 1200,
        "items": [{"sku": "A", "n": 1}, {"sku": "B", "n": 2}],
        "urgent": True,
        "log": "x\n" * 99,
    }
    page, _ = open_page(ask(payload=payload).url)
    for piece in ("Amount eur", '<th scope="col">Sku</th>', '<td><span class="text">B</span></td>', "yes", "<details>"):
        assert piece in page.text


def test_rows_are_added_and_removed_without_losing_what_was_typed(ask: Ask, client: AxmeClient) -> None:
    entry = {"type": "object", "properties": {"what": {"type": "string"}}, "required": ["what"]}
    schema = {"type": "object", "properties": {"steps": {"type": "array", "items": entry}}}
    asked = ask(task_type="form", form_schema=schema)
    page, form = open_page(asked.url)
    for text in ("one", "two", "three"):
        page = send(asked.url, form, do="add form/steps")
        assert page.status_code == 200
        form.fields.clear()
        form.feed(page.text)
        row = int(form.fields["form/steps#"][0]) - 1
        form.fields[f"form/steps/{row}/what"] = [text]
    page = send(asked.url, form, do="remove form/steps/1")
    form.fields.clear()
    form.feed(page.text)
    assert send(asked.url, form, outcome="submitted").status_code == 200
    data = client.get_intent(asked.intent_id)["intent"]["result"]["task_result"]["data"]
    assert data == {"steps": [{"what": "one"}, {"what": "three"}]}


def test_a_link_stands_in_a_path(ask: Ask) -> None:
    parts = urlsplit(ask().url)
    assert parts.path.startswith("/tasks/")
    assert not parts.query
    assert not parts.fragment
