"""Durable intents as objects: the SDK of AXP, the Intent Protocol. Start with :class:`AxmeClient`.

The client and its objects are loaded when they are first named, so that ``import axme`` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from axme._version import __version__
from axme.contract.statuses import EventType, IntentStatus, WaitingReason
from axme.exceptions import (
    AxmeAlreadyDecidedError,
    AxmeAPIError,
    AxmeAuthenticationError,
    AxmeAuthError,
    AxmeClaimLostError,
    AxmeClosedError,
    AxmeConfigError,
    AxmeConflictError,
    AxmeConnectionError,
    AxmeError,
    AxmeHttpError,
    AxmeIdempotencyError,
    AxmeIdempotencyWarning,
    AxmeIntentCanceledError,
    AxmeIntentError,
    AxmeIntentFailedError,
    AxmeIntentTimedOutError,
    AxmeLookupError,
    AxmeNotFoundError,
    AxmePermissionError,
    AxmePlanError,
    AxmePolicyGenerationError,
    AxmeProtocolError,
    AxmeQuotaError,
    AxmeRateLimitError,
    AxmeReadOnlyError,
    AxmeServerError,
    AxmeTerminalError,
    AxmeTimeoutError,
    AxmeTransportError,
    AxmeValidationError,
    AxmeValueError,
)

if TYPE_CHECKING:
    from axme.client import AxmeClient
    from axme.config import AxmeClientConfig
    from axme.mesh import MeshClient
    from axme.resources.access_requests import AccessRequest
    from axme.resources.actor_tokens import ActorToken
    from axme.resources.agents import Agent
    from axme.resources.aliases import Alias
    from axme.resources.approvals import Approval
    from axme.resources.attempts import WorkAttempt
    from axme.resources.audit import AuditEvent
    from axme.resources.base import Record, Resource
    from axme.resources.billing import BillingPlan, Invoice
    from axme.resources.bindings import AgentDelivery
    from axme.resources.capabilities import Capabilities
    from axme.resources.claimed_intent import ClaimedIntent, Resumed
    from axme.resources.collections import Page
    from axme.resources.cross_org import PolicyEntry, ReceiveOverride, ReceivePolicy, SendPolicy
    from axme.resources.decisions import Decision
    from axme.resources.deliveries import Delivery, DeliveryAttempt
    from axme.resources.inbox import InboxThread, TimelineEntry
    from axme.resources.intent import Intent
    from axme.resources.intent_events import IntentEvent
    from axme.resources.intents import BulkCancel
    from axme.resources.invites import Invite
    from axme.resources.links import TaskLink
    from axme.resources.listening import Listening
    from axme.resources.macros import Macro, MacroParameter
    from axme.resources.mails import TaskMail
    from axme.resources.mcp import McpTool, McpToolResult
    from axme.resources.me import Me
    from axme.resources.media import MediaUpload
    from axme.resources.members import Member
    from axme.resources.mesh import MeshAgent, MeshEvent
    from axme.resources.organizations import Organization
    from axme.resources.principals import Principal
    from axme.resources.quotas import Quota
    from axme.resources.routing import Route
    from axme.resources.scenario import Scenario
    from axme.resources.scenarios import ScenarioCheck, ScenarioRun
    from axme.resources.schemas import SemanticSchema
    from axme.resources.service_accounts import ServiceAccount, ServiceAccountKey
    from axme.resources.steering import Reminder
    from axme.resources.task_forms import FormField
    from axme.resources.task_specs import HumanTaskSpec
    from axme.resources.tasks import HumanTask
    from axme.resources.transports import TransportBinding
    from axme.resources.usage import UsagePoint, UsageSummary
    from axme.resources.users import User
    from axme.resources.webhooks import WebhookEvent, WebhookSubscription
    from axme.resources.workspaces import Workspace
    from axme.worker import Reject, Retry, Wait, Worker

_HOMES = {
    "AccessRequest": "resources.access_requests",
    "ActorToken": "resources.actor_tokens",
    "Agent": "resources.agents",
    "Alias": "resources.aliases",
    "Approval": "resources.approvals",
    "AuditEvent": "resources.audit",
    "AxmeClient": "client",
    "AxmeClientConfig": "config",
    "BillingPlan": "resources.billing",
    "BulkCancel": "resources.intents",
    "Capabilities": "resources.capabilities",
    "ClaimedIntent": "resources.claimed_intent",
    "Decision": "resources.decisions",
    "Delivery": "resources.deliveries",
    "DeliveryAttempt": "resources.deliveries",
    "FormField": "resources.task_forms",
    "HumanTask": "resources.tasks",
    "HumanTaskSpec": "resources.task_specs",
    "InboxThread": "resources.inbox",
    "Intent": "resources.intent",
    "IntentEvent": "resources.intent_events",
    "Invite": "resources.invites",
    "Invoice": "resources.billing",
    "Listening": "resources.listening",
    "Macro": "resources.macros",
    "MacroParameter": "resources.macros",
    "McpTool": "resources.mcp",
    "McpToolResult": "resources.mcp",
    "Me": "resources.me",
    "MediaUpload": "resources.media",
    "Member": "resources.members",
    "AgentDelivery": "resources.bindings",
    "MeshAgent": "resources.mesh",
    "MeshClient": "mesh",
    "MeshEvent": "resources.mesh",
    "Organization": "resources.organizations",
    "Page": "resources.collections",
    "PolicyEntry": "resources.cross_org",
    "Principal": "resources.principals",
    "Quota": "resources.quotas",
    "ReceiveOverride": "resources.cross_org",
    "ReceivePolicy": "resources.cross_org",
    "Record": "resources.base",
    "Reminder": "resources.steering",
    "Reject": "worker",
    "Resource": "resources.base",
    "Resumed": "resources.claimed_intent",
    "Retry": "worker",
    "Route": "resources.routing",
    "Scenario": "resources.scenario",
    "ScenarioCheck": "resources.scenarios",
    "ScenarioRun": "resources.scenarios",
    "ScenarioStep": "resources.steps",
    "SemanticSchema": "resources.schemas",
    "SendPolicy": "resources.cross_org",
    "ServiceAccount": "resources.service_accounts",
    "ServiceAccountKey": "resources.service_accounts",
    "TimelineEntry": "resources.inbox",
    "TaskLink": "resources.links",
    "TaskMail": "resources.mails",
    "WorkAttempt": "resources.attempts",
    "TransportBinding": "resources.transports",
    "UsagePoint": "resources.usage",
    "UsageSummary": "resources.usage",
    "User": "resources.users",
    "Wait": "worker",
    "WebhookEvent": "resources.webhooks",
    "WebhookSubscription": "resources.webhooks",
    "Worker": "worker",
    "Workspace": "resources.workspaces",
}

__all__ = [
    "AccessRequest",
    "ActorToken",
    "Agent",
    "Alias",
    "Approval",
    "AuditEvent",
    "AxmeAPIError",
    "AxmeAlreadyDecidedError",
    "AxmeAuthError",
    "AxmeAuthenticationError",
    "AxmeClaimLostError",
    "AxmeClient",
    "AxmeClientConfig",
    "AxmeClosedError",
    "AxmeConfigError",
    "AxmeConflictError",
    "AxmeConnectionError",
    "AxmeError",
    "AxmeHttpError",
    "AxmeIdempotencyError",
    "AxmeIdempotencyWarning",
    "AxmeIntentCanceledError",
    "AxmeIntentError",
    "AxmeIntentFailedError",
    "AxmeIntentTimedOutError",
    "AxmeLookupError",
    "AxmeNotFoundError",
    "AxmePermissionError",
    "AxmePlanError",
    "AxmePolicyGenerationError",
    "AxmeProtocolError",
    "AxmeQuotaError",
    "AxmeRateLimitError",
    "AxmeReadOnlyError",
    "AxmeServerError",
    "AxmeTerminalError",
    "AxmeTimeoutError",
    "AxmeTransportError",
    "AxmeValidationError",
    "AxmeValueError",
    "BillingPlan",
    "BulkCancel",
    "Capabilities",
    "ClaimedIntent",
    "Decision",
    "Delivery",
    "DeliveryAttempt",
    "EventType",
    "FormField",
    "HumanTask",
    "HumanTaskSpec",
    "InboxThread",
    "Intent",
    "IntentEvent",
    "IntentStatus",
    "Invite",
    "Invoice",
    "Listening",
    "Macro",
    "MacroParameter",
    "McpTool",
    "McpToolResult",
    "Me",
    "MediaUpload",
    "Member",
    "AgentDelivery",
    "MeshAgent",
    "MeshClient",
    "MeshEvent",
    "Organization",
    "Page",
    "PolicyEntry",
    "Principal",
    "Quota",
    "ReceiveOverride",
    "ReceivePolicy",
    "Record",
    "Reminder",
    "Reject",
    "Resource",
    "Resumed",
    "Retry",
    "Route",
    "Scenario",
    "ScenarioCheck",
    "ScenarioRun",
    "ScenarioStep",
    "SemanticSchema",
    "SendPolicy",
    "ServiceAccount",
    "ServiceAccountKey",
    "TimelineEntry",
    "TaskLink",
    "TaskMail",
    "TransportBinding",
    "UsagePoint",
    "UsageSummary",
    "User",
    "Wait",
    "WorkAttempt",
    "WaitingReason",
    "WebhookEvent",
    "WebhookSubscription",
    "Worker",
    "Workspace",
    "__version__",
]


if not TYPE_CHECKING:
    # Hidden from type checkers, which read the imports above and keep finding misspelt names.
    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'axme' has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"axme.{_HOMES[name]}"), name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
