"""Organizations, workspaces, members and accounts as objects, on a real gateway."""

from __future__ import annotations

import copy
import pickle
import uuid
from datetime import timedelta

import pytest

from axme import (
    ActorToken,
    AxmeAlreadyDecidedError,
    AxmeClient,
    AxmeClientConfig,
    AxmeConflictError,
    AxmeLookupError,
    AxmeNotFoundError,
    AxmePermissionError,
    AxmeValidationError,
    AxmeValueError,
    Organization,
    Workspace,
)
from axme.gateway import LocalGateway


def _name(word: str = "acme") -> str:
    return f"{word} {uuid.uuid4().hex[:8]}"


@pytest.fixture
def org(client: AxmeClient) -> Organization:
    return client.organizations.create(_name(), owner="anna", metadata={"plan": "trial"})


@pytest.fixture
def production(org: Organization) -> Workspace:
    return org.workspaces.create("production")


def test_a_client_knows_whose_it_is(client: AxmeClient, gateway: LocalGateway) -> None:
    me = client.me()
    assert (me.org_id, me.workspace_id) == (gateway.org_id, gateway.workspace_id)
    assert me.roles == ["org_owner"]
    assert (me.address, me.actor_id) == ("agent://local/default/admin", None)
    assert client.organization.name == "local"
    assert client.workspace == client.organization.workspaces["default"]
    assert client.workspace.environment == "production"
    assert repr(me) == "<Me agent://local/default/admin>"


def test_an_organization_starts_empty_and_grows(client: AxmeClient, org: Organization) -> None:
    assert (org.status, org.metadata, org.workspaces_count, org.members_count) == ("active", {"plan": "trial"}, 0, 2)
    assert len(org.workspaces.list()) == 0
    created = org.workspaces.create("Staging Area", environment="staging", region="eu-1")
    assert (created.slug, created.environment, created.region) == ("staging-area", "staging", "eu-1")
    assert client.organizations.get(org.id).workspaces_count == 1
    assert org.refresh().workspaces_count == 1
    assert org.update(name="Acme & Sons", legal_name="Acme Ltd").name == "Acme & Sons"
    assert (org.legal_name, org.workspaces_count) == ("Acme Ltd", 1)
    with pytest.raises(AxmeConflictError, match="taken"):
        client.organizations.create(org.slug or "")


def test_workspaces_are_found_by_name_or_id(org: Organization, production: Workspace) -> None:
    assert org.workspaces["production"] == org.workspaces[production.id] == production
    assert "production" in org.workspaces
    assert "staging" not in org.workspaces
    assert org.workspaces.get("staging") is None
    assert list(org.workspaces) == [production]
    with pytest.raises(AxmeLookupError, match="nothing called 'staging' here: Workspaces has production"):
        org.workspaces["staging"]
    assert production.update(name="Live", region="us-2").region == "us-2"
    assert org.workspaces["Live"] == org.workspaces["production"], "the slug of its addresses stays"
    assert org.workspaces.handle(production.id).refresh().name == "Live"
    with pytest.raises(AxmeConflictError, match="there is a workspace 'production' already"):
        org.workspaces.create("production")


def test_from_an_organization_to_an_agent_and_back(org: Organization, production: Workspace) -> None:
    agent = production.agents.create("fulfillment")
    assert agent.address == f"agent://{org.slug}/production/fulfillment"
    assert agent.workspace == production
    assert agent.workspace.organization == org
    account = production.service_accounts["fulfillment"]
    assert account.agent == agent
    assert account.workspace.organization == production.organization == org
    assert agent.service_account == account
    assert org.service_accounts[agent.address] == org.service_accounts[account.id] == account
    assert list(org.agents) == list(production.agents) == [agent]
    with pytest.raises(AxmeValidationError, match="name a workspace of the organization"):
        org.service_accounts.create("homeless")


def test_keys_are_listed_without_their_secrets(production: Workspace) -> None:
    account = production.service_accounts.create("robot")
    key = account.create_key()
    secret = key.reveal()
    listed = account.keys[key.id]
    assert (listed, listed.status) == (key, "active")
    assert secret not in repr(listed.raw)
    assert key.revoke().status == account.keys[key.id].status == listed.refresh().status == "revoked"
    account.delete()
    with pytest.raises(AxmeLookupError, match="ServiceAccounts is empty"):
        production.service_accounts["robot"]


def test_members_have_roles_everywhere_or_in_one_workspace(org: Organization, production: Workspace) -> None:
    bob = org.members.add("bob", "billing_viewer")
    assert (bob.workspace_id, bob.status, bob.organization) == (None, "active", org)
    assert org.members["bob"] == bob
    inside = production.members.include(bob)
    assert (inside.actor_id, inside.role, inside.workspace_id) == ("bob", "member", production.id)
    assert list(production.members) == [inside]
    production.members.exclude(bob)
    assert list(production.members) == []
    assert bob.update(role="org_admin").role == "org_admin"
    assert bob.refresh().role == "org_admin"
    with pytest.raises(AxmeConflictError, match="member there already"):
        org.members.add("bob")
    with pytest.raises(AxmeNotFoundError, match="no member of the organization"):
        production.members.include("zoe")
    bob.remove()
    assert "bob" not in org.members


