"""Organizations (contract 3.18)."""

from __future__ import annotations

from axme.contract.schemas import organizations as schemas
from axme.gateway.actions import organizations
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.store import Tx

_ALL = "/v1/organizations"
_ONE = f"{_ALL}/{{org_id}}"


def create(tx: Tx, asked: Asked) -> Body:
    """Make an organization."""
    return organizations.create(tx, asked.who, asked.body)


def get(tx: Tx, asked: Asked) -> Body:
    """One organization."""
    return organizations.get(tx, asked.who, asked.params["org_id"])


def update(tx: Tx, asked: Asked) -> Body:
    """Change an organization."""
    return organizations.update(tx, asked.who, asked.params["org_id"], asked.body)


OPERATIONS = (
    Operation(
        methods=("POST",),
        path=_ALL,
        name="create_organization",
        about="Make an organization; who asks owns it.",
        access=Access.TENANT,
        may=roles.ORGANIZATION_CREATE,
        action=Writes(create),
        body=schemas.OrganizationCreate,
        answer=schemas.OrganizationAnswer,
    ),
    Operation(
        methods=("GET",),
        path=_ONE,
        name="get_organization",
        about="Read one organization.",
        access=Access.TENANT,
        may=roles.ORGANIZATION_GET,
        action=Reads(get),
        answer=schemas.OrganizationAnswer,
    ),
    Operation(
        methods=("PATCH",),
        path=_ONE,
        name="update_organization",
        about="Change what is given of an organization.",
        access=Access.TENANT,
        may=roles.ORGANIZATION_UPDATE,
        action=Writes(update),
        body=schemas.OrganizationUpdate,
        answer=schemas.OrganizationAnswer,
    ),
)
