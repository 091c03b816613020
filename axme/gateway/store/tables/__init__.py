"""Every table of the gateway, one file per group of families."""

from __future__ import annotations

from axme.gateway.store.tables.build import metadata
from axme.gateway.store.tables.claims import claims
from axme.gateway.store.tables.console import console_sessions, console_tickets
from axme.gateway.store.tables.core import (
    agent_deliveries,
    audit_events,
    counters,
    idempotency_keys,
    inbox_changes,
    intent_events,
    intents,
    jobs,
    organizations,
    service_account_keys,
    service_accounts,
    thread_entries,
    threads,
    workspaces,
)
from axme.gateway.store.tables.cross_org import sender_policies, sender_policy_entries
from axme.gateway.store.tables.enterprise import access_requests, members, signing_secrets
from axme.gateway.store.tables.links import task_links
from axme.gateway.store.tables.mails import owner_mails, task_mails
from axme.gateway.store.tables.mesh import mesh_events, mesh_metrics
from axme.gateway.store.tables.metering import billing_plans, quota_limits, quota_policies, usage_counts, usage_days
from axme.gateway.store.tables.network import (
    aliases,
    deliveries,
    delivery_attempts,
    principals,
    routes,
    transport_bindings,
)
from axme.gateway.store.tables.nodes import nodes
from axme.gateway.store.tables.registry import invites, media_uploads, semantic_schemas, users
from axme.gateway.store.tables.scenarios import scenario_runs
from axme.gateway.store.tables.seals import audit_seals
from axme.gateway.store.tables.webhooks import (
    webhook_attempts,
    webhook_deliveries,
    webhook_events,
    webhook_subscriptions,
)

__all__ = [
    "console_sessions",
    "console_tickets",
    "task_links",
    "claims",
    "owner_mails",
    "task_mails",
    "scenario_runs",
    "webhook_attempts",
    "webhook_deliveries",
    "webhook_events",
    "webhook_subscriptions",
    "nodes",
    "mesh_events",
    "mesh_metrics",
    "sender_policies",
    "sender_policy_entries",
    "aliases",
    "deliveries",
    "delivery_attempts",
    "principals",
    "routes",
    "transport_bindings",
    "invites",
    "media_uploads",
    "semantic_schemas",
    "users",
    "metadata",
    "billing_plans",
    "quota_limits",
    "quota_policies",
    "usage_counts",
    "usage_days",
    "access_requests",
    "members",
    "signing_secrets",
    "agent_deliveries",
    "audit_events",
    "audit_seals",
    "counters",
    "idempotency_keys",
    "inbox_changes",
    "intent_events",
    "intents",
    "jobs",
    "organizations",
    "service_account_keys",
    "service_accounts",
    "thread_entries",
    "threads",
    "workspaces",
]
