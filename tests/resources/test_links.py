"""Links to tasks, from the object to the gateway and back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from axme import AxmeClient, AxmeConflictError, AxmeError


def test_a_link_is_made_shown_once_listed_and_revoked(client: AxmeClient) -> None:
    intent = client.intents.create("approval.v1", to="agent_core", human_task={"title": "Approve Q3 budget"})
    task = client.tasks.handle(intent.id)
    link = task.link(for_="anna@example.com", expires_in=timedelta(hours=1))
    assert link.url is not None
    assert link.url.startswith(f"{client.config.base_url}/tasks/")
    assert link.state == "open"
    assert link.expires_at - link.created_at == timedelta(hours=1)
    assert "anna@example.com" in repr(link)
    task.link(for_="ben")
    listed = list(task.links())
    assert [found.recipient for found in listed] == ["anna@example.com", "ben"]
    assert [found.url for found in listed] == [None, None]
    assert listed[0].revoke().state == "revoked"
    assert link.refresh().state == "revoked"
    assert {found.state for found in task.revoke_links()} == {"revoked"}
    intent.cancel("no longer needed")
    with pytest.raises(AxmeConflictError):
        task.link(for_="anna@example.com")


def test_a_replayed_request_does_not_show_the_url_again(client: AxmeClient) -> None:
    intent = client.intents.create("approval.v1", to="agent_core", human_task={"title": "Approve Q3 budget"})
    made = [client.create_task_link(intent.id, recipient="anna", idempotency_key="once")["link"] for _ in range(2)]
    assert made[0]["link_id"] == made[1]["link_id"]
    assert ["url" in link for link in made] == [True, False]


def test_a_link_for_nobody_is_refused(client: AxmeClient) -> None:
    intent = client.intents.create("approval.v1", to="agent_core", human_task={"title": "Approve Q3 budget"})
    with pytest.raises(AxmeError, match="recipient"):
        client.tasks.handle(intent.id).link(for_="")
