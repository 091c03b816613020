"""Transport bindings: the handles by which principals are known on transports (contract 3.29)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from axme.resources._arguments import Identified, given
from axme.resources.belongings import Belonging, Belongings
from axme.resources.collections import Page, page
from axme.resources.fields import field
from axme.resources.named import Named

if TYPE_CHECKING:
    from marshmallow import Schema


class TransportBinding(Belonging):
    """A handle of a principal on a transport; ``status`` is ``active`` or ``inactive``."""

    __slots__ = ()
    _ID = "binding_id"
    _KEY = "binding"

    transport_type = field("transport_type", str)
    transport_handle = field("transport_handle", str)
    priority = field("priority", int)
    status = field("status", str)
    metadata = field("metadata", dict[str, Any])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.transports import Binding as Shape

        return Shape

    def remove(self) -> None:
        """Take it away. ``DELETE /v1/transports/bindings/{binding_id}``"""
        self._api.remove_transport_binding(self.id)

    def _fetch(self) -> dict[str, Any]:
        return self._among(self._api.list_transport_bindings(**self._mine()), "bindings")

    def _summary(self) -> str:
        return " ".join(filter(None, (self.id, self._seen("transport_type"), self._seen("transport_handle"))))


class Transports(Belongings, Named[TransportBinding]):
    """The bindings of a principal, workspace or organization, by id or handle."""

    __slots__ = ()

    def bind(
        self,
        transport_type: str,
        transport_handle: str,
        *,
        priority: int | None = None,
        status: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        principal: str | Identified | None = None,
        idempotency_key: str | None = None,
    ) -> TransportBinding:
        """Bind a principal to a handle, or change the binding there is. ``POST /v1/transports/bindings``

        Args:
            transport_type: ``matrix``, ``http``, ``queue`` or ``webhook``.
            transport_handle: 2 to 255 characters; with principal and transport it is the key.
            principal: whose it is to be, where the collection is not a principal's own.
        """
        said = given(
            principal_id=self._of(principal),
            transport_type=transport_type,
            transport_handle=transport_handle,
            priority=priority,
            status=status,
            metadata=metadata,
        )
        answer = self._api.upsert_transport_binding(said, idempotency_key=idempotency_key)
        return TransportBinding._from(self._api, answer.get("binding"))

    def list(self, *, principal: str | Identified | None = None, limit: int | None = None) -> Page[TransportBinding]:
        """The bindings, in the order they were made. ``GET /v1/transports/bindings``"""
        answer = self._api.list_transport_bindings(**self._where(principal, limit))
        return page(
            answer,
            "bindings",
            lambda raw: TransportBinding._from(self._api, raw),
            kind=TransportBinding,
            what="bindings",
            limit=limit,
        )

    def _all(self) -> Page[TransportBinding]:
        return self.list()

    def _names(self, item: TransportBinding) -> tuple[str, ...]:
        return (item.transport_handle,)
