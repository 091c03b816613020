"""The caller of an action, as its key says."""

from __future__ import annotations

from dataclasses import dataclass, field

from axme.contract import addresses

#: A key without an actor token administers its own workspace (contract 1.4).
MACHINE_ROLES = frozenset({"workspace_admin"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One service account, reached by one key, in one workspace of one organization."""

    key_id: str
    service_account_id: str
    address: str
    org_id: str
    org_slug: str
    workspace_id: str
    workspace_slug: str
    actor_id: str | None = None
    roles: frozenset[str] = field(default=MACHINE_ROLES)
    #: Recorded in the audit trail beside the actor.
    request_id: str | None = None

    @property
    def scope(self) -> str:
        """``org/workspace``: what the addresses of the caller's own workspace begin with."""
        return f"{self.org_slug}/{self.workspace_slug}"

    def canonical(self, address: str) -> str:
        """The one spelling of ``address``; a bare name is one of the caller's workspace.

        Raises:
            AddressError: it is no address.
        """
        return addresses.canonical(address, org=self.org_slug, workspace=self.workspace_slug)
