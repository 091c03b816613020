"""Tenants and roles over plain HTTP: nothing crosses an organization, and nobody does more than a role allows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from axme.contract.clock import to_text
from axme.contract.member_roles import ROLES
from axme.gateway import LocalGateway
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access
from axme.gateway.routes.table import OPERATIONS
from tests.plain import Caller, refused, until


class Tenant(NamedTuple):
    """An organization with one workspace and one machine key, which administers the workspace."""

    org_id: str
    workspace_id: str
    account_id: str
    own: Caller


@pytest.fixture
def make_tenant(gateway: LocalGateway, caller: Caller) -> Iterator[Callable[[], Tenant]]:
    callers: list[Caller] = []

    def make() -> Tenant:
        org_id = caller.post("/v1/organizations", {"name": f"t {uuid.uuid4().hex[:8]}"})["organization"]["org_id"]
        workspace = {"name": "main", "environment": "sandbox"}
        workspace_id = caller.post(f"/v1/organizations/{org_id}/workspaces", workspace)["workspace"]["workspace_id"]
        account = {"name": "robot", "org_id": org_id, "workspace_id": workspace_id}
        account_id = caller.post("/v1/service-accounts", account)["service_account"]["service_account_id"]
        callers.append(Caller(gateway.base_url, caller.post(f"/v1/service-accounts/{account_id}/keys")["key"]["token"]))
        return Tenant(org_id, workspace_id, account_id, callers[-1])

    yield make
    for made in callers:
        made.__exit__()


@pytest.fixture
def tenant(make_tenant: Callable[[], Tenant]) -> Tenant:
    return make_tenant()


def _add(caller: Caller, tenant: Tenant, role: str, actor: str | None = None, **more: Any) -> dict[str, Any]:
    body = {"actor_id": actor or f"actor-{uuid.uuid4().hex[:8]}", "role": role, **more}
    member: dict[str, Any] = caller.post(f"/v1/organizations/{tenant.org_id}/members", body)["member"]
    return member


def _token(caller: Caller, member: dict[str, Any]) -> Caller:
    path = f"/v1/organizations/{member['org_id']}/members/{member['member_id']}/token"
    speaker = Caller(caller.base_url, None)
    speaker.session.headers["Authorization"] = f"Bearer {caller.post(path)['actor_token']['token']}"
    return speaker


#: Operations that any key may use, whatever its roles.
FOR_EVERYBODY = {"get_capabilities"}


def test_every_route_but_the_public_ones_says_for_which_roles_it_is() -> None:
    for operation in OPERATIONS:
        if operation.access is Access.PUBLIC or operation.name in FOR_EVERYBODY:
            continue
        assert operation.may, f"{operation.name} says nothing about roles"
        assert operation.may <= roles.ANY


def test_another_tenant_looks_like_nothing_at_all(make_tenant: Callable[[], Tenant], caller: Caller) -> None:
    here, there = make_tenant(), make_tenant()
    owner = _token(caller, _add(caller, here, "org_owner"))
    member = _add(caller, there, "member")
    nowhere = str(uuid.uuid4())
    asked = caller.post("/v1/access-requests", {"request_type": "join_organization", "org_id": there.org_id})
    request_id = asked["access_request"]["access_request_id"]
    paths = [
        ("GET", "/v1/organizations/{}", there.org_id),
        ("PATCH", "/v1/organizations/{}", there.org_id),
        ("GET", "/v1/organizations/{}/workspaces", there.org_id),
        ("GET", "/v1/organizations/{}/members", there.org_id),
        ("DELETE", f"/v1/organizations/{here.org_id}/members/{{}}", member["member_id"]),
        ("PATCH", f"/v1/organizations/{here.org_id}/workspaces/{{}}", there.workspace_id),
        ("DELETE", f"/v1/workspaces/{{}}/members/{member['member_id']}/exclude", there.workspace_id),
        ("GET", "/v1/access-requests/{}", request_id),
        ("POST", "/v1/access-requests/{}/review", request_id),
        ("GET", "/v1/service-accounts/{}", there.account_id),
        ("GET", "/v1/service-accounts/{}/keys", there.account_id),
        ("POST", "/v1/service-accounts/{}/keys", there.account_id),
        ("DELETE", "/v1/service-accounts/{}", there.account_id),
    ]
    for method, path, foreign in paths:
        bodies = []
        for target in (foreign, nowhere):
            body = refused(owner.send(method, path.format(target), json={"decision": "approve"}), 404, "not_found")
            del body["request_id"], body["trace_id"]
            bodies.append(str(body).replace(target, "<id>"))
        assert bodies[0] == bodies[1], f"{method} {path} tells another tenant from a missing one"
    for path in ("/v1/service-accounts", "/v1/agents", "/v1/access-requests"):
        (found,) = [value for value in owner.get(path, org_id=there.org_id).values() if isinstance(value, list)]
        assert found == []


#: For each role, what it may do in its organization: list, change, add an agent, send an intent, read the trail.
MATRIX = {
    "org_owner": (200, 200, 200, 200, 200),
    "org_admin": (200, 200, 200, 200, 200),
    "workspace_admin": (200, 403, 200, 200, 200),
    "member": (403, 403, 403, 200, 403),
    "billing_viewer": (200, 403, 403, 403, 403),
    "security_auditor": (200, 403, 403, 403, 200),
}


@pytest.mark.parametrize("role", ROLES)
def test_the_role_of_the_member_decides(role: str, tenant: Tenant, caller: Caller) -> None:
    speaker = _token(caller, _add(caller, tenant, role))
    tried = (
        speaker.send("GET", f"/v1/organizations/{tenant.org_id}/workspaces"),
        speaker.send("PATCH", f"/v1/organizations/{tenant.org_id}", json={"metadata": {"by": role}}),
        speaker.send("POST", "/v1/service-accounts", json={"name": f"made by {role}"}),
        speaker.send("POST", "/v1/intents", json={"intent_type": "test.task.v1", "to_agent": "robot"}),
        speaker.send("GET", "/v1/audit/events"),
    )
    assert tuple(answer.status_code for answer in tried) == MATRIX[role]
    for answer in tried:
        if answer.status_code == 403:
            assert answer.json()["message"].startswith("operation requires one of roles ")
            assert refused(answer, 403, "forbidden")["error"]["details"]["required_roles"]


def test_a_machine_key_administers_its_own_workspace_and_no_other(tenant: Tenant, caller: Caller) -> None:
    other = caller.post(f"/v1/organizations/{tenant.org_id}/workspaces", {"name": "other", "environment": "staging"})[
        "workspace"
    ]["workspace_id"]
    own, base = tenant.own, f"/v1/organizations/{tenant.org_id}"
    assert [found["name"] for found in own.get(f"{base}/workspaces")["workspaces"]] == ["main"]
    assert own.send("PATCH", f"{base}/workspaces/{tenant.workspace_id}", json={"region": "eu-1"}).status_code == 200
    answer = own.send("PATCH", f"{base}/workspaces/{other}", json={"region": "eu-1"})
    assert "workspace_id does not match target workspace_id" in refused(answer, 403, "forbidden")["message"]
    refused(own.send("POST", f"{base}/workspaces", json={"name": "more", "environment": "sandbox"}), 403, "forbidden")
    refused(own.send("POST", "/v1/organizations", json={"name": "Mine"}), 403, "forbidden")
    account = {"name": "spy", "workspace_id": other}
    refused(own.send("POST", "/v1/service-accounts", json=account), 403, "forbidden")
    assert own.get("/v1/service-accounts", workspace_id=other)["service_accounts"] == []
    assert {row["workspace_id"] for row in own.get("/v1/audit/events")["events"]} <= {tenant.workspace_id}


def test_nobody_rises_above_their_own_role(tenant: Tenant, caller: Caller) -> None:
    base = f"/v1/organizations/{tenant.org_id}/members"
    boss = _add(caller, tenant, "org_owner")
    for body in (
        {"actor_id": "me", "role": "org_owner"},
        {"actor_id": "me", "role": "org_admin"},
        {"actor_id": "me", "role": "member"},
        {"actor_id": "me", "role": "org_owner", "workspace_id": tenant.workspace_id},
    ):
        refused(tenant.own.send("POST", base, json=body), 403, "forbidden")
    refused(tenant.own.send("POST", f"{base}/{boss['member_id']}/token", json={}), 404, "not_found")
    clerk = _add(tenant.own, tenant, "member", workspace_id=tenant.workspace_id)
    refused(tenant.own.send("PATCH", f"{base}/{clerk['member_id']}", json={"role": "org_owner"}), 403, "forbidden")
    admin = _token(caller, _add(caller, tenant, "org_admin"))
    refused(admin.send("POST", f"{base}/{boss['member_id']}/token", json={}), 403, "forbidden")
    refused(admin.send("DELETE", f"{base}/{boss['member_id']}"), 403, "forbidden")
    # A key of an account with a higher role would be that role.
    _add(caller, tenant, "org_owner", tenant.account_id)
    refused(admin.send("POST", f"/v1/service-accounts/{tenant.account_id}/keys", json={}), 403, "forbidden")
    refused(admin.send("DELETE", f"/v1/service-accounts/{tenant.account_id}"), 403, "forbidden")


def test_a_name_is_taken_once_however_many_ask(gateway: LocalGateway) -> None:
    name = f"rush {uuid.uuid4().hex[:8]}"

    def ask(_: int) -> int:
        with Caller(gateway.base_url, gateway.api_key) as one:
            return one.send("POST", "/v1/organizations", json={"name": name}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(8))) == [200] + [409] * 7


def test_read_only_fields_stay_as_they_are(tenant: Tenant, caller: Caller) -> None:
    sent = {"slug": "stolen", "created_at": "2001-01-01T00:00:00Z", "workspaces_count": 99, "name": "New name"}
    answer = caller.send("PATCH", f"/v1/organizations/{tenant.org_id}", json=sent).json()["organization"]
    assert answer["name"] == "New name"
    assert answer["slug"] != "stolen"
    assert not answer["created_at"].startswith("2001")
    other = caller.send("PATCH", f"/v1/organizations/{tenant.org_id}", json={"org_id": str(uuid.uuid4())})
    refused(other, 400, "bad_request")


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("/v1/organizations", {"name": "x"}, "name"),
        ("/v1/organizations", {}, "name"),
        ("/v1/organizations", {"name": "日本語"}, "name"),
        ("/v1/organizations/{org}/workspaces", {"name": "fine", "environment": "moon"}, "environment"),
        ("/v1/organizations/{org}/members", {"actor_id": "a", "role": "king"}, "role"),
        ("/v1/organizations/{org}/members", {"role": "member"}, "actor_id"),
        ("/v1/access-requests", {"request_type": "join_organization"}, "org_id"),
        ("/v1/access-requests", {"request_type": "elevated_role", "org_id": "{org}"}, "requested_role"),
        ("/v1/access-requests", {"request_type": "wish"}, "request_type"),
    ],
)
def test_bad_input_is_named(path: str, body: dict[str, Any], where: str, tenant: Tenant, caller: Caller) -> None:
    answer = caller.send("POST", path.format(org=tenant.org_id), json=body)
    assert where in refused(answer, 422, "validation_error")["message"]


def test_organization_roles_are_not_for_one_workspace(tenant: Tenant, caller: Caller) -> None:
    body = {"actor_id": "a", "role": "org_admin", "workspace_id": tenant.workspace_id}
    answer = caller.send("POST", f"/v1/organizations/{tenant.org_id}/members", json=body)
    assert "all of the organization" in refused(answer, 422, "validation_error")["message"]


def test_a_suspended_workspace_turns_its_keys_away(tenant: Tenant, caller: Caller) -> None:
    path = f"/v1/organizations/{tenant.org_id}/workspaces/{tenant.workspace_id}"
    assert tenant.own.get("/v1/me")
    refused(tenant.own.send("PATCH", path, json={"status": "archived"}), 409, "invalid_transition")
    caller.send("PATCH", path, json={"status": "suspended"})
    refused(tenant.own.send("GET", "/v1/me"), 401, "invalid_platform_api_key")
    caller.send("PATCH", path, json={"status": "active"})
    assert until(lambda: tenant.own.send("GET", "/v1/me").status_code == 200)


def test_a_request_lapses(movable_gateway: LocalGateway) -> None:
    with Caller(movable_gateway.base_url, movable_gateway.api_key) as caller:
        soon = caller.get("/v1/me")["me"]
        body = {"request_type": "quota_upgrade", "requested_tier": "corporate", "company_name": "Acme"}
        body["expires_at"] = to_text(datetime.now(UTC) + timedelta(days=2))
        asked = caller.post("/v1/access-requests", body)["access_request"]
        assert (asked["state"], asked["requested_tier"]) == ("pending", "corporate")
        movable_gateway.advance(timedelta(days=3))
        assert caller.get("/v1/access-requests", state="expired", org_id=soon["org_id"])["access_requests"]
        path = f"/v1/access-requests/{asked['access_request_id']}/review"
        refused(caller.send("POST", path, json={"decision": "approve"}), 409, "already_decided")
