"""``agents`` and the switch that stops them."""

from __future__ import annotations

import io
import uuid

import pytest

from axme import AxmeClient
from tests.cli.conftest import Axme


@pytest.fixture
def name(client: AxmeClient) -> str:
    made = f"cli-{uuid.uuid4().hex[:10]}"
    client.agents.create(made)
    return made


def test_without_a_command_agents_are_listed(axme: Axme, name: str) -> None:
    assert f"agent://local/default/{name} " in axme("agents", "list", "--limit", "1000").out
    assert axme("agents").out.split()[:2] == ["agent", "health"]


def test_an_agent_is_killed_after_a_yes_and_resumed(axme: Axme, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert axme("agents", "kill", name).code == 130
    assert axme("agents", "show", name, "--json").json["mesh"]["health_status"] != "killed"

    killed = axme("agents", "kill", name, "--yes")
    assert killed.out == f"killed agent://local/default/{name}; agents resume {name} lets it work again\n"
    shown = axme("agents", "show", name).out
    assert "  health   killed\n" in shown
    assert "agent.killed" in shown

    assert axme("agents", "resume", name, "--json").json["health_status"] != "killed"
    assert axme("agents", "show", "nobody-of-this-name").code == 3
