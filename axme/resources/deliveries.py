"""Deliveries: payloads on their way to principals (contract 3.30)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from axme.resources._arguments import Identified, given, id_of, seconds
from axme.resources.base import Record
from axme.resources.belongings import Belonging, Belongings
from axme.resources.collections import Page, page
from axme.resources.fields import field, optional, records

if TYPE_CHECKING:
    from marshmallow import Schema


class DeliveryAttempt(Record):
    """One try: ``outcome`` is ``delivered``, ``retry`` or ``hopeless``."""

    __slots__ = ()

    attempt = field("attempt", int)
    route_id = field("route_id", str)
    at = field("at", datetime)
    outcome = field("outcome", str)
    http_status = optional("http_status", int)
    detail = optional("detail", str)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.deliveries import Attempt as Shape

        return Shape

    def _summary(self) -> str:
        return " ".join((self._seen("attempt"), self._seen("outcome"), self._seen("detail")))


class Delivery(Belonging):
    """A payload on its way to a principal.

    ``status`` is ``submitted`` (nothing was tried yet), ``pending`` (it waits in a queue, or for another try),
    ``delivered``, ``failed`` (no try can help) or ``dead_lettered`` (all tries were in vain, or it was given up).
    """

    __slots__ = ()
    _ID = "delivery_id"
    _KEY = "delivery"

    status = field("status", str)
    payload = field("payload", dict[str, Any])
    alias = optional("alias", str)
    transport_type = field("transport_type", str)
    route_id = field("route_id", str)
    #: Where an agent gets an intent by it: which one, and how.
    intent_id = optional("intent_id", str)
    delivery_mode = optional("delivery_mode", str)
    correlation_id = optional("correlation_id", str)
    idempotency_key = optional("idempotency_key", str)
    error_detail = optional("error_detail", str)
    attempt_count = optional("attempt_count", int)
    next_attempt_at = optional("next_attempt_at", datetime)
    replay_of_delivery_id = optional("replay_of_delivery_id", str)
    #: The tries so far; a delivery out of a list fetches them when they are first read.
    attempts = records("attempts", DeliveryAttempt)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.deliveries import Delivery as Shape

        return Shape

    @property
    def replay_of(self) -> Delivery | None:
        """The delivery it repeats; asks nobody."""
        before = self.replay_of_delivery_id
        return None if before is None else Delivery(self._api, before)

    def replay(self, *, idempotency_key: str | None = None) -> Delivery:
        """Deliver the payload anew, by the route that is best now. ``POST /v1/deliveries/{delivery_id}/replay``

        Returns:
            A delivery of its own.

        Raises:
            AxmeConflictError: this one has not ended yet.
            AxmeNotFoundError: the principal has no active route.
        """
        answer = self._api.replay_delivery(self.id, idempotency_key=idempotency_key)
        return Delivery._from(self._api, answer.get("delivery"))

    def acknowledge(self) -> Self:
        """Say that it was taken out of its queue. ``POST /v1/deliveries/{delivery_id}/acknowledge``

        Raises:
            AxmeConflictError: it is not in a queue, or has ended otherwise.
        """
        return self._absorb(self._api.acknowledge_delivery(self.id))

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_delivery(self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (self.id, self._seen("transport_type"), self._seen("status"))))


class DeliveryOperations(Record):
    """How deliveries fared in a window: ``by_status["delivered"]``."""

    __slots__ = ()

    total = field("total", int)
    by_status = field("by_status", dict[str, int])
    by_transport = field("by_transport", dict[str, int])
    window_start = field("window_start", datetime)
    window_hours = field("window_hours", int)
    oldest_open_at = optional("oldest_open_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.deliveries import DeliveryOperations as Shape

        return Shape

    def _summary(self) -> str:
        return f"{self._seen('total')} in {self._seen('window_hours')} hours"


class Deliveries(Belongings):
    """The deliveries of a principal, workspace or organization."""

    __slots__ = ()

    def submit(
        self,
        payload: Mapping[str, Any],
        *,
        alias: str | None = None,
        principal: str | Identified | None = None,
        correlation_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Delivery:
        """Send a payload to an alias or a principal. ``POST /v1/deliveries``

        The best route is chosen at once; ``http`` and ``webhook`` routes are then posted to until it succeeds, at
        most six times in about an hour and a quarter.

        Raises:
            AxmeNotFoundError: no such alias or principal, or it has no active route.
        """
        said = given(
            org_id=self._org_id,
            workspace_id=self._workspace_id,
            alias=alias,
            principal_id=id_of(principal) or self._principal_id,
            payload=payload,
            correlation_id=correlation_id,
        )
        answer = self._api.submit_delivery(said, idempotency_key=idempotency_key)
        return Delivery._from(self._api, answer.get("delivery"))

    def get(self, delivery_id: str) -> Delivery:
        """One delivery with its tries. ``GET /v1/deliveries/{delivery_id}``

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self.handle(delivery_id).refresh()

    def handle(self, delivery_id: str) -> Delivery:
        """A handle on a delivery whose id is known; asks nobody until it is used."""
        return Delivery(self._api, delivery_id)

    def list(
        self, *, principal: str | Identified | None = None, status: str | None = None, limit: int | None = None
    ) -> Page[Delivery]:
        """The deliveries, the newest first. ``GET /v1/deliveries``

        Args:
            status: only these, such as ``pending``.
            limit: at most so many; without it, up to the protocol's most, 1000.
        """
        where = self._where(principal, limit)
        answer = self._api.list_deliveries(**where, status=status)
        return page(
            answer,
            "deliveries",
            lambda raw: Delivery._from(self._api, raw, complete=False),
            what="deliveries",
            limit=where["limit"],
        )

    def operations(self, *, window_hours: int | None = None) -> DeliveryOperations:
        """How the deliveries of the workspace fared, in the last 24 hours by default. ``GET /v1/deliveries-operations``

        Args:
            window_hours: 1 to 168.
        """
        answer = self._api.get_delivery_operations(
            org_id=self._org_id, workspace_id=self._workspace_id, window_hours=window_hours
        )
        return DeliveryOperations(answer)

    def reconcile(
        self,
        *,
        older_than: timedelta | None = None,
        target_status: str | None = None,
        reason: str | None = None,
        limit: int | None = None,
    ) -> tuple[Delivery, ...]:
        """End deliveries of the workspace to which nothing has happened for long. ``POST /v1/deliveries/reconcile``

        Args:
            older_than: five minutes by default.
            target_status: ``dead_lettered`` by default, or ``delivered``.

        Returns:
            Handles on those that were ended.
        """
        said = given(
            org_id=self._org_id,
            workspace_id=self._workspace_id,
            max_pending_age_seconds=seconds("older_than", older_than),
            target_status=target_status,
            reason=reason,
            limit=limit,
        )
        answer = self._api.reconcile_deliveries(said)
        return tuple(self.handle(found) for found in answer.get("delivery_ids") or ())
