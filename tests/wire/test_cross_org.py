"""What the flat calls about senders put on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from axme import AxmeClient
from tests.wire.recorder import Recorder

BODY = {"sender_pattern": "agent://partner/*"}
ORG, AGENT = "/v1/organizations/o-1/receive-policy", "/v1/agents/agent%3A%2F%2Facme%2Fprod%2Fshop"
ADDRESS = "agent://acme/prod/shop"

CALLS: dict[str, tuple[Callable[[AxmeClient], Any], str, str, Any]] = {
    "get_receive_policy": (lambda c: c.get_receive_policy("o-1"), "GET", ORG, None),
    "set_receive_policy": (lambda c: c.set_receive_policy("o-1", {"mode": "open"}), "PUT", ORG, {"mode": "open"}),
    "add_receive_policy_entry": (lambda c: c.add_receive_policy_entry("o-1", BODY), "POST", f"{ORG}/entries", BODY),
    "remove_receive_policy_entry": (
        lambda c: c.remove_receive_policy_entry("o-1", "e-1"),
        "DELETE",
        f"{ORG}/entries/e-1",
        None,
    ),
    "get_receive_override": (lambda c: c.get_receive_override(ADDRESS), "GET", f"{AGENT}/receive-override", None),
    "set_receive_override": (
        lambda c: c.set_receive_override(ADDRESS, {"override_type": "allow", "source_org_id": "p"}),
        "PUT",
        f"{AGENT}/receive-override",
        {"override_type": "allow", "source_org_id": "p"},
    ),
    "add_receive_override_entry": (
        lambda c: c.add_receive_override_entry(ADDRESS, BODY),
        "POST",
        f"{AGENT}/receive-override/entries",
        BODY,
    ),
    "remove_receive_override_entry": (
        lambda c: c.remove_receive_override_entry(ADDRESS, "e-1"),
        "DELETE",
        f"{AGENT}/receive-override/entries/e-1",
        None,
    ),
    "get_agent_policy": (lambda c: c.get_agent_policy(ADDRESS), "GET", f"{AGENT}/policy", None),
    "set_agent_policy": (
        lambda c: c.set_agent_policy(ADDRESS, {"policy_type": "denylist"}),
        "PUT",
        f"{AGENT}/policy",
        {"policy_type": "denylist"},
    ),
    "add_agent_policy_entry": (
        lambda c: c.add_agent_policy_entry("shop", BODY),
        "POST",
        "/v1/agents/shop/policy/entries",
        BODY,
    ),
    "remove_agent_policy_entry": (
        lambda c: c.remove_agent_policy_entry("shop", "e-1"),
        "DELETE",
        "/v1/agents/shop/policy/entries/e-1",
        None,
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_flat_call_is_one_request(name: str, flat: AxmeClient, recorder: Recorder) -> None:
    call, method, path, body = CALLS[name]
    assert call(flat) == {"ok": True}
    assert [(asked.method, asked.path, asked.body) for asked in recorder.asked] == [(method, path, body)]
    assert ("idempotency-key" in recorder.last.headers) is (method != "GET")
