"""For each operation of the API one request that succeeds, and what its ids point at.

A new route needs an entry here: the matrix in ``test_matrix.py`` makes all its requests from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from axme.contract.member_roles import MEMBER, WORKSPACE_ADMIN


@dataclass(frozen=True, slots=True)
class Id:
    """An id in a query or body: what the maker of this name in ``world.py`` makes."""

    maker: str


@dataclass(frozen=True, slots=True)
class New:
    """A word nobody has used yet."""

    start: str


@dataclass(frozen=True, kw_only=True)
class Example:
    """A request that succeeds. Ids of the path are made by the maker of their name, unless ``path`` names another."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    content: bytes | None = None
    #: For keys only: a token alone is no agent.
    key_only: bool = False
    #: Whether an id is taken is what the operation tells everybody.
    tells: bool = False
    #: Roles that ``may`` names, but which the rules about tenants turn away from the very thing asked for.
    turned_away: frozenset[str] = frozenset()
    #: Answered to another tenant's id, and to one that does not exist; ids in queries may also find nothing.
    unknown: tuple[int, ...] = (404,)
    #: The same, for single ids.
    unknown_of: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def answers_to(self, where: str, name: str) -> tuple[int, ...]:
        """What an id that is not the caller's to know is answered with."""
        return self.unknown_of.get(f"{where} {name}") or self.unknown_of.get(name) or self.unknown


_ORG_AND_WORKSPACE = {"org_id": Id("org_id"), "workspace_id": Id("workspace_id")}
_TASK = {"intent_type": "matrix.task.v1", "to_agent": Id("address"), "payload": {"n": 1}}
_HUMAN = {"path": {"thread_id": "human_thread_id"}}
_READ = Example()
#: Of a task its creator's and administrators'.
_TASKED: Mapping[str, Any] = {"path": {"intent_id": "approval_id"}, "turned_away": frozenset({MEMBER})}
#: A list says nothing of what is not there; where an owner is named, it must be the caller's to speak for.
_LIST = Example(query=_ORG_AND_WORKSPACE, unknown=(200, 404))
_OWNER = {"owner_agent": Id("address")}
_NOT_YOURS = (403,)
#: Only the whole organization may do this: a role in one workspace is too little.
_WIDE = frozenset({WORKSPACE_ADMIN})
_BUNDLE = {
    "scenario_id": "matrix.scenario",
    "agents": [{"role": "worker", "address": Id("address")}],
    "workflow": {"steps": [{"step_id": "work", "tool_id": "tool.agent.task.v1", "assigned_to": "worker"}]},
    "intent": {"type": "matrix.task.v1", "payload": {"n": 1}},
}

