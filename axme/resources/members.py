"""Members: who has which role, and the tokens they speak with (contract 3.20 and 1.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from axme.resources._arguments import given, id_of, seconds
from axme.resources.actor_tokens import ActorToken
from axme.resources.base import Resource
from axme.resources.collections import Page, page
from axme.resources.fields import field, optional
from axme.resources.named import Named
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from marshmallow import Schema

    from axme.resources.organizations import Organization
    from axme.resources.workspaces import Workspace


class Member(Resource):
    """Somebody's role in an organization, or (``workspace_id``) in one workspace of it.

    ``actor_id`` is what the organization calls the person, or the id of a service account; ``role`` is one of
    ``org_owner``, ``org_admin``, ``workspace_admin``, ``member``, ``billing_viewer``, ``security_auditor``.
    """

    __slots__ = ()
    _ID = "member_id"
    _KEY = "member"

    org_id = field("org_id", str)
    workspace_id = optional("workspace_id", str)
    actor_id = field("actor_id", str)
    role = field("role", str)
    status = field("status", str)
    invited_by_actor_id = optional("invited_by_actor_id", str)
    created_at = field("created_at", datetime)
    updated_at = field("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.members import Member as Shape

        return Shape

    @property
    def organization(self) -> Organization:
        """The organization; asks nobody."""
        from axme.resources.organizations import Organization

        return Organization(self._api, self.org_id)

    def update(self, *, role: str | None = None, status: str | None = None) -> Self:
        """Change the role or status. ``PATCH /v1/organizations/{org_id}/members/{member_id}``

        Args:
            status: ``suspended`` turns the member's tokens away, ``active`` lets them in again.

        Raises:
            AxmePermissionError: the role, or the member's, is above the caller's own.
            AxmeConflictError: it is the last owner of the organization.
        """
        said = given(role=role, status=status)
        return self._absorb(self._api.update_organization_member(self.org_id, self.id, said))

    def remove(self) -> None:
        """End the membership and its tokens. ``DELETE /v1/organizations/{org_id}/members/{member_id}``

        Who leaves the organization as a whole leaves its workspaces too.

        Raises:
            AxmePermissionError: the member's role is above the caller's own.
            AxmeConflictError: it is the last owner of the organization.
        """
        self._api.remove_organization_member(self.org_id, self.id)

    def create_token(self, *, ttl: timedelta | None = None, workspace: Workspace | str | None = None) -> ActorToken:
        """Make a token to speak for the member. ``POST /v1/organizations/{org_id}/members/{member_id}/token``

        Args:
            ttl: how long it lives, up to 30 days; by default an hour.
            workspace: where it is used; by default the member's workspace, or the organization's first.

        Returns:
            The token; ``reveal()`` gives its text, for ``AxmeClientConfig(actor_token=…)``.

        Raises:
            AxmePermissionError: the member's role is above the caller's own.
            AxmeConflictError: the member is not active.
        """
        said = given(ttl_seconds=seconds("ttl", ttl), workspace_id=id_of(workspace))
        return ActorToken(self._api.create_member_token(self.org_id, self.id, said).get("actor_token"))

    def _fetch(self) -> dict[str, Any]:
        return {"member": Members(self._api, self.org_id)[self.id].raw}

    def _summary(self) -> str:
        return " ".join(filter(None, (self._seen("actor_id") or self.id, self._seen("role"), self._seen("status"))))


class Members(Named[Member]):
    """The members of an organization, by actor or id: ``org.members["anna"]``."""

    __slots__ = ("_org_id",)

    def __init__(self, client: FlatCalls, org_id: str) -> None:
        super().__init__(client)
        self._org_id = org_id

    def add(self, actor_id: str, role: str = "member", *, workspace: Workspace | str | None = None) -> Member:
        """Give somebody a role. ``POST /v1/organizations/{org_id}/members``

        Args:
            actor_id: what the organization calls the person, or the id of a service account.
            workspace: the only workspace the role is for.

        Raises:
            AxmeConflictError: the actor is a member there already.
            AxmePermissionError: the role is above the caller's own.
        """
        said = given(actor_id=actor_id, role=role, workspace_id=id_of(workspace))
        answer = self._api.add_organization_member(self._org_id, said)
        return Member._from(self._api, answer.get("member"))

    def list(self, *, workspace: Workspace | str | None = None) -> Page[Member]:
        """Those the caller may see. ``GET /v1/organizations/{org_id}/members``

        Args:
            workspace: only those with a role in this workspace.
        """
        answer = self._api.list_organization_members(self._org_id, workspace_id=id_of(workspace))
        return page(answer, "members", lambda raw: Member._from(self._api, raw), kind=Member, what="members")

    def _all(self) -> Page[Member]:
        return self.list()

    def _names(self, item: Member) -> tuple[str, ...]:
        return (item.actor_id,)


class WorkspaceMembers(Members):
    """The members with a role in one workspace, by actor or id: ``workspace.members["anna"]``."""

    __slots__ = ("_workspace_id",)

    def __init__(self, client: FlatCalls, org_id: str, workspace_id: str) -> None:
        super().__init__(client, org_id)
        self._workspace_id = workspace_id

    def add(self, actor_id: str, role: str = "member", *, workspace: Workspace | str | None = None) -> Member:
        """Give somebody a role in this workspace. ``POST /v1/organizations/{org_id}/members``

        Arguments and errors as of ``org.members.add``.
        """
        return super().add(actor_id, role, workspace=workspace or self._workspace_id)

    def list(self, *, workspace: Workspace | str | None = None) -> Page[Member]:
        """Those with a role in this workspace. ``GET /v1/organizations/{org_id}/members``"""
        return super().list(workspace=workspace or self._workspace_id)

    def include(self, member: Member | str, role: str = "member") -> Member:
        """Give a member of the organization a role here. ``POST /v1/workspaces/{workspace_id}/members/include``

        Raises:
            AxmeNotFoundError: the actor is no member of the organization.
            AxmeConflictError: the actor has a role here already.
        """
        actor_id = member if isinstance(member, str) else member.actor_id
        answer = self._api.include_workspace_member(self._workspace_id, given(actor_id=actor_id, role=role))
        return Member._from(self._api, answer.get("member"))

    def exclude(self, member: Member | str) -> None:
        """End a role here. ``DELETE /v1/workspaces/{workspace_id}/members/{member_id}/exclude``

        The membership in the organization stays.

        Args:
            member: any membership of the actor in the organization, or its id.

        Raises:
            AxmeNotFoundError: the actor has no role here.
        """
        self._api.exclude_workspace_member(self._workspace_id, member if isinstance(member, str) else member.id)
