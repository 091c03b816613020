"""Members and their tokens (contract 3.20 and 1.2)."""

from __future__ import annotations

from axme.contract.schemas import members as schemas
from axme.gateway.actions import actor_tokens, members
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.query import Text
from axme.gateway.store import Tx

_ALL = "/v1/organizations/{org_id}/members"
_ONE = f"{_ALL}/{{member_id}}"
_OF_WORKSPACE = "/v1/workspaces/{workspace_id}/members"


def list_members(tx: Tx, asked: Asked) -> Body:
    """The members of an organization or workspace."""
    return members.list_members(tx, asked.who, asked.params["org_id"], workspace_id=asked.query["workspace_id"])


def add(tx: Tx, asked: Asked) -> Body:
    """Make somebody a member."""
    return members.add(tx, asked.who, asked.params["org_id"], asked.body)


def update(tx: Tx, asked: Asked) -> Body:
    """Change a member."""
    return members.update(tx, asked.who, asked.params["org_id"], asked.params["member_id"], asked.body)


def remove(tx: Tx, asked: Asked) -> Body:
    """End a membership."""
    return members.remove(tx, asked.who, asked.params["org_id"], asked.params["member_id"])


def include(tx: Tx, asked: Asked) -> Body:
    """Give a member a role in a workspace."""
    return members.include(tx, asked.who, asked.params["workspace_id"], asked.body)


def exclude(tx: Tx, asked: Asked) -> Body:
    """Take away a role in a workspace."""
    return members.exclude(tx, asked.who, asked.params["workspace_id"], asked.params["member_id"])


def create_token(tx: Tx, asked: Asked) -> Body:
    """Make a token of a member."""
    return actor_tokens.create(tx, asked.who, asked.params["org_id"], asked.params["member_id"], asked.body)


OPERATIONS = (
    Operation(
        methods=("GET",),
        path=_ALL,
        name="list_organization_members",
        about="List the members the caller may see.",
        access=Access.TENANT,
        may=roles.MEMBER_LIST,
        action=Reads(list_members),
        query=(Text(name="workspace_id", about="Only members with a role in this workspace."),),
        answer=schemas.MemberList,
    ),
    Operation(
        methods=("POST",),
        path=_ALL,
        name="add_organization_member",
        about="Give somebody a role in an organization or workspace.",
        access=Access.TENANT,
        may=roles.MEMBER_WRITE,
        action=Writes(add),
        body=schemas.MemberAdd,
        answer=schemas.MemberAnswer,
    ),
    Operation(
        methods=("PATCH",),
        path=_ONE,
        name="update_organization_member",
        about="Change role, workspace or status of a member.",
        access=Access.TENANT,
        may=roles.MEMBER_WRITE,
        action=Writes(update),
        body=schemas.MemberUpdate,
        answer=schemas.MemberAnswer,
    ),
    Operation(
        methods=("DELETE",),
        path=_ONE,
        name="remove_organization_member",
        about="End a membership, and its tokens.",
        access=Access.TENANT,
        may=roles.MEMBER_WRITE,
        action=Writes(remove),
        answer=schemas.MemberRemoved,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/token",
        name="create_member_token",
        about="Make an actor token; it is in this answer and nowhere else.",
        access=Access.TENANT,
        may=roles.MEMBER_WRITE,
        action=Writes(create_token),
        body=schemas.TokenCreate,
        answer=schemas.TokenAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_OF_WORKSPACE}/include",
        name="include_workspace_member",
        about="Give a member of the organization a role in a workspace.",
        access=Access.TENANT,
        may=roles.MEMBER_WRITE,
        action=Writes(include),
        body=schemas.MemberInclude,
        answer=schemas.MemberAnswer,
    ),
    Operation(
        methods=("DELETE",),
        path=f"{_OF_WORKSPACE}/{{member_id}}/exclude",
        name="exclude_workspace_member",
        about="Take away a role in a workspace; the membership in the organization stays.",
        access=Access.TENANT,
        may=roles.MEMBER_WRITE,
        action=Writes(exclude),
        answer=schemas.MemberRemoved,
    ),
)
