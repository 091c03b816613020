"""Quotas of workspaces (contract 3.22)."""

from __future__ import annotations

from axme.contract.schemas import quotas as schemas
from axme.gateway.actions import quotas
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.query import IN_ORGANIZATION, IN_WORKSPACE
from axme.gateway.store import Tx

_PATH = "/v1/quotas"


def get(tx: Tx, asked: Asked) -> Body:
    """The quota of a workspace."""
    return quotas.get(tx, asked.who, org_id=asked.query["org_id"], workspace_id=asked.query["workspace_id"])


def update(tx: Tx, asked: Asked) -> Body:
    """Change a quota."""
    return quotas.update(tx, asked.who, asked.body)


OPERATIONS = (
    Operation(
        methods=("GET",),
        path=_PATH,
        name="get_quota",
        about="What a workspace may use, and what happens beyond that.",
        access=Access.TENANT,
        may=roles.METERING_READ,
        action=Reads(get),
        query=(IN_ORGANIZATION, IN_WORKSPACE),
        answer=schemas.QuotaAnswer,
    ),
    Operation(
        methods=("PATCH",),
        path=_PATH,
        name="update_quota",
        about="Change a quota; what is left out stays.",
        access=Access.TENANT,
        may=roles.QUOTA_UPDATE,
        action=Writes(update),
        body=schemas.QuotaUpdate,
        answer=schemas.QuotaAnswer,
    ),
)
