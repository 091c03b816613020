"""The caller of an action, as its key and its actor token say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from axme.contract import addresses
from axme.gateway.policy import roles
from axme.gateway.store import topics


class Grant(NamedTuple):
    """A role in one workspace, or, without one, in all of an organization."""

    org_id: str
    workspace_id: str | None
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One service account or person, reached by one key or token, in one workspace of one organization."""

    key_id: str
    service_account_id: str
    address: str
    org_id: str
    org_slug: str
    workspace_id: str
    workspace_slug: str
    #: The person of an actor token.
    actor_id: str | None = None
    #: What stands for the membership behind an actor token, where one was shown.
    session: str | None = None
    #: What memberships give; ``None`` is a key without any, which administers its own workspace (contract 1.4).
    grants: tuple[Grant, ...] | None = None
    #: The roles the operation at hand is for; ``None`` leaves it to the action.
    may: frozenset[str] | None = None
    #: Recorded in the audit trail beside the actor.
    request_id: str | None = None

    @property
    def scope(self) -> str:
        """``org/workspace``: what the addresses of the caller's own workspace begin with."""
        return f"{self.org_slug}/{self.workspace_slug}"

    @property
    def actor(self) -> str:
        """Who acts: the person where there is one, else the service account."""
        return self.actor_id or self.service_account_id

    @property
    def closed_by(self) -> tuple[str, ...]:
        """The topics of whatever ends what this caller has open: its key, membership, workspace and organization, and
        the kill of its agent."""
        own = (self.key_id, self.session, self.service_account_id, self.workspace_id, self.org_id)
        names = dict.fromkeys(filter(None, own))
        return tuple(map(topics.key, names))

    @property
    def is_person(self) -> bool:
        """Whether a token came alone, without the key of a service account."""
        return self.service_account_id == self.key_id

    @property
    def sender(self) -> str:
        """Whose idempotency keys these are: persons behind one key have their own."""
        return f"{self.service_account_id} {self.actor_id}" if self.actor_id else self.service_account_id

    @property
    def roles(self) -> frozenset[str]:
        """The roles in the caller's own workspace."""
        if self.grants is None:
            return roles.OF_A_KEY
        return self.roles_in(self.org_id, self.workspace_id)

    @property
    def roles_anywhere(self) -> frozenset[str]:
        """The roles in every organization."""
        return frozenset(grant.role for grant in self._grants)

    def roles_in(self, org_id: str, workspace_id: str | None = None) -> frozenset[str]:
        """The roles in one workspace, or in any of an organization."""
        return frozenset(
            grant.role
            for grant in self._grants
            if grant.org_id == org_id and (workspace_id is None or grant.workspace_id in (None, workspace_id))
        )

    def reach_in(self, org_id: str) -> frozenset[str] | None:
        """The workspaces of an organization the operation at hand is allowed in; ``None`` is all of them."""
        allowed = self.may if self.may is not None else roles.ANY
        found = {grant.workspace_id for grant in self._grants if grant.org_id == org_id and grant.role in allowed}
        return None if None in found else frozenset(workspace for workspace in found if workspace)

    def canonical(self, address: str) -> str:
        """The one spelling of ``address``; a bare name is one of the caller's workspace.

        Raises:
            AddressError: it is no address.
        """
        return addresses.canonical(address, org=self.org_slug, workspace=self.workspace_slug)

    @property
    def _grants(self) -> tuple[Grant, ...]:
        if self.grants is not None:
            return self.grants
        return tuple(Grant(self.org_id, self.workspace_id, role) for role in roles.OF_A_KEY)
