"""Scripted people, against a real gateway on a test clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from axme import AxmeClient, AxmeError, HumanTask, Intent
from axme.testing import People, Tenant, TestGateway

pytest_plugins = ("axme.testing.plugin",)


def _ask(client: AxmeClient, title: str = "Go?", **more: object) -> Intent:
    return client.intents.create("go.v1", to="desk", human_task=HumanTask.approval(title, **more))  # type: ignore[arg-type]


def test_whoever_is_asked_answers_at_their_time_and_not_before(
    axme_client: AxmeClient, axme_gateway: TestGateway, axme_people: People
) -> None:
    axme_people.approve("Fine.", after=timedelta(hours=2))
    intent = _ask(axme_client, notify="anna@example.com")
    axme_gateway.advance(timedelta(hours=2) - timedelta(microseconds=1))
    assert intent.refresh().status == "WAITING"
    axme_gateway.advance(timedelta(microseconds=1))
    assert intent.refresh().status == "COMPLETED"
    decision = intent.decision
    assert decision
    assert (decision.decided_by, decision.comment) == ("anna@example.com", "Fine.")


def test_the_newest_script_that_fits_counts_and_a_name_goes_before_anybody(
    axme_client: AxmeClient, axme_gateway: TestGateway, axme_people: People
) -> None:
    axme_people.approve()
    axme_people["anna@example.com"].approve().reject("Too late.", title="*late*")
    early, late, hers = (
        _ask(axme_client, title, assignees=["anna@example.com"]) for title in ("early", "it is late", "other")
    )
    alone = _ask(axme_client, "it is late")
    axme_gateway.advance(timedelta(0))
    assert [one.refresh().status.value for one in (early, late, hers, alone)] == [
        "COMPLETED",
        "CANCELED",
        "COMPLETED",
        "COMPLETED",
    ]


def test_one_of_several_assignees_answers_though_another_never_does(
    axme_client: AxmeClient, axme_gateway: TestGateway, axme_people: People
) -> None:
    axme_people["anna@example.com"].never_answer()
    axme_people["bob@example.com"].approve(after=timedelta(minutes=5))
    intent = _ask(axme_client, assignees=["anna@example.com", "bob@example.com"])
    axme_gateway.advance(timedelta(hours=1))
    assert intent.refresh().status == "COMPLETED"
    assert intent.decision
    assert intent.decision.decided_by == "bob@example.com"


def test_a_role_is_asked(axme_client: AxmeClient, axme_gateway: TestGateway, axme_people: People) -> None:
    axme_people.approve()
    intent = _ask(axme_client, assignees=["role:org_admin"])
    axme_gateway.advance(timedelta(0))
    assert intent.refresh().status == "COMPLETED"


def test_a_refused_answer_is_raised_with_a_note_that_says_whose(
    axme_client: AxmeClient, axme_gateway: TestGateway, axme_people: People
) -> None:
    axme_people["anna@example.com"].confirm()
    _ask(axme_client, "Ship it?", assignees=["anna@example.com"])
    with pytest.raises(AxmeError) as raised:
        axme_gateway.advance(timedelta(0))
    assert raised.value.__notes__[0].startswith("anna@example.com was to confirm 'Ship it?' at ")


def test_time_flies_past_reminders_to_the_answer_and_stands_still_afterwards(
    axme_client: AxmeClient, axme_gateway: TestGateway, axme_people: People
) -> None:
    axme_people.approve(after=timedelta(days=2))
    with axme_gateway.time_flies():
        intent = axme_client.intents.create(
            "go.v1", to="desk", human_task=HumanTask.approval("Go?"), remind_after=timedelta(hours=20), max_reminders=5
        ).wait(timeout=60)
    assert intent.status == "COMPLETED"
    assert intent.remind_count == 2
    assert axme_gateway.now - intent.created_at == timedelta(days=2)


def test_time_flies_to_the_deadline_when_nobody_answers(
    axme_client: AxmeClient, axme_gateway: TestGateway, axme_people: People
) -> None:
    axme_people.never_answer()
    with axme_gateway.time_flies():
        intent = axme_client.intents.create(
            "go.v1", to="desk", human_task=HumanTask.approval("Go?"), deadline=timedelta(days=1)
        ).wait(timeout=60)
    assert intent.status == "TIMED_OUT"


def test_a_fault_of_a_person_is_raised_where_time_flew(
    axme_client: AxmeClient, axme_gateway: TestGateway, axme_people: People
) -> None:
    axme_people.confirm()
    intent = _ask(axme_client)
    with (
        pytest.raises(AxmeError, match="can be approved or rejected"),
        axme_gateway.time_flies(),
        pytest.raises(TimeoutError),
    ):
        intent.wait(timeout=2)


def test_tests_see_nothing_of_each_other(axme_gateway: TestGateway) -> None:
    one, other = Tenant(axme_gateway), Tenant(axme_gateway)
    asked = _ask(one.client)
    assert (len(one.intents()), len(other.intents())) == (1, 0)
    one.close()
    other.close()
    with axme_gateway.client() as owner:
        assert asked.id not in [intent.id for intent in owner.intents.list(status="WAITING")]


@pytest.mark.parametrize("after", [timedelta(seconds=-1), 3])
def test_a_time_that_is_none_is_refused(axme_people: People, after: object) -> None:
    with pytest.raises(ValueError, match="after must be a timedelta from 0 on"):
        axme_people.approve(after=after)  # type: ignore[arg-type]


def test_a_gateway_can_be_moved_to_the_first_thing_that_is_due(
    axme_client: AxmeClient, axme_gateway: TestGateway
) -> None:
    intent = axme_client.intents.create(
        "go.v1", to="desk", human_task=HumanTask.approval("Go?"), remind_after=timedelta(hours=8)
    )
    stopped = axme_gateway.local.advance(timedelta(days=3), to_next=True)
    assert stopped - intent.created_at == timedelta(hours=8)
    assert intent.refresh().remind_count == 1
