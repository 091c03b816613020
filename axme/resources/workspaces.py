"""Workspaces: the parts of an organization (contract 3.19)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from axme.exceptions import AxmeLookupError
from axme.resources._arguments import given
from axme.resources.agents import Agents
from axme.resources.aliases import Aliases
from axme.resources.base import Resource
from axme.resources.billing import Billing
from axme.resources.collections import Page, page
from axme.resources.deliveries import Deliveries
from axme.resources.fields import field, optional
from axme.resources.members import WorkspaceMembers
from axme.resources.named import Named
from axme.resources.principals import Principals
from axme.resources.quotas import Quota, quota_of
from axme.resources.routing import Routes
from axme.resources.service_accounts import ServiceAccounts
from axme.resources.transports import Transports
from axme.resources.usage import Usage
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from marshmallow import Schema

    from axme.resources.organizations import Organization


class Workspace(Resource):
    """A part of an organization, with agents and members of its own.

    ``environment`` is ``sandbox``, ``staging`` or ``production``; ``status`` is ``active``, ``suspended`` or
    ``archived``; ``slug`` is its part of agent addresses and stays the same under a new name.
    """

    __slots__ = ()
    _ID = "workspace_id"
    _KEY = "workspace"

    org_id = field("org_id", str)
    slug = optional("slug", str)
    name = field("name", str)
    environment = field("environment", str)
    status = field("status", str)
    region = optional("region", str)
    created_at = field("created_at", datetime)
    updated_at = field("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.workspaces import Workspace as Shape

        return Shape

    @property
    def organization(self) -> Organization:
        """The organization it is part of; asks nobody."""
        from axme.resources.organizations import Organization

        return Organization(self._api, self.org_id)

    @property
    def service_accounts(self) -> ServiceAccounts:
        """Its machine identities."""
        return ServiceAccounts(self._api, org_id=self.org_id, workspace_id=self.id)

    @property
    def agents(self) -> Agents:
        """Its agents."""
        return Agents(self._api, org_id=self.org_id, workspace_id=self.id)

    @property
    def members(self) -> WorkspaceMembers:
        """Who has a role in it."""
        return WorkspaceMembers(self._api, self.org_id, self.id)

    @property
    def quota(self) -> Quota:
        """What it may use; asks nobody until it is read."""
        return quota_of(self._api, self.org_id, self.id)

    @property
    def usage(self) -> Usage:
        """What it has used."""
        return Usage(self._api, self.org_id, self.id)

    @property
    def billing(self) -> Billing:
        """Its plan and invoices."""
        return Billing(self._api, self.org_id, self.id)

    @property
    def principals(self) -> Principals:
        """The parties in it that deliveries go to."""
        return Principals(self._api, org_id=self.org_id, workspace_id=self.id)

    @property
    def aliases(self) -> Aliases:
        """Names that stand for its principals."""
        return Aliases(self._api, org_id=self.org_id, workspace_id=self.id)

    @property
    def routes(self) -> Routes:
        """Where its principals are reached."""
        return Routes(self._api, org_id=self.org_id, workspace_id=self.id)

    @property
    def transports(self) -> Transports:
        """Handles of its principals on transports."""
        return Transports(self._api, org_id=self.org_id, workspace_id=self.id)

    @property
    def deliveries(self) -> Deliveries:
        """What was sent to its principals."""
        return Deliveries(self._api, org_id=self.org_id, workspace_id=self.id)

    def update(
        self,
        *,
        name: str | None = None,
        environment: str | None = None,
        region: str | None = None,
        status: str | None = None,
    ) -> Self:
        """Change what is given. ``PATCH /v1/organizations/{org_id}/workspaces/{workspace_id}``

        Args:
            status: ``suspended`` and ``archived`` turn all its keys away.

        Raises:
            AxmePermissionError: only who administers it may.
            AxmeConflictError: it is the caller's own, whose key would end with it.
        """
        said = given(name=name, environment=environment, region=region, status=status)
        return self._absorb(self._api.update_workspace(self.org_id, self.id, said))

    def _fetch(self) -> dict[str, Any]:
        return {"workspace": Workspaces(self._api, self.org_id)[self.id].raw}

    def _summary(self) -> str:
        return " ".join(filter(None, (self._seen("name") or self.id, self._seen("environment"), self._seen("status"))))


class Workspaces(Named[Workspace]):
    """The workspaces of an organization, by name or id: ``org.workspaces["production"]``."""

    __slots__ = ("_org_id",)

    def __init__(self, client: FlatCalls, org_id: str) -> None:
        super().__init__(client)
        self._org_id = org_id

    def create(
        self,
        name: str,
        *,
        environment: str = "production",
        region: str | None = None,
        idempotency_key: str | None = None,
    ) -> Workspace:
        """Create a workspace. ``POST /v1/organizations/{org_id}/workspaces``

        Args:
            name: 2 to 120 characters; its letters and digits are its part of agent addresses.
            environment: ``sandbox``, ``staging`` or ``production``.

        Raises:
            AxmeConflictError: the organization has one of this name.
            AxmePermissionError: only owners and administrators of the organization may.
        """
        said = given(name=name, environment=environment, region=region)
        answer = self._api.create_workspace(self._org_id, said, idempotency_key=idempotency_key)
        return Workspace._from(self._api, answer.get("workspace"))

    def list(self) -> Page[Workspace]:
        """Those the caller has a role in. ``GET /v1/organizations/{org_id}/workspaces``"""
        answer = self._api.list_workspaces(self._org_id)
        return page(
            answer, "workspaces", lambda raw: Workspace._from(self._api, raw), kind=Workspace, what="workspaces"
        )

    def get(self, name: str) -> Workspace | None:
        """The workspace of this name or id, or ``None``. ``GET /v1/organizations/{org_id}/workspaces``"""
        try:
            return self[name]
        except AxmeLookupError:
            return None

    def handle(self, workspace_id: str) -> Workspace:
        """A handle on a workspace whose id is known; asks nobody until it is used."""
        return Workspace(self._api, workspace_id, {"workspace_id": workspace_id, "org_id": self._org_id})

    def _all(self) -> Page[Workspace]:
        return self.list()

    def _names(self, item: Workspace) -> tuple[str, ...]:
        return tuple(filter(None, (item.name, item.slug)))
