"""Every operation of the gateway."""

from __future__ import annotations

from axme.gateway.routes import (
    access_requests,
    agents,
    approvals,
    audit,
    billing,
    capabilities,
    control,
    health,
    inbox,
    intents,
    invites,
    me,
    media,
    members,
    openapi,
    organizations,
    quotas,
    schemas,
    service_accounts,
    tasks,
    usage,
    users,
    workspaces,
)

OPERATIONS = (
    *intents.OPERATIONS,
    *health.OPERATIONS,
    *inbox.OPERATIONS,
    *approvals.OPERATIONS,
    *agents.OPERATIONS,
    *service_accounts.OPERATIONS,
    *capabilities.OPERATIONS,
    *me.OPERATIONS,
    *organizations.OPERATIONS,
    *workspaces.OPERATIONS,
    *members.OPERATIONS,
    *access_requests.OPERATIONS,
    *audit.OPERATIONS,
    *schemas.OPERATIONS,
    *users.OPERATIONS,
    *tasks.OPERATIONS,
    *media.OPERATIONS,
    *invites.OPERATIONS,
    *quotas.OPERATIONS,
    *usage.OPERATIONS,
    *billing.OPERATIONS,
    *openapi.OPERATIONS,
)
TEST_CLOCK_OPERATIONS = control.OPERATIONS
#: Families of the protocol this gateway does not serve.
ELSEWHERE = ("/v1/matrix/", "/v1/portal/", "/v1/alpha/", "/v1/auth/", "/oauth/")