EXAMPLES: dict[str, Example] = {
    "health": _READ,
    "ready": _READ,
    "metrics": _READ,
    "openapi": _READ,
    "create_intent": Example(body=_TASK, unknown=(200, 403)),
    "list_intents": Example(query={"to_agent": Id("address"), "from_agent": Id("address")}, unknown=(200,)),
    "bulk_cancel_intents": Example(body={"older_than_hours": 9999}),
    "get_intent": _READ,
    "list_intent_events": _READ,
    "explain_intent": _READ,
    "stream_intent_events": Example(query={"wait_seconds": "1"}),
    "resolve_intent": Example(body={"status": "CANCELED", "reason": "enough"}),
    "resume_intent": Example(body={"action": "complete", "parcels": 2}),
    "update_intent_controls": Example(body={"controls": {"max_retries": 3}}),
    "update_intent_policy": Example(body={"grants_patch": {"delegate:helper": {"allow": ["resume"]}}}),
    "list_inbox": Example(query=_OWNER, unknown=_NOT_YOURS),
    "list_inbox_changes": Example(query=_OWNER, unknown=_NOT_YOURS),
    "get_inbox_thread": Example(query=_OWNER, unknown_of={"owner_agent": _NOT_YOURS}),
    "mark_inbox_thread_read": Example(query=_OWNER, unknown_of={"owner_agent": _NOT_YOURS}),
    "reply_inbox_thread": Example(query=_OWNER, body={"message": "hello"}, unknown_of={"owner_agent": _NOT_YOURS}),
    "delegate_inbox_thread": Example(
        query=_OWNER,
        body={"delegate_to": Id("address")},
        unknown_of={"owner_agent": _NOT_YOURS, "delegate_to": _NOT_YOURS},
    ),
    "approve_inbox_thread": Example(**_HUMAN, query=_OWNER, body={}, unknown_of={"owner_agent": _NOT_YOURS}),
    "reject_inbox_thread": Example(**_HUMAN, query=_OWNER, body={}, unknown_of={"owner_agent": _NOT_YOURS}),
    "delete_inbox_messages": Example(query=_OWNER, body={"mode": "self"}, unknown_of={"owner_agent": _NOT_YOURS}),
    "decide_approval": Example(body={"decision": "approve"}),
    "list_my_tasks": _READ,
    "list_task_links": Example(**_TASKED),
    "create_task_link": Example(**_TASKED, body={"recipient": "anna@example.com"}),
    "revoke_task_links": Example(**_TASKED),
    "list_task_mails": Example(**_TASKED),
    "revoke_task_link": Example(**_TASKED),
    "list_agents": _LIST,
    "get_agent": _READ,
    "stream_agent_intents": Example(query={"wait_seconds": "1"}, unknown=_NOT_YOURS),
    "claim_deliveries": Example(
        # Nothing is up for it: who claims twice would be given the next one.
        path={"address": "idle_address"},
        body={"worker_id": New("worker"), "settle": [{"claim_id": Id("claim_id"), "kind": "complete"}]},
        unknown=_NOT_YOURS,
        # Each that is settled is judged by itself.
        unknown_of={"body claim_id": (200,)},
    ),
    "renew_claims": Example(body={"claim_ids": [Id("claim_id")]}, unknown=(200,)),
    "report_claim_progress": Example(body={"message": "half of it", "percent": 50}),
    "checkpoint_claim": Example(body={"data": {"n": 1}}),
    "complete_claim": Example(body={"result": {"n": 1}}),
    "fail_claim": Example(body={"error": {"code": "broken"}}),
    "suspend_claim": Example(body={"wait": {"for": "time", "seconds": 60}}),
    "release_claim": _READ,
    "list_intent_attempts": _READ,
    "create_service_account": Example(body={"name": New("account"), **_ORG_AND_WORKSPACE}),
    "list_service_accounts": _LIST,
    "get_service_account": _READ,
    "delete_service_account": _READ,
    "list_service_account_keys": _READ,
    "create_service_account_key": Example(body={}),
    "revoke_service_account_key": _READ,
    "get_capabilities": _READ,
    "get_me": _READ,
    "create_organization": Example(body={"name": New("organization")}),
    "get_organization": _READ,
    "update_organization": Example(
        body={"metadata": {"n": 1}, "org_id": Id("org_id")}, unknown_of={"body org_id": (400,)}
    ),
    "create_workspace": Example(body={"name": New("workspace"), "environment": "sandbox"}, turned_away=_WIDE),
    "list_workspaces": _READ,
    "update_workspace": Example(body={"region": "eu-1"}),
    "list_organization_members": Example(
        query={"workspace_id": Id("workspace_id")}, unknown_of={"workspace_id": (404, 200)}
    ),
    "add_organization_member": Example(
        body={"actor_id": New("actor"), "role": "member", "workspace_id": Id("workspace_id")}
    ),
    "update_organization_member": Example(path={"member_id": "workspace_member_id"}, body={"role": "billing_viewer"}),
    "remove_organization_member": Example(path={"member_id": "workspace_member_id"}),
    "create_member_token": Example(
        path={"member_id": "workspace_member_id"},
        body={"workspace_id": Id("workspace_id")},
        unknown_of={"body workspace_id": (422,)},
    ),
    "include_workspace_member": Example(body={"actor_id": Id("actor_id")}),
    "exclude_workspace_member": Example(path={"member_id": "workspace_member_id"}),
    # Asking is free: the answer tells nothing of the organization that is named.
    "create_access_request": Example(
        body={"request_type": "join_organization", "org_id": Id("org_id")}, unknown=(200,)
    ),
    "list_access_requests": _LIST,
    "get_access_request": _READ,
    "review_access_request": Example(body={"decision": "reject"}),
    "list_audit_events": Example(query={"org_id": Id("org_id"), **_OWNER}, unknown=(200, 404)),
    "upsert_schema": Example(
        query=_OWNER,
        body={"semantic_type": New("matrix.n"), "schema_json": {"type": "object"}, "compatibility_mode": "warn"},
        unknown=_NOT_YOURS,
    ),
    "get_schema": Example(query=_OWNER, unknown_of={"owner_agent": _NOT_YOURS}),
    "register_nick": Example(body={"nick": New("nick")}),
    "check_nick": Example(query={"nick": Id("nick")}, unknown=(200,), tells=True),
    "resolve_nick": Example(query={"nick": Id("nick")}, unknown=(200,)),
    "rename_nick": Example(
        body={"owner_agent": Id("user_address"), "nick": New("nick")}, turned_away=frozenset({MEMBER})
    ),
    "get_user_profile": Example(query={"owner_agent": Id("user_address")}),
    "update_user_profile": Example(
        body={"owner_agent": Id("user_address"), "display_name": "Ada"}, turned_away=frozenset({MEMBER})
    ),
    "create_invite": Example(body={"owner_agent": Id("address")}, unknown=_NOT_YOURS),
    "get_invite": _READ,
    "accept_invite": Example(body={"nick": New("nick")}),
    "create_media_upload": Example(
        body={"owner_agent": Id("address"), "filename": "a.txt", "mime_type": "text/plain", "size_bytes": 5},
        unknown=_NOT_YOURS,
    ),
    "upload_media_bytes": Example(path={"upload_id": "announced_upload_id"}, content=b"12345"),
    "finalize_media_upload": Example(body={"upload_id": Id("arrived_upload_id"), "size_bytes": 5}),
    "get_media_upload": _READ,
    "download_media_bytes": _READ,
    "preview_media_bytes": _READ,
    "get_quota": Example(query=_ORG_AND_WORKSPACE),
    "update_quota": Example(body={**_ORG_AND_WORKSPACE, "soft_threshold_percent": 80}),
    "get_usage_summary": Example(query=_ORG_AND_WORKSPACE),
    "get_usage_timeseries": Example(query=_ORG_AND_WORKSPACE),
    "rollup_usage_daily": Example(query=_ORG_AND_WORKSPACE),
    "get_billing_plan": Example(query=_ORG_AND_WORKSPACE),
    "update_billing_plan": Example(
        body={**_ORG_AND_WORKSPACE, "plan_code": "team", "currency": "EUR", "monthly_commit_minor": 100}
    ),
    "list_billing_invoices": Example(query=_ORG_AND_WORKSPACE),
    "get_billing_invoice": _READ,
    "mcp": Example(
        body={
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "get_intent", "arguments": {"intent_id": Id("intent_id")}},
        },
        unknown=(200,),
    ),
    "create_principal": Example(body={**_ORG_AND_WORKSPACE, "principal_type": "user"}),
    "get_principal": _READ,
    "bind_alias": Example(body={"principal_id": Id("principal_id"), "alias": New("alias"), "alias_type": "service"}),
    "list_aliases": Example(query={**_ORG_AND_WORKSPACE, "principal_id": Id("principal_id")}, unknown=(200, 404)),
    "resolve_alias": Example(query={**_ORG_AND_WORKSPACE, "alias": Id("alias")}),
    "revoke_alias": _READ,
    "register_routing_endpoint": Example(
        body={
            "principal_id": Id("principal_id"),
            "transport_type": "queue",
            "endpoint_url": "queue://orders",
            "auth_mode": "none",
        }
    ),
    "list_routing_endpoints": Example(
        query={**_ORG_AND_WORKSPACE, "principal_id": Id("principal_id")}, unknown=(200, 404)
    ),
    "update_routing_endpoint": Example(body={"priority": 5}),
    "remove_routing_endpoint": _READ,
    "resolve_routing": Example(body={**_ORG_AND_WORKSPACE, "principal_id": Id("principal_id")}),
    "upsert_transport_binding": Example(
        body={"principal_id": Id("principal_id"), "transport_type": "queue", "transport_handle": New("handle")}
    ),
    "list_transport_bindings": Example(
        query={**_ORG_AND_WORKSPACE, "principal_id": Id("principal_id")}, unknown=(200, 404)
    ),
    "remove_transport_binding": _READ,
    "submit_delivery": Example(body={**_ORG_AND_WORKSPACE, "principal_id": Id("principal_id"), "payload": {"n": 1}}),
    "list_deliveries": Example(query={**_ORG_AND_WORKSPACE, "principal_id": Id("principal_id")}, unknown=(200, 404)),
    "reconcile_deliveries": Example(body={**_ORG_AND_WORKSPACE, "max_pending_age_seconds": 86_400}),
    "get_delivery": _READ,
    "replay_delivery": Example(path={"delivery_id": "ended_delivery_id"}),
    "acknowledge_delivery": _READ,
    "get_delivery_operations": Example(query=_ORG_AND_WORKSPACE),
    "get_receive_policy": _READ,
    "set_receive_policy": Example(body={"mode": "closed"}),
    "add_receive_policy_entry": Example(body={"sender_pattern": New("partner")}),
    "remove_receive_policy_entry": Example(path={"entry_id": "receive_policy_entry_id"}),
    "get_receive_override": _READ,
    "set_receive_override": Example(body={"override_type": "use_org_default"}),
    "add_receive_override_entry": Example(body={"sender_pattern": New("partner")}),
    "remove_receive_override_entry": Example(path={"entry_id": "receive_override_entry_id"}),
    "get_agent_delivery": _READ,
    "set_agent_delivery": Example(body={"delivery_mode": "stream"}),
    "get_agent_policy": _READ,
    "set_agent_policy": Example(body={"policy_type": "open"}),
    "add_agent_policy_entry": Example(body={"sender_pattern": New("partner")}),
    "remove_agent_policy_entry": Example(path={"entry_id": "agent_policy_entry_id"}),
    "mesh_heartbeat": Example(body={"metrics": {"intents_total": 1}}, key_only=True),
    "list_mesh_agents": _READ,
    "get_mesh_agent": _READ,
    "kill_mesh_agent": _READ,
    "resume_mesh_agent": _READ,
    "list_mesh_events": _READ,
    "upsert_webhook_subscription": Example(
        query=_OWNER,
        body={"callback_url": New("https://hooks.example.com/n"), "event_types": ["auth.session_revoked"]},
        unknown=_NOT_YOURS,
    ),
    "list_webhook_subscriptions": Example(query=_OWNER, unknown=_NOT_YOURS),
    "delete_webhook_subscription": Example(query=_OWNER, unknown_of={"owner_agent": _NOT_YOURS}),
    "publish_webhook_event": Example(
        query=_OWNER,
        body={"event_type": "auth.session_revoked", "source": "matrix", "payload": {}},
        unknown=_NOT_YOURS,
    ),
    "rotate_webhook_secret": Example(
        query=_OWNER, body={"overlap_seconds": 60}, unknown_of={"owner_agent": _NOT_YOURS}
    ),
    "replay_webhook_subscription": Example(
        query=_OWNER, body={"since": "2026-01-01T00:00:00Z"}, unknown_of={"owner_agent": _NOT_YOURS}
    ),
    "list_webhook_events": Example(query=_OWNER, unknown=_NOT_YOURS),
    "get_webhook_event": Example(query=_OWNER, unknown_of={"owner_agent": _NOT_YOURS}),
    "replay_webhook_event": Example(query=_OWNER, unknown_of={"owner_agent": _NOT_YOURS}),
    "apply_scenario": Example(body=_BUNDLE, unknown=_NOT_YOURS),
    "apply_scenario_bundle": Example(body=_BUNDLE, unknown=_NOT_YOURS),
    "validate_scenario": Example(body=_BUNDLE, unknown=(200,)),
    "list_macros": _READ,
    # Macros come with the gateway: every tenant has the same.
    "get_macro": Example(unknown=(200,), tells=True),
}
