"""Semantic schemas as objects, on a real gateway."""

from __future__ import annotations

import uuid

import pytest

from axme import AxmeClient, AxmeConflictError, AxmeNotFoundError, AxmePermissionError, AxmeValidationError

ORDER = {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]}


@pytest.fixture
def kind() -> str:
    return f"order.n{uuid.uuid4().hex[:8]}.v1"


def test_what_is_registered_is_what_payloads_must_be(client: AxmeClient, kind: str) -> None:
    schema = client.schemas.register(kind, ORDER)
    assert (schema.semantic_type, schema.compatibility_mode, schema.scope, schema.active) == (
        kind, "backward", "tenant", True,
    )  # fmt: skip
    assert schema.owner_agent == "agent://local/default/admin"
    assert schema.schema_ref == f"registry://local/default/admin/{kind}@{schema.schema_hash[:12]}"
    assert schema.warnings == ()
    assert client.schemas.get(kind).schema_json == ORDER
    assert client.intents.create(kind, to="shop", payload={"order": "A-1"}).status == "DELIVERED"
    with pytest.raises(AxmeValidationError, match=r"payload\.order: 7 is not of type 'string'") as caught:
        client.intents.create(kind, to="shop", payload={"order": 7})
    assert caught.value.code == "schema_invalid"
    assert caught.value.details["schema_ref"] == schema.schema_ref
    schema.deactivate()
    client.intents.create(kind, to="shop", payload={"order": 7}).cancel()
    assert schema.activate().active


def test_a_recipient_says_what_it_takes(client: AxmeClient, kind: str) -> None:
    agent = client.agents.create(f"taker-{uuid.uuid4().hex[:8]}")
    client.schemas.register(kind, ORDER, owner=agent)
    assert client.schemas.get(kind, owner=agent).owner_agent == agent.address
    with pytest.raises(AxmeNotFoundError):
        client.schemas.get(kind)
    with pytest.raises(AxmeValidationError, match="'order' is a required property"):
        agent.send(kind, {})
    client.intents.create(kind, to="somebody-else", payload={}).cancel()


def test_backward_keeps_what_was_valid_valid(client: AxmeClient, kind: str) -> None:
    schema = client.schemas.register(kind, ORDER)
    before = schema.schema_hash
    assert schema.update(ORDER | {"required": []}).schema_hash != before
    with pytest.raises(AxmeConflictError, match="kept backward") as caught:
        schema.update(ORDER | {"required": ["order", "customer"]})
    assert caught.value.code == "schema_incompatible"
    assert caught.value.details["breaks"] == ["$: customer, order must be there now"]
    assert client.schemas.get(kind).schema_json == ORDER | {"required": []}


def test_warn_lets_pass_and_tells(client: AxmeClient, kind: str) -> None:
    schema = client.schemas.register(kind, ORDER, mode="warn")
    assert schema.update({"type": "array"}).warnings == ("$: may not be object any more",)
    assert schema.update(mode="strict").warnings == ()


def test_strict_never_changes_but_its_mode_may(client: AxmeClient, kind: str) -> None:
    schema = client.schemas.register(kind, ORDER, mode="strict")
    assert schema.update(dict(reversed(ORDER.items()))).schema_hash == schema.schema_hash, "the same in another order"
    with pytest.raises(AxmeConflictError, match="kept strict"):
        schema.update(ORDER | {"title": "Order"}, mode="warn")
    schema.update(mode="warn")
    assert schema.update(ORDER | {"title": "Order"}).compatibility_mode == "warn"


def test_the_core_comes_with_the_gateway(client: AxmeClient) -> None:
    core = client.schemas.get("intent.ask.v1")
    assert (core.scope, core.owner_agent, core.compatibility_mode) == ("core", None, "strict")
    with pytest.raises(AxmePermissionError, match="come with the gateway"):
        client.upsert_schema(
            {"semantic_type": "intent.ask.v1", "schema_json": {}, "compatibility_mode": "warn", "scope": "core"}
        )


@pytest.mark.parametrize(
    "body",
    [
        {"semantic_type": "order"},
        {"semantic_type": "Order.x.v1"},
        {"compatibility_mode": "loose"},
        {"schema_json": []},
        {"schema_json": {"type": "objekt"}},
        {"schema_json": {"$ref": "http://127.0.0.1/schema.json"}},
    ],
    ids=str,
)
def test_what_cannot_be_registered(client: AxmeClient, body: dict[str, object]) -> None:
    with pytest.raises(AxmeValidationError) as caught:
        client.upsert_schema({"semantic_type": "a.b.v1", "schema_json": {}, "compatibility_mode": "warn", **body})
    assert caught.value.status_code == (400 if isinstance(body.get("schema_json"), dict) else 422)


def test_a_schema_of_another_workspace_is_not_ours_to_set(client: AxmeClient, kind: str) -> None:
    with pytest.raises(AxmePermissionError, match="outside your workspace"):
        client.schemas.register(kind, {}, owner="agent://other/ws/agent")
