"""The flat calls: one method for each HTTP operation, a ``dict`` in, a ``dict`` out.

A new family is one file here and one line in :class:`FlatCalls`.
"""

from __future__ import annotations

from axme.wire.access_requests import AccessRequestCalls
from axme.wire.agents import AgentCalls
from axme.wire.aliases import AliasCalls
from axme.wire.approvals import ApprovalCalls
from axme.wire.audit import AuditCalls
from axme.wire.billing import BillingCalls
from axme.wire.capabilities import CapabilityCalls
from axme.wire.claims import ClaimCalls
from axme.wire.cross_org import CrossOrgCalls
from axme.wire.deliveries import DeliveryCalls
from axme.wire.explanations import ExplanationCalls
from axme.wire.generic import GenericCalls
from axme.wire.health import HealthCalls
from axme.wire.inbox import InboxCalls
from axme.wire.intent_control import IntentControlCalls
from axme.wire.intent_events import IntentEventCalls
from axme.wire.intents import IntentCalls
from axme.wire.invites import InviteCalls
from axme.wire.links import LinkCalls
from axme.wire.macros import MacroCalls
from axme.wire.mails import MailCalls
from axme.wire.mcp import McpCalls
from axme.wire.me import MeCalls
from axme.wire.media import MediaCalls
from axme.wire.members import MemberCalls
from axme.wire.organizations import OrganizationCalls
from axme.wire.principals import PrincipalCalls
from axme.wire.quotas import QuotaCalls
from axme.wire.routing import RoutingCalls
from axme.wire.scenarios import ScenarioCalls
from axme.wire.schemas import SchemaCalls
from axme.wire.service_accounts import ServiceAccountCalls
from axme.wire.tasks import TaskCalls
from axme.wire.transports import TransportCalls
from axme.wire.usage import UsageCalls
from axme.wire.users import UserCalls
from axme.wire.webhooks import WebhookCalls
from axme.wire.workspaces import WorkspaceCalls

__all__ = ["FlatCalls"]


class FlatCalls(
    HealthCalls,
    IntentCalls,
    IntentControlCalls,
    IntentEventCalls,
    InboxCalls,
    ApprovalCalls,
    AgentCalls,
    CapabilityCalls,
    ServiceAccountCalls,
    MeCalls,
    OrganizationCalls,
    WorkspaceCalls,
    MemberCalls,
    AccessRequestCalls,
    AuditCalls,
    QuotaCalls,
    UsageCalls,
    BillingCalls,
    McpCalls,
    SchemaCalls,
    UserCalls,
    InviteCalls,
    MediaCalls,
    TaskCalls,
    LinkCalls,
    MailCalls,
    ExplanationCalls,
    PrincipalCalls,
    AliasCalls,
    RoutingCalls,
    TransportCalls,
    DeliveryCalls,
    CrossOrgCalls,
    WebhookCalls,
    ScenarioCalls,
    MacroCalls,
    ClaimCalls,
    GenericCalls,
):
    """All families side by side. They never call each other."""
