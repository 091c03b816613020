"""Principals: the parties deliveries are addressed to (contract 3.26)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from axme.resources._arguments import given
from axme.resources.aliases import Aliases
from axme.resources.base import Resource
from axme.resources.collections import Placed
from axme.resources.deliveries import Deliveries, Delivery
from axme.resources.fields import field, optional
from axme.resources.routing import Resolution, Routes
from axme.resources.transports import Transports

if TYPE_CHECKING:
    from marshmallow import Schema


class Principal(Resource):
    """A person, agent or account that can be reached: by aliases, which name it, and routes, which lead to it.

    ``principal_type`` is ``user``, ``service_agent`` or ``service_account``.
    """

    __slots__ = ()
    _ID = "principal_id"
    _KEY = "principal"

    org_id = field("org_id", str)
    workspace_id = field("workspace_id", str)
    principal_type = field("principal_type", str)
    display_name = optional("display_name", str)
    status = field("status", str)
    metadata = field("metadata", dict[str, Any])
    created_at = field("created_at", datetime)
    updated_at = field("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.principals import Principal as Shape

        return Shape

    @property
    def aliases(self) -> Aliases:
        """Names that stand for it."""
        return Aliases(self._api, principal_id=self.id)

    @property
    def routes(self) -> Routes:
        """Where it is reached."""
        return Routes(self._api, principal_id=self.id)

    @property
    def transports(self) -> Transports:
        """Its handles on transports."""
        return Transports(self._api, principal_id=self.id)

    @property
    def deliveries(self) -> Deliveries:
        """What was sent to it."""
        return Deliveries(self._api, principal_id=self.id)

    def deliver(
        self,
        payload: Mapping[str, Any],
        *,
        correlation_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Delivery:
        """Send it a payload. ``POST /v1/deliveries``; answer and errors as of ``client.deliveries.submit``."""
        return self.deliveries.submit(payload, correlation_id=correlation_id, idempotency_key=idempotency_key)

    def resolve(self) -> Resolution:
        """Which of its routes a delivery would take. ``POST /v1/routing/resolve``

        Raises:
            AxmeNotFoundError: it has no active route.
        """
        return self.routes.resolve()

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_principal(self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (self.id, self._seen("principal_type"), self._seen("display_name"))))


class Principals(Placed):
    """The principals of a workspace."""

    __slots__ = ()

    def create(
        self,
        principal_type: str,
        *,
        display_name: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Principal:
        """Create a principal, in the caller's workspace by default. ``POST /v1/principals``

        Args:
            principal_type: ``user``, ``service_agent`` or ``service_account``.

        Raises:
            AxmeValidationError: there is no such type.
        """
        said = given(
            org_id=self._org_id,
            workspace_id=self._workspace_id,
            principal_type=principal_type,
            display_name=display_name,
            metadata=metadata,
        )
        answer = self._api.create_principal(said, idempotency_key=idempotency_key)
        return Principal._from(self._api, answer.get("principal"))

    def get(self, principal_id: str) -> Principal:
        """One principal. ``GET /v1/principals/{principal_id}``

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self.handle(principal_id).refresh()

    def handle(self, principal_id: str) -> Principal:
        """A handle on a principal whose id is known; asks nobody until it is used."""
        return Principal(self._api, principal_id)