def test_who_leaves_the_organization_leaves_its_workspaces(org: Organization, production: Workspace) -> None:
    bob = org.members.add("bob")
    production.members.include(bob, "workspace_admin")
    bob.remove()
    assert {member.actor_id for member in org.members} >= {"anna"}
    assert "bob" not in production.members


def test_the_last_owner_stays(client: AxmeClient, org: Organization) -> None:
    org.members["anna"].remove()
    me = org.members[client.me().service_account_id or ""]
    for ending in (me.remove, lambda: me.update(role="member"), lambda: me.update(status="suspended")):
        with pytest.raises(AxmeConflictError, match="last owner"):
            ending()


def test_a_member_speaks_with_a_token(gateway: LocalGateway, org: Organization, production: Workspace) -> None:
    token = org.members["anna"].create_token(ttl=timedelta(minutes=5))
    assert (token.actor_id, token.workspace_id) == ("anna", production.id)
    key = production.service_accounts.create("desk").create_key().reveal()
    config = AxmeClientConfig(base_url=gateway.base_url, api_key=key, actor_token=token.reveal())
    with AxmeClient(config) as anna:
        assert (anna.me().actor_id, anna.me().roles) == ("anna", ["org_owner"])
        assert anna.organization.update(primary_domain="acme.example").primary_domain == "acme.example"
        auditor = anna.organization.members.add("eve", "security_auditor").create_token().reveal()
    with AxmeClient(AxmeClientConfig(base_url=gateway.base_url, api_key=key, actor_token=auditor)) as eve:
        assert eve.organization.members["eve"].role == "security_auditor"
        with pytest.raises(AxmePermissionError, match="operation requires one of roles org_owner, org_admin"):
            eve.organization.update(name="Mine")
        with pytest.raises(AxmePermissionError):
            eve.intents.create("order.v1", to="desk")
        newest = eve.audit.list(action="member.")[0]
        assert (newest.actor, newest.action, newest.outcome) == ("anna", "member.token", "done")


def test_the_text_of_a_token_is_shown_once(org: Organization, production: Workspace) -> None:
    token = org.members["anna"].create_token()
    shown = repr(token) + str(token.raw) + repr(token._secret) + repr(copy.deepcopy(token).raw)
    assert "eyJ" not in shown
    assert b"eyJ" not in pickle.dumps(token)
    assert token.reveal().count(".") == 2
    with pytest.raises(AxmeValueError, match="make a new one"):
        token.reveal()
    assert isinstance(pickle.loads(pickle.dumps(token)), ActorToken)


def test_requests_are_asked_and_decided(client: AxmeClient, org: Organization, production: Workspace) -> None:
    asked = org.access_requests.create(
        "join_organization", requester="carl", workspace=production, justification="I pack the parcels"
    )
    assert (asked.state, asked.requester_actor_id) == ("pending", "carl")
    assert asked.waitlist("next week").state == "waitlisted"
    assert list(org.access_requests.list(state="waitlisted")) == [asked]
    assert len(org.access_requests.list(state="pending")) == 0
    assert asked.approve("welcome").review_comment == "welcome"
    assert production.members["carl"].role == "member"
    with pytest.raises(AxmeAlreadyDecidedError, match="approved already"):
        asked.deny()
    assert client.access_requests.get(asked.id).state == "approved"


def test_a_better_role_is_a_request_too(org: Organization) -> None:
    org.members.add("dora")
    org.access_requests.create("elevated_role", requester="dora", role="org_admin").approve()
    assert org.members["dora"].role == "org_admin"
    denied = org.access_requests.create("elevated_role", requester="dora", role="org_owner").deny("no")
    assert (denied.state, org.members["dora"].role) == ("rejected", "org_admin")


def test_an_organization_can_be_asked_for(client: AxmeClient) -> None:
    asked = client.access_requests.create("create_organization", requester="nina", company_name=_name("Nina Works"))
    assert asked in list(client.organization.access_requests.list())
    asked.approve()
    created = client.audit.list(action="access_request.", limit=1)[0]
    assert created.action == "access_request.review"
    with pytest.raises(AxmeConflictError, match="taken"):
        client.organizations.create(asked.company_name or "")


def test_the_trail_tells_who_did_what(client: AxmeClient, org: Organization) -> None:
    org.update(name="Trailed")
    newest, first = org.audit.list()[0], org.audit.list()[-1]
    assert (newest.action, newest.target, newest.actor) == ("organization.update", org.id, client.me().address)
    assert (newest.details or {})["name"]["new"] == "Trailed"
    assert first.action == "organization.create"
    assert newest.request_id
    assert [event.action for event in org.audit.list(action="organization.update")] == ["organization.update"]
    assert len(org.audit.list(actor="nobody")) == 0
    assert {event.org_id for event in client.audit.list(limit=1000)} == {client.me().org_id}
