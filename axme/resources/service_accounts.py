"""Service accounts: machine identities, and the keys they use (contract 3.25)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from axme.exceptions import AxmeProtocolError
from axme.resources._arguments import moment
from axme.resources._once import OnceResource
from axme.resources.base import Resource, Snapshot
from axme.resources.collections import Page, Placed, page
from axme.resources.fields import field, optional
from axme.resources.named import Named
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from marshmallow import Schema

    from axme.resources.agents import Agent
    from axme.resources.workspaces import Workspace


class ServiceAccountKey(OnceResource):
    """A key of a service account. Its secret is there once, in the object that came from making it."""

    __slots__ = ()
    _ID = "key_id"
    _KEY = "key"
    _SECRET = "token"
    _GONE = "the secret of key {id} is gone: make a new key with create_key()"

    service_account_id = field("service_account_id", str)
    key_hint = optional("key_hint", str)
    status = field("status", str)
    created_at = optional("created_at", datetime)
    expires_at = optional("expires_at", datetime)
    revoked_at = optional("revoked_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.service_accounts import ServiceAccountKey as Shape

        return Shape

    def revoke(self) -> Self:
        """Make it useless at once. ``POST /v1/service-accounts/{service_account_id}/keys/{key_id}/revoke``"""
        answer = self._api.revoke_service_account_key(self.service_account_id, self.id)
        before, now = self._snapshot.raw, self._absorb(answer)._snapshot.raw
        # The answer tells what changed, not the whole key.
        self._snapshot = Snapshot(before | now, complete=True)
        return self

    def _fetch(self) -> dict[str, Any]:
        return {"key": ServiceAccountKeys(self._api, self.service_account_id)[self.id].raw}

    def _summary(self) -> str:
        return f"{self.id} {self._seen('status')}"


class ServiceAccountKeys(Named[ServiceAccountKey]):
    """The keys of a service account, by id, without their secrets: ``for key in account.keys: …``."""

    __slots__ = ("_account_id",)

    def __init__(self, client: FlatCalls, service_account_id: str) -> None:
        super().__init__(client)
        self._account_id = service_account_id

    def list(self) -> Page[ServiceAccountKey]:
        """All of them, the revoked too. ``GET /v1/service-accounts/{service_account_id}/keys``"""
        answer = self._api.list_service_account_keys(self._account_id)
        return page(
            answer, "keys", lambda raw: ServiceAccountKey._from(self._api, raw), kind=ServiceAccountKey, what="keys"
        )

    def _all(self) -> Page[ServiceAccountKey]:
        return self.list()

    def _names(self, item: ServiceAccountKey) -> tuple[str, ...]:
        return (item.id,)


class ServiceAccount(Resource):
    """A machine identity, and the agent address it owns."""

    __slots__ = ()
    _ID = "service_account_id"
    _KEY = "service_account"
    _COLUMNS = ("name", "status", "agent_address", "description", "created_at")

    name = field("name", str)
    status = field("status", str)
    org_id = field("org_id", str)
    workspace_id = field("workspace_id", str)
    agent_address = optional("agent_address", str)
    display_name = optional("display_name", str)
    description = optional("description", str)
    created_by_actor_id = field("created_by_actor_id", str)
    created_at = field("created_at", datetime)
    updated_at = field("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.service_accounts import ServiceAccount as Shape

        return Shape

    @property
    def agent(self) -> Agent:
        """The agent it acts as; asks nobody."""
        from axme.resources.agents import Agent, as_agent

        return Agent._from(self._api, as_agent(self._snapshot.raw), complete=False)

    @property
    def workspace(self) -> Workspace:
        """The workspace it belongs to; asks nobody."""
        from axme.resources.workspaces import Workspaces

        return Workspaces(self._api, self.org_id).handle(self.workspace_id)

    @property
    def keys(self) -> ServiceAccountKeys:
        """Its keys, without their secrets."""
        return ServiceAccountKeys(self._api, self.id)

    def create_key(self, *, expires: datetime | timedelta | None = None) -> ServiceAccountKey:
        """Make a key for it; ``key.reveal()`` gives the secret. ``POST /v1/service-accounts/{service_account_id}/keys``

        Args:
            expires: when the key ends; a ``timedelta`` counts from now.
        """
        return create_key(self._api, self.id, expires)

    def revoke_key(self, key_id: str) -> ServiceAccountKey:
        """Make a key useless at once. ``POST /v1/service-accounts/{service_account_id}/keys/{key_id}/revoke``

        Raises:
            AxmeNotFoundError: it has no such key.
        """
        return ServiceAccountKey._from(self._api, self._api.revoke_service_account_key(self.id, key_id).get("key"))

    def delete(self) -> None:
        """Delete it, and revoke its keys. ``DELETE /v1/service-accounts/{service_account_id}``"""
        self._api.delete_service_account(self.id)

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_service_account(self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (self.id, self._seen("name"), self._seen("status"))))


class ServiceAccounts(Placed, Named[ServiceAccount]):
    """The service accounts of a workspace or organization, by name, address or id."""

    __slots__ = ()

    def create(
        self,
        name: str,
        *,
        display_name: str | None = None,
        description: str | None = None,
        org_id: str | None = None,
        workspace_id: str | None = None,
    ) -> ServiceAccount:
        """Create a machine identity, in the workspace of this collection by default. ``POST /v1/service-accounts``

        Raises:
            AxmeConflictError: the name is taken.
        """
        said = {
            "name": name,
            "display_name": display_name,
            "description": description,
            "org_id": org_id or self._org_id,
            "workspace_id": workspace_id or self._workspace_id,
        }
        answer = self._api.create_service_account({key: value for key, value in said.items() if value is not None})
        return ServiceAccount._from(self._api, answer.get("service_account"))

    def get(self, service_account_id: str) -> ServiceAccount:
        """One service account. ``GET /v1/service-accounts/{service_account_id}``

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self.handle(service_account_id).refresh()

    def handle(self, service_account_id: str) -> ServiceAccount:
        """A handle on a service account whose id is known; asks nobody until it is used."""
        return ServiceAccount(self._api, service_account_id)

    def list(self, *, org_id: str | None = None, workspace_id: str | None = None) -> Page[ServiceAccount]:
        """Those of a workspace, or of an organization's that the caller has a role in. ``GET /v1/service-accounts``

        By default those of what this collection belongs to, such as ``org`` in ``org.service_accounts``.
        """
        answer = self._api.list_service_accounts(
            org_id=org_id or self._org_id, workspace_id=workspace_id or self._workspace_id
        )
        return page(
            answer,
            "service_accounts",
            lambda raw: ServiceAccount._from(self._api, raw),
            kind=ServiceAccount,
            what="service accounts",
        )

    def _all(self) -> Page[ServiceAccount]:
        return self.list()

    def _names(self, item: ServiceAccount) -> tuple[str, ...]:
        return tuple(filter(None, (item.name, item.agent_address)))


def create_key(client: FlatCalls, service_account_id: str, expires: datetime | timedelta | None) -> ServiceAccountKey:
    """Make a key of a service account."""
    expires_at = moment("expires", expires)
    body = {} if expires_at is None else {"expires_at": expires_at}
    answer = client.create_service_account_key(service_account_id, body)
    key = ServiceAccountKey._from(client, answer.get("key"))
    if key._secret is None:
        raise AxmeProtocolError(f"the server made key {key.id} but sent no token")
    return key
