"""The roles a member can have (contract 1.4); what each may do stands in the gateway's role matrix."""

from __future__ import annotations

ORG_OWNER = "org_owner"
ORG_ADMIN = "org_admin"
WORKSPACE_ADMIN = "workspace_admin"
MEMBER = "member"
BILLING_VIEWER = "billing_viewer"
SECURITY_AUDITOR = "security_auditor"
#: The strongest first.
ROLES = (ORG_OWNER, ORG_ADMIN, WORKSPACE_ADMIN, MEMBER, BILLING_VIEWER, SECURITY_AUDITOR)
