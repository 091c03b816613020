"""Principals, and what belongs to them, as objects on a real gateway."""

from __future__ import annotations

import pickle
import uuid

import pytest

from axme import AxmeClient, AxmeConflictError, AxmeNotFoundError, AxmeValidationError, AxmeValueError, Principal
from axme.exceptions import AxmeLookupError


@pytest.fixture
def ann(client: AxmeClient) -> Principal:
    return client.principals.create("user", display_name="Ann", metadata={"team": "ops"})


def _name() -> str:
    return f"name-{uuid.uuid4().hex[:8]}"


def test_a_principal_is_made_and_found(client: AxmeClient, ann: Principal) -> None:
    assert (ann.principal_type, ann.display_name, ann.status, ann.metadata) == (
        "user",
        "Ann",
        "active",
        {"team": "ops"},
    )
    assert client.principals.get(ann.id) == ann
    assert client.principals.handle(ann.id).display_name == "Ann"
    assert pickle.loads(pickle.dumps(ann)).raw == ann.raw
    with pytest.raises(AxmeNotFoundError, match="there is no principal"):
        client.principals.get("prn_nobody")
    with pytest.raises(AxmeValidationError, match="principal_type"):
        client.principals.create("robot")


def test_an_alias_stands_for_one_principal_at_a_time(client: AxmeClient, ann: Principal) -> None:
    bob, name = client.principals.create("user"), _name()
    alias = ann.aliases.bind(name, "service")
    assert (alias.alias, alias.alias_type, alias.status, alias.principal) == (name, "service", "active", ann)
    assert ann.aliases.bind(name, "service") == alias, "the same again changes nothing"
    assert client.aliases.resolve(name) == ann
    assert client.aliases.resolve(name).display_name == "Ann"
    with pytest.raises(AxmeConflictError, match=f"revoke {alias.id} first") as caught:
        bob.aliases.bind(name)
    assert caught.value.details["principal_id"] == ann.id
    assert alias.revoke().status == "revoked"
    assert alias.revoked_at is not None
    assert alias.revoke().refresh().status == "revoked"
    with pytest.raises(AxmeNotFoundError, match="stands for nobody"):
        client.aliases.resolve(name)
    assert bob.aliases.bind(name).principal == bob


def test_aliases_are_found_by_name_and_listed(client: AxmeClient, ann: Principal) -> None:
    first, second = ann.aliases.bind(_name()), ann.aliases.bind(_name())
    second.revoke()
    assert ann.aliases.list().all() == [first, second]
    assert ann.aliases.list(status="active").all() == [first]
    assert client.aliases.list(principal=ann).all() == [first, second]
    assert client.aliases[first.alias] == first == client.aliases[first.id]
    assert first.alias in ann.aliases
    with pytest.raises(AxmeLookupError, match=first.alias):
        ann.aliases["nobody"]
    with pytest.raises(AxmeValueError, match="say whose"):
        client.aliases.bind(_name())


def test_routes_are_registered_changed_and_removed(client: AxmeClient, ann: Principal) -> None:
    slow = ann.routes.register("webhook", "https://hooks.example.com/slow", priority=200, region="eu")
    fast = client.routes.register("http", "https://hooks.example.com/fast", principal=ann, metadata={"v": 2})
    assert (slow.status, slow.health_status, slow.failover_policy, slow.region) == ("active", "unknown", "none", "eu")
    assert fast.priority == 100
    assert ann.routes.list().all() == [slow, fast]
    assert ann.routes["https://hooks.example.com/slow"] == slow
    assert ann.resolve().route == fast
    assert ann.resolve().candidates == (fast, slow)
    assert fast.update(health_status="unhealthy", metadata={"v": 3}).metadata == {"v": 3}
    assert slow.refresh().principal == ann
    assert ann.resolve().route == slow
    assert slow.update(status="draining").status == "draining"
    assert ann.resolve().candidates == (fast,)
    fast.remove()
    with pytest.raises(AxmeNotFoundError, match="no active route"):
        ann.resolve()
    with pytest.raises(AxmeNotFoundError):
        fast.update(priority=1)
    with pytest.raises(AxmeLookupError, match="not there any more"):
        fast.refresh()


def test_an_alias_leads_to_a_route(client: AxmeClient, ann: Principal) -> None:
    alias, route = ann.aliases.bind(_name()), ann.routes.register("queue", "queue://orders")
    way = client.routes.resolve(alias=alias.alias)
    assert (way.alias, way.principal, way.route) == (alias, ann, route)
    assert client.routes.resolve(principal=ann).alias is None


def test_a_binding_is_made_once(ann: Principal) -> None:
    binding = ann.transports.bind("matrix", "@ann:example.org")
    again = ann.transports.bind("matrix", "@ann:example.org", priority=7, status="inactive")
    assert again == binding
    assert (again.priority, again.status) == (7, "inactive")
    assert binding.refresh().priority == 7
    assert ann.transports.list().all() == [binding]
    assert ann.transports["@ann:example.org"].principal == ann
    binding.remove()
    assert ann.transports.list().all() == []


def test_a_workspace_knows_its_own(client: AxmeClient) -> None:
    workspace = client.organization.workspaces.create(_name())
    ann = workspace.principals.create("user", display_name="Ann")
    alias, route = ann.aliases.bind("ann"), ann.routes.register("queue", "queue://ann")
    binding, delivery = ann.transports.bind("queue", "ann"), ann.deliver({"n": 1})
    assert ann.workspace_id == workspace.id
    assert workspace.aliases["ann"] == alias
    assert workspace.aliases.resolve("ann") == ann
    assert workspace.routes.list().all() == [route]
    assert workspace.transports.list().all() == [binding]
    assert workspace.deliveries.list().all() == [delivery]
    with pytest.raises(AxmeNotFoundError):
        client.aliases.resolve("ann")
