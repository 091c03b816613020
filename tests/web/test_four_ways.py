"""One decision, four ways to it: the inbox, an approval, a resume, the page. Whichever is first wins."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import pytest

from axme import AxmeAlreadyDecidedError, AxmeClient, AxmeValidationError, HumanTask, HumanTaskSpec, Intent
from axme.gateway import LocalGateway
from tests.hard.kit import in_threads
from tests.web.person import decide_by_page

MIA = "mia@example.com"
ADMIN = "agent://local/default/admin"
ROUNDS = 50
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


class Way(NamedTuple):
    """How a decision travels; each call returns the message of the refusal, or ``None``."""

    send: Callable[[AxmeClient, Intent, str, dict[str, Any]], str | None]
    by: str


def _refused(call: Callable[[], Any]) -> str | None:
    try:
        call()
    except AxmeAlreadyDecidedError as error:
        assert error.status_code == 409
        return str(error)
    return None


def _plainly(outcome: str) -> str:
    return "reject" if outcome in ("rejected", "denied", "declined", "failed") else "approve"


def _by_inbox(client: AxmeClient, intent: Intent, outcome: str, answer: dict[str, Any]) -> str | None:
    threads = client.inbox.list(owner_agent=intent.to_agent)
    thread = next(thread for thread in threads if thread.intent_id == intent.id)
    return _refused(lambda: getattr(thread, _plainly(outcome))(**answer))


def _by_approval(client: AxmeClient, intent: Intent, outcome: str, answer: dict[str, Any]) -> str | None:
    return _refused(lambda: getattr(client.approvals, _plainly(outcome))(intent.id, **answer))


def _by_resume(client: AxmeClient, intent: Intent, outcome: str, answer: dict[str, Any]) -> str | None:
    return _refused(lambda: client.resume_intent(intent.id, {"task_result": {"outcome": outcome, **answer}}))


def _by_page(client: AxmeClient, intent: Intent, outcome: str, answer: dict[str, Any], url: str = "") -> str | None:
    url = url or _link(client, intent)
    task, data = intent.human_task or {}, dict(answer.get("data") or {})
    page = decide_by_page(
        url,
        outcome,
        comment=answer.get("comment", ""),
        evidence=data.pop("evidence", ""),
        data=data or None,
        form_schema=task.get("form_schema"),
    )
    assert page.status_code in (200, 409), page.text
    decided = "has decided this" in page.text or "decided first" in page.text
    return page.text if page.status_code == 409 or decided else None


def _link(client: AxmeClient, intent: Intent) -> str:
    url = client.tasks.handle(intent.id).link(MIA).url
    assert url
    return url


WAYS = {
    "inbox": Way(_by_inbox, ""),
    "approval": Way(_by_approval, ADMIN),
    "resume": Way(_by_resume, ADMIN),
    "page": Way(_by_page, MIA),
}
TASKS: dict[str, tuple[HumanTaskSpec, dict[str, dict[str, Any]]]] = {
    "approval": (HumanTask.approval("Go?"), {"approved": {}, "rejected": {"comment": "Too dear."}}),
    "confirmation": (HumanTask.confirmation("Go?"), {"confirmed": {}, "denied": {}}),
    "review": (HumanTask.review("Go?"), {"approved": {}, "rejected": {}}),
    "assignment": (
        HumanTask.assignment("Who?", form_schema=CITY), {"assigned": {"data": {"city": "Berlin"}}, "declined": {}},
    ),
    "form": (HumanTask.form("Where?", schema=CITY), {"submitted": {"data": {"city": "Berlin"}}}),
    "clarification": (
        HumanTask.clarification("Which?"), {"provided": {"comment": "Blue."}, "declined": {"comment": "Ask Bob."}},
    ),
    "manual_action": (
        HumanTask.manual_action("Restart it."),
        {"completed": {"data": {"evidence": "photo-7"}}, "failed": {"comment": "No key."}},
    ),
    "override": (
        HumanTask.override("Now?"), {"override_approved": {"comment": "Once."}, "rejected": {"comment": "No."}},
    ),
}  # fmt: skip
CASES = [(kind, outcome, way) for kind, (_, outcomes) in TASKS.items() for outcome in outcomes for way in WAYS]
ENDINGS = {"rejected": "CANCELED", "denied": "CANCELED", "declined": "CANCELED", "failed": "FAILED"}


def _ask(client: AxmeClient, spec: HumanTaskSpec) -> Intent:
    return client.intents.create("four.ways.v1", to=f"manager-{uuid.uuid4().hex[:8]}", human_task=spec).refresh()


@pytest.mark.parametrize(("kind", "outcome", "way"), CASES)
def test_each_type_is_decided_by_each_way_and_the_others_are_told(
    kind: str, outcome: str, way: str, client: AxmeClient
) -> None:
    spec, outcomes = TASKS[kind]
    answer = outcomes[outcome]
    intent = _ask(client, spec)
    url = _link(client, intent)
    assert WAYS[way].send(client, intent, outcome, answer) is None
    intent.refresh()
    decision = intent.decision
    assert decision is not None
    assert (intent.status, decision.outcome) == (ENDINGS.get(outcome, "COMPLETED"), outcome)
    assert (decision.comment, decision.data) == (answer.get("comment"), answer.get("data", {}))
    assert decision.decided_by == (WAYS[way].by or intent.to_agent)
    first = (intent.raw, intent.seq)
    for other, late in WAYS.items():
        said = (
            _by_page(client, intent, outcome, answer, url)
            if other == "page"
            else late.send(client, intent, outcome, answer)
        )
        if other != "page" or way != "page":
            assert said is not None, f"{other} was not told that {way} had been first"
            assert decision.decided_by in said
    assert (intent.refresh().raw, intent.seq) == first


@pytest.mark.parametrize("way", ["inbox", "approval"])
@pytest.mark.parametrize(
    ("spec", "field"),
    [
        (HumanTask.review("Ship?", allowed_outcomes=["ship", "hold"]), "outcome"),
        (HumanTask.form("Where?", schema=CITY), "data"),
        (HumanTask.manual_action("Restart it."), "data.evidence"),
        (HumanTask.clarification("Which?"), "comment"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["task_type"],
)
def test_what_a_plain_yes_cannot_say_is_refused_with_the_ways_that_can(
    way: str, spec: HumanTaskSpec, field: str, client: AxmeClient
) -> None:
    intent = _ask(client, spec)
    with pytest.raises(AxmeValidationError, match=r"resume with a task_result, or by the page") as caught:
        WAYS[way].send(client, intent, "approved", {})
    assert str(caught.value).startswith(f"{field}: ") or f" {field}: " in str(caught.value)
    assert caught.value.details == {"field": field}
    assert intent.refresh().status == "WAITING"


def test_a_review_is_sent_back_by_resume_and_by_page(client: AxmeClient) -> None:
    for way in ("resume", "page"):
        intent = _ask(client, TASKS["review"][0])
        assert WAYS[way].send(client, intent, "changes_requested", {"comment": "Shorter."}) is None
        assert intent.refresh().status == "COMPLETED"
        assert intent.decision is not None
        assert (intent.decision.outcome, intent.decision.comment) == ("changes_requested", "Shorter.")


def _try(client: AxmeClient, intent: Intent, url: str, way: str, outcome: str) -> tuple[str, str | None]:
    if way == "page":
        return way, _by_page(client, intent, outcome, {}, url)
    return way, WAYS[way].send(client, intent, outcome, {})


def test_all_four_at_once_leave_one_decision_and_the_losers_are_told_whose(fresh_gateway: LocalGateway) -> None:
    with fresh_gateway.client() as client:
        won: set[str] = set()
        for number in range(ROUNDS):
            intent = _ask(client, TASKS["approval"][0])
            url = _link(client, intent)
            outcomes = {way: ("approved", "rejected")[(number + place) % 2] for place, way in enumerate(WAYS)}
            calls = [partial(_try, client, intent, url, way, outcome) for way, outcome in outcomes.items()]
            results = dict(in_threads(calls))
            (winner,) = (way for way, said in results.items() if said is None)
            decision = intent.refresh().decision
            assert decision is not None
            assert decision.decided_by == (WAYS[winner].by or intent.to_agent)
            assert decision.outcome == outcomes[winner]
            assert all(decision.decided_by in said for said in results.values() if said is not None)
            assert [event.seq for event in intent.events()] == [1, 2, 3, 4, 5, 6]
            won.add(winner)
        assert len(won) > 1, "a race that one way always wins is none"
