"""Every operation of the gateway."""

from __future__ import annotations

from axme.gateway.routes import (
    agents,
    approvals,
    capabilities,
    control,
    health,
    inbox,
    intents,
    openapi,
    service_accounts,
)

OPERATIONS = (
    *intents.OPERATIONS,
    *health.OPERATIONS,
    *inbox.OPERATIONS,
    *approvals.OPERATIONS,
    *agents.OPERATIONS,
    *service_accounts.OPERATIONS,
    *capabilities.OPERATIONS,
    *openapi.OPERATIONS,
)
TEST_CLOCK_OPERATIONS = control.OPERATIONS
#: Families of the protocol this gateway does not serve.
ELSEWHERE = ("/v1/matrix/", "/v1/portal/", "/v1/alpha/", "/v1/auth/", "/oauth/")
