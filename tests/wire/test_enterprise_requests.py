"""What the flat calls about organizations, members, access requests and the audit trail put on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from axme import AxmeClient
from tests.wire.recorder import Recorder

Row = tuple[Callable[[AxmeClient], Any], str, str, dict[str, str], Any]
BODY = {"name": "Acme"}

CALLS: dict[str, Row] = {
    "get_me": (lambda c: c.get_me(), "GET", "/v1/me", {}, None),
    "create_organization": (lambda c: c.create_organization(BODY), "POST", "/v1/organizations", {}, BODY),
    "get_organization": (lambda c: c.get_organization("o"), "GET", "/v1/organizations/o", {}, None),
    "update_organization": (lambda c: c.update_organization("o", BODY), "PATCH", "/v1/organizations/o", {}, BODY),
    "create_workspace": (
        lambda c: c.create_workspace("o", BODY), "POST", "/v1/organizations/o/workspaces", {}, BODY,
    ),
    "list_workspaces": (lambda c: c.list_workspaces("o"), "GET", "/v1/organizations/o/workspaces", {}, None),
    "update_workspace": (
        lambda c: c.update_workspace("o", "w", BODY), "PATCH", "/v1/organizations/o/workspaces/w", {}, BODY,
    ),
    "list_organization_members": (
        lambda c: c.list_organization_members("o"), "GET", "/v1/organizations/o/members", {}, None,
    ),
    "list_organization_members of a workspace": (
        lambda c: c.list_organization_members("o", workspace_id="w"),
        "GET", "/v1/organizations/o/members", {"workspace_id": "w"}, None,
    ),
    "add_organization_member": (
        lambda c: c.add_organization_member("o", BODY), "POST", "/v1/organizations/o/members", {}, BODY,
    ),
    "update_organization_member": (
        lambda c: c.update_organization_member("o", "m", BODY), "PATCH", "/v1/organizations/o/members/m", {}, BODY,
    ),
    "remove_organization_member": (
        lambda c: c.remove_organization_member("o", "m"), "DELETE", "/v1/organizations/o/members/m", {}, None,
    ),
    "create_member_token": (
        lambda c: c.create_member_token("o", "m", {}), "POST", "/v1/organizations/o/members/m/token", {}, {},
    ),
    "include_workspace_member": (
        lambda c: c.include_workspace_member("w", {"actor_id": "anna"}),
        "POST", "/v1/workspaces/w/members/include", {}, {"actor_id": "anna"},
    ),
    "exclude_workspace_member": (
        lambda c: c.exclude_workspace_member("w", "m"), "DELETE", "/v1/workspaces/w/members/m/exclude", {}, None,
    ),
    "create_access_request": (
        lambda c: c.create_access_request(BODY), "POST", "/v1/access-requests", {}, BODY,
    ),
    "list_access_requests": (
        lambda c: c.list_access_requests(org_id="o", workspace_id="w", state="pending"),
        "GET", "/v1/access-requests", {"org_id": "o", "workspace_id": "w", "state": "pending"}, None,
    ),
    "get_access_request": (lambda c: c.get_access_request("r"), "GET", "/v1/access-requests/r", {}, None),
    "review_access_request": (
        lambda c: c.review_access_request("r", {"decision": "approve"}),
        "POST", "/v1/access-requests/r/review", {}, {"decision": "approve"},
    ),
    "list_service_account_keys": (
        lambda c: c.list_service_account_keys("sa_1"), "GET", "/v1/service-accounts/sa_1/keys", {}, None,
    ),
    "list_audit_events": (
        lambda c: c.list_audit_events(owner_agent="bob", action_prefix="member.", limit=5),
        "GET", "/v1/audit/events", {"owner_agent": "bob", "action_prefix": "member.", "limit": "5"}, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_one_request(name: str, flat: AxmeClient, recorder: Recorder) -> None:
    call, method, path, query, body = CALLS[name]
    assert call(flat) == {"ok": True}
    (asked,) = recorder.asked
    assert (asked.method, asked.path, asked.query, asked.body) == (method, path, query, body)
    assert ("idempotency-key" in asked.headers) == (method != "GET")


@pytest.mark.parametrize("call", [lambda c: c.get_organization("a/b"), lambda c: c.update_workspace("o", "..", {})])
def test_an_id_stays_one_step_of_the_path(
    call: Callable[[AxmeClient], Any], flat: AxmeClient, recorder: Recorder
) -> None:
    try:
        call(flat)
    except ValueError:
        assert not recorder.asked
    else:
        assert recorder.last.path == "/v1/organizations/a%2Fb"
