"""Workspaces of an organization (contract 3.19)."""

from __future__ import annotations

from axme.contract.schemas import workspaces as schemas
from axme.gateway.actions import workspaces
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.store import Tx

_ALL = "/v1/organizations/{org_id}/workspaces"
_ONE = f"{_ALL}/{{workspace_id}}"


def create(tx: Tx, asked: Asked) -> Body:
    """Make a workspace."""
    return workspaces.create(tx, asked.who, asked.params["org_id"], asked.body)


def list_workspaces(tx: Tx, asked: Asked) -> Body:
    """The workspaces of an organization."""
    return workspaces.list_workspaces(tx, asked.who, asked.params["org_id"])


def update(tx: Tx, asked: Asked) -> Body:
    """Change a workspace."""
    return workspaces.update(tx, asked.who, asked.params["org_id"], asked.params["workspace_id"], asked.body)


OPERATIONS = (
    Operation(
        methods=("POST",),
        path=_ALL,
        name="create_workspace",
        about="Make a workspace.",
        access=Access.TENANT,
        may=roles.WORKSPACE_WRITE,
        action=Writes(create),
        body=schemas.WorkspaceCreate,
        answer=schemas.WorkspaceAnswer,
    ),
    Operation(
        methods=("GET",),
        path=_ALL,
        name="list_workspaces",
        about="List the workspaces the caller has a role in.",
        access=Access.TENANT,
        may=roles.WORKSPACE_LIST,
        action=Reads(list_workspaces),
        answer=schemas.WorkspaceList,
    ),
    Operation(
        methods=("PATCH",),
        path=_ONE,
        name="update_workspace",
        about="Change what is given of a workspace.",
        access=Access.TENANT,
        may=roles.WORKSPACE_WRITE,
        action=Writes(update),
        body=schemas.WorkspaceUpdate,
        answer=schemas.WorkspaceAnswer,
    ),
)
