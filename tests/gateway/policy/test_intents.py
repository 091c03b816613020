"""Who may send, see and change."""

from __future__ import annotations

from typing import Any

import pytest

from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.policy.intents import is_within, may_change, may_see


def intent(**fields: Any) -> IntentRecord:
    """From alice of ws-1 to bob of local/two."""
    return IntentRecord(
        intent_id="i", org_id="org", to_org_id="org", workspace_id="ws-1",
        to_scope="local/two", intent_type="t.v1", correlation_id="c",
        from_agent="agent://local/one/alice", to_agent="agent://local/two/bob", payload={}, created_at=0, updated_at=0,
        **fields,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("workspace_id", "scope", "address", "sees", "resumes"),
    [
        ("ws-1", "local/one", "agent://local/one/alice", True, True),
        ("ws-1", "local/one", "agent://local/one/other", True, True),
        ("ws-2", "local/two", "agent://local/two/bob", True, True),
        ("ws-2", "local/two", "agent://local/two/other", True, True),
        ("ws-3", "local/three", "agent://local/three/resumer", True, True),
        ("ws-3", "local/three", "agent://local/three/watcher", True, False),
        ("ws-3", "local/three", "agent://local/three/odd", False, False),
        ("ws-3", "local/three", "agent://local/three/stranger", False, False),
        ("ws-3", "local/three", "agent://local/three/handler", True, True),
    ],
)
def test_who_sees_and_who_resumes(workspace_id: str, scope: str, address: str, sees: bool, resumes: bool) -> None:
    subject = intent(
        handler="agent://local/three/handler",
        grants={
            "delegate:agent://local/three/resumer": {"allow": ["resume", "update_controls"]},
            "delegate:agent://local/three/watcher": {"allow": []},
            "delegate:agent://local/three/odd": "resume",
        },
    )
    caller = {"workspace_id": workspace_id, "scope": scope, "address": address}
    assert may_see(subject, org_id="org", **caller) is sees
    assert may_see(subject, org_id="another", **caller) is False
    assert may_change(subject, "resume", org_id="org", **caller) is resumes


@pytest.mark.parametrize(
    ("to_agent", "allowed"),
    [
        ("agent://local/any/one", True),
        ("agent://manager", True),
        ("agent://agent_core", True),
        ("agent://acme/any/one", False),
        ("agent://locale/any/one", False),
    ],
)
def test_which_addresses_are_of_an_organization(to_agent: str, allowed: bool) -> None:
    assert is_within("local", to_agent) is allowed
