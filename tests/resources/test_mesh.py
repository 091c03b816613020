"""Agents that beat, fall silent, are killed and resumed, through objects against a real gateway."""

from __future__ import annotations

from datetime import timedelta

import pytest

from axme import AxmeClient, AxmeClientConfig, AxmeNotFoundError, AxmePermissionError
from axme.contract.mesh import Health, MeshEventType
from axme.gateway import LocalGateway
from tests.plain import until
from tests.tenants import tenant


def test_an_agent_is_as_healthy_as_its_last_heartbeat_is_young(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as admin:
        worker = admin.agents.create("worker")
        assert worker.health() is Health.UNKNOWN
        config = AxmeClientConfig(api_key=worker.create_key().reveal(), base_url=movable_gateway.base_url)
        with AxmeClient(config) as own:
            own.mesh.report_metric(latency_ms=40, cost_usd=0.5)
            assert own.mesh.heartbeat()["health_status"] == "healthy"
        seen = []
        for _ in range(4):
            seen.append(worker.health())
            movable_gateway.advance(timedelta(seconds=85))
        assert seen == [Health.HEALTHY, Health.HEALTHY, Health.DEGRADED, Health.DEGRADED]
        assert worker.health() is Health.UNREACHABLE
        changes = [event.details for event in worker.mesh.events()]
        assert changes == [
            {"from": "degraded", "to": "unreachable"},
            {"from": "healthy", "to": "degraded"},
            {"from": "unknown", "to": "healthy"},
        ]
        summary = admin.mesh.list_agents()["summary"]
        assert (summary["total"], summary["unreachable"], summary["unknown"]) == (2, 1, 1)
        assert [agent["address"] for agent in admin.mesh.list_agents(health="unreachable")["agents"]] == [
            worker.address
        ]
        mesh = worker.mesh.refresh()
        assert (mesh.intents_period, mesh.cost_period) == (1, 0.5)
        assert mesh.metrics is not None
        assert mesh.metrics["avg_latency_ms"] == 40.0
        movable_gateway.advance(timedelta(days=2))
        assert worker.mesh.refresh().intents_period == 0
        assert admin.mesh.get_agent(mesh.address_id, window="week")["agent"]["intents_period"] == 1


def test_a_killed_agent_neither_sends_nor_receives_nor_works(gateway: LocalGateway) -> None:
    with tenant(gateway, "worker") as place:
        workspace = place.organization.workspaces["prod"]
        boss = workspace.agents.create("boss")
        waiting = place.client.intents.create("task.v1", to=place.agent.address)
        killed = place.agent.kill()
        assert killed.health is Health.KILLED
        config = AxmeClientConfig(api_key=boss.create_key().reveal(), base_url=gateway.base_url)
        with AxmeClient(config) as other:
            forbidden = [
                lambda: place.client.intents.create("task.v1", to=boss.address),
                lambda: other.intents.create("task.v1", to=place.agent.address),
                lambda: waiting.complete({}),
                lambda: place.client.mesh.resume(place.agent.address),
                lambda: list(place.client.agents.handle("worker").listen(timeout=5)),
            ]
            for call in forbidden:
                with pytest.raises(AxmePermissionError) as refused:
                    call()
                assert (refused.value.code, refused.value.details["reason"]) == ("agent_killed", "agent_killed")
            assert place.client.mesh.heartbeat()["health_status"] == "killed"
            assert place.agent.kill().killed_at == killed.killed_at
            assert place.agent.resume().health is Health.HEALTHY
            other.intents.create("task.v1", to=place.agent.address)
            assert waiting.complete({}).status == "COMPLETED"
        kinds = [event.event_type for event in place.agent.mesh.events()]
        assert kinds == [MeshEventType.RESUMED, MeshEventType.KILLED]


def test_kill_ends_an_open_stream(gateway: LocalGateway) -> None:
    with tenant(gateway, "worker") as place, place.caller() as plain:
        with plain.stream("/v1/agents/worker/intents/stream", wait_seconds=30) as frames:
            place.agent.kill()
            assert [frame.event for frame in frames] == ["stream.timeout"]
        place.agent.resume()


def test_the_mesh_ends_at_the_organization(gateway: LocalGateway) -> None:
    with tenant(gateway, "mine") as mine, tenant(gateway, "theirs") as theirs:
        for name in (theirs.agent.address, theirs.agent.mesh.address_id, "addr_nothing"):
            for call in (mine.client.mesh.kill, mine.client.mesh.resume, mine.client.mesh.get_agent):
                with pytest.raises(AxmeNotFoundError):
                    call(name)
        assert [agent["address"] for agent in mine.client.mesh.list_agents()["agents"]] == [mine.agent.address]
        theirs.agent.kill()
        assert mine.client.mesh.list_events()["events"] == []
        assert [event["event_type"] for event in theirs.client.mesh.list_events()["events"]] == ["agent.killed"]


def test_no_agent_kills_itself(gateway: LocalGateway) -> None:
    with tenant(gateway, "worker") as place, pytest.raises(AxmePermissionError, match="use another key"):
        place.client.mesh.kill(place.agent.address)


def test_a_background_heartbeat_keeps_an_agent_healthy(gateway: LocalGateway) -> None:
    with tenant(gateway, "worker") as place:
        place.client.mesh.report_metric(success=False)
        place.client.mesh.start_heartbeat(interval_seconds=0.05)
        until(lambda: place.agent.health() is Health.HEALTHY)
        until(lambda: place.agent.mesh.refresh().intents_period == 1)


def test_all_agents_at_a_glance(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as admin:
        movable_gateway.advance(timedelta(seconds=1))
        worker = admin.agents.create("worker")
        config = AxmeClientConfig(api_key=worker.create_key().reveal(), base_url=movable_gateway.base_url)
        with AxmeClient(config) as own:
            own.mesh.report_metric(cost_usd=1.25)
            own.mesh.heartbeat()
        agents = admin.mesh.agents()
        titles, first, second = str(agents).splitlines()
        assert titles.split("  ")[0] == "agent"
        assert first.split() == ["agent://local/default/admin", "unknown", "never", "0", "0.00"]
        assert second.split()[:2] == ["agent://local/default/worker", "healthy"]
        assert second.split()[-2:] == ["1", "1.25"]
        assert len({len(line) for line in (titles, first, second)}) == 1
        assert (agents.summary["healthy"], repr(agents)) == (1, "<MeshAgents: 2 agents of the mesh>")
        assert [agent.health for agent in admin.mesh.agents(health=Health.UNKNOWN)] == [Health.UNKNOWN]
        worker.kill()
        kinds = [event.event_type for event in admin.mesh.events(event_type=MeshEventType.KILLED)]
        assert kinds == [MeshEventType.KILLED]
