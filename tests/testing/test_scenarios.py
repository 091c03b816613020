"""A scenario with several people and days of waiting, tested with the kit."""

from __future__ import annotations

from datetime import timedelta

from axme import AxmeClient, Scenario
from axme.testing import AgentFactory, People, TestGateway

pytest_plugins = ("axme.testing.plugin",)


def test_the_people_of_a_scenario_answer_one_after_the_other(
    axme_client: AxmeClient, axme_gateway: TestGateway, axme_agents: AgentFactory, axme_people: People
) -> None:
    axme_agents("shop", lambda intent: {"packed": True})
    axme_people["lead@example.com"].never_answer()
    axme_people["boss@example.com"].approve("Do.", after=timedelta(hours=5))
    axme_people["carla@example.com"].approve(after=timedelta(days=1))
    scenario = (
        Scenario("buy.v1")
        .agent("shop", address="shop")
        .human("lead", contact="lead@example.com")
        .human("boss", contact="boss@example.com")
        .human("carla", contact="carla@example.com")
        .escalate((timedelta(hours=4), "boss"))
        .approve("first", by="lead", title="Buy it?")
        .approve("second", by="carla", title="Pay it?")
        .delay(timedelta(hours=2))
        .step("pack", by="shop")
    )
    run = axme_client.scenarios.apply(scenario)
    axme_gateway.advance(timedelta(days=2))
    run.wait(timeout=60)
    assert run.status == "COMPLETED"
    asked = [event for event in run.events() if event.event_type == "intent.human_task_assigned"]
    decided = [event for event in run.events() if event.details and event.details.get("decided_by")]
    assert [event.details["decided_by"] for event in decided if event.details] == [
        "boss@example.com",
        "carla@example.com",
    ]
    assert [event.at - asked[0].at for event in decided] == [timedelta(hours=9), timedelta(hours=33)]
