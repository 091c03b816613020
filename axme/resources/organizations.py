"""Organizations: tenants, with workspaces and members (contract 3.18)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from axme.resources._arguments import given
from axme.resources.access_requests import AccessRequests
from axme.resources.agents import Agents
from axme.resources.audit import AuditTrail
from axme.resources.base import Resource, Snapshot
from axme.resources.collections import Collection
from axme.resources.cross_org import ReceivePolicy
from axme.resources.fields import field, optional
from axme.resources.members import Members
from axme.resources.service_accounts import ServiceAccounts
from axme.resources.workspaces import Workspaces

if TYPE_CHECKING:
    from marshmallow import Schema


class Organization(Resource):
    """A tenant. Its workspaces hold the agents, its members have roles in it.

    ``slug`` is its part of agent addresses and stays the same under a new name; ``status`` is one of ``pending``,
    ``active``, ``suspended``, ``archived``; ``metadata`` is yours to fill.
    """

    __slots__ = ()
    _ID = "org_id"
    _KEY = "organization"

    slug = optional("slug", str)
    name = field("name", str)
    legal_name = optional("legal_name", str)
    primary_domain = optional("primary_domain", str)
    status = field("status", str)
    metadata = optional("metadata", dict[str, Any])
    workspaces_count = optional("workspaces_count", int)
    members_count = optional("members_count", int)
    created_at = field("created_at", datetime)
    updated_at = field("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.organizations import Organization as Shape

        return Shape

    @property
    def workspaces(self) -> Workspaces:
        """Its workspaces: ``org.workspaces["production"]``."""
        return Workspaces(self._api, self.id)

    @property
    def members(self) -> Members:
        """Who has which role in it."""
        return Members(self._api, self.id)

    @property
    def access_requests(self) -> AccessRequests:
        """What people ask it for."""
        return AccessRequests(self._api, self.id)

    @property
    def service_accounts(self) -> ServiceAccounts:
        """The machine identities of all its workspaces."""
        return ServiceAccounts(self._api, org_id=self.id)

    @property
    def agents(self) -> Agents:
        """The agents of all its workspaces."""
        return Agents(self._api, org_id=self.id)

    @property
    def receive_policy(self) -> ReceivePolicy:
        """Which other organizations it takes intents from."""
        return ReceivePolicy(self._api, self.id)

    @property
    def audit(self) -> AuditTrail:
        """What was changed or refused in it."""
        return AuditTrail(self._api, self.id)

    def update(
        self,
        *,
        name: str | None = None,
        legal_name: str | None = None,
        primary_domain: str | None = None,
        status: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Self:
        """Change what is given. ``PATCH /v1/organizations/{org_id}``

        Args:
            status: ``suspended`` and ``archived`` turn all its keys away.

        Raises:
            AxmePermissionError: only its owners and administrators may.
            AxmeConflictError: it is the caller's own, and nobody could open it again.
        """
        said = given(name=name, legal_name=legal_name, primary_domain=primary_domain, status=status, metadata=metadata)
        self._absorb(self._api.update_organization(self.id, said))
        # The answer lacks the numbers of workspaces and members: they are fetched when they are read.
        self._snapshot = Snapshot(self._snapshot.raw, complete=False)
        return self

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_organization(self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (self._seen("name") or self.id, self._seen("status"))))


class Organizations(Collection):
    """Where organizations are made and found."""

    __slots__ = ()

    def create(
        self,
        name: str,
        *,
        legal_name: str | None = None,
        primary_domain: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        owner: str | None = None,
        idempotency_key: str | None = None,
    ) -> Organization:
        """Create an organization, empty but for its owner: the caller. ``POST /v1/organizations``

        Args:
            name: 2 to 120 characters; its letters and digits are its part of agent addresses.
            owner: the actor it is made for, who owns it as well.

        Raises:
            AxmeConflictError: another organization has this part of addresses.
            AxmePermissionError: only owners of an organization may make another one.
        """
        said = given(
            name=name,
            legal_name=legal_name,
            primary_domain=primary_domain,
            metadata=metadata,
            requested_by_actor_id=owner,
        )
        answer = self._api.create_organization(said, idempotency_key=idempotency_key)
        return Organization._from(self._api, answer.get("organization"), complete=False)

    def get(self, org_id: str) -> Organization:
        """One organization, by its id or slug. ``GET /v1/organizations/{org_id}``

        Raises:
            AxmeNotFoundError: there is none, as far as the caller may know.
        """
        return Organization._from(self._api, self._api.get_organization(org_id).get("organization"))

    def handle(self, org_id: str) -> Organization:
        """A handle on an organization whose id is known; asks nobody until it is used."""
        return Organization(self._api, org_id)
