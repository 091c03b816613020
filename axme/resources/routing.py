"""Routes: where principals are reached, and which one a delivery takes (contract 3.28)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from axme.resources._arguments import Identified, given, id_of
from axme.resources.aliases import Alias
from axme.resources.belongings import Belonging, Belongings
from axme.resources.collections import Page, page
from axme.resources.fields import field, optional
from axme.resources.named import Named

if TYPE_CHECKING:
    from marshmallow import Schema

    from axme.resources.principals import Principal


class Route(Belonging):
    """An endpoint of a principal.

    Of its active routes the healthiest is taken, and among these the lowest ``priority`` number. ``health_status`` is
    ``healthy``, ``degraded``, ``unhealthy`` or ``unknown``; ``status`` is ``active``, ``inactive`` or ``draining``;
    ``failover_policy`` (``none``, ``same_region``, ``cross_region``) says where a try goes after a failed one.
    """

    __slots__ = ()
    _ID = "route_id"
    _KEY = "route"

    transport_type = field("transport_type", str)
    endpoint_url = field("endpoint_url", str)
    auth_mode = field("auth_mode", str)
    region = optional("region", str)
    cluster_id = optional("cluster_id", str)
    failover_policy = field("failover_policy", str)
    priority = field("priority", int)
    health_status = field("health_status", str)
    status = field("status", str)
    metadata = field("metadata", dict[str, Any])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.routing import Route as Shape

        return Shape

    def update(
        self,
        *,
        endpoint_url: str | None = None,
        auth_mode: str | None = None,
        region: str | None = None,
        cluster_id: str | None = None,
        failover_policy: str | None = None,
        priority: int | None = None,
        health_status: str | None = None,
        status: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Self:
        """Change what is given. ``PATCH /v1/routing/endpoints/{route_id}``

        Raises:
            AxmeNotFoundError: it was removed.
        """
        said = given(
            endpoint_url=endpoint_url,
            auth_mode=auth_mode,
            region=region,
            cluster_id=cluster_id,
            failover_policy=failover_policy,
            priority=priority,
            health_status=health_status,
            status=status,
            metadata=metadata,
        )
        return self._absorb(self._api.update_routing_endpoint(self.id, said))

    def remove(self) -> None:
        """Take it away. ``DELETE /v1/routing/endpoints/{route_id}``"""
        self._api.remove_routing_endpoint(self.id)

    def _fetch(self) -> dict[str, Any]:
        return self._among(self._api.list_routing_endpoints(**self._mine()), "routes")

    def _summary(self) -> str:
        seen = (self._seen("transport_type"), self._seen("endpoint_url"), self._seen("status"))
        return " ".join(filter(None, (self.id, *seen)))


class Resolution(NamedTuple):
    """The way a delivery would take."""

    #: The alias it began with, if it did.
    alias: Alias | None
    principal: Principal
    route: Route
    #: All active routes, the best first.
    candidates: tuple[Route, ...]


class Routes(Belongings, Named[Route]):
    """The routes of a principal, workspace or organization, by id or endpoint: ``principal.routes["https://…"]``."""

    __slots__ = ()

    def register(
        self,
        transport_type: str,
        endpoint_url: str,
        *,
        auth_mode: str = "none",
        priority: int | None = None,
        failover_policy: str | None = None,
        region: str | None = None,
        cluster_id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        principal: str | Identified | None = None,
        idempotency_key: str | None = None,
    ) -> Route:
        """Give a principal an endpoint. ``POST /v1/routing/endpoints``

        Args:
            transport_type: ``http`` and ``webhook`` are posted to; in a ``queue`` deliveries wait to be acknowledged.
            endpoint_url: where it is, 8 to 4096 characters.
            auth_mode: the embedded gateway posts to routes of ``none``.
            priority: 1 to 10000, 100 by default; the lowest number is taken.
            principal: whose it is to be, where the collection is not a principal's own.

        Raises:
            AxmeValidationError: the URL cannot be posted to.
        """
        said = given(
            principal_id=self._of(principal),
            transport_type=transport_type,
            endpoint_url=endpoint_url,
            auth_mode=auth_mode,
            priority=priority,
            failover_policy=failover_policy,
            region=region,
            cluster_id=cluster_id,
            metadata=metadata,
        )
        answer = self._api.register_routing_endpoint(said, idempotency_key=idempotency_key)
        return Route._from(self._api, answer.get("route"))

    def list(self, *, principal: str | Identified | None = None, limit: int | None = None) -> Page[Route]:
        """The routes, in the order they were made. ``GET /v1/routing/endpoints``"""
        answer = self._api.list_routing_endpoints(**self._where(principal, limit))
        return page(answer, "routes", lambda raw: Route._from(self._api, raw), kind=Route, what="routes", limit=limit)

    def resolve(self, *, alias: str | None = None, principal: str | Identified | None = None) -> Resolution:
        """Which route a delivery to an alias or a principal would take. ``POST /v1/routing/resolve``

        Raises:
            AxmeNotFoundError: no such alias or principal, or it has no active route.
        """
        from axme.resources.principals import Principal

        said = given(
            org_id=self._org_id,
            workspace_id=self._workspace_id,
            alias=alias,
            principal_id=id_of(principal) or self._principal_id,
        )
        raw = self._api.resolve_routing(said).get("resolution") or {}
        return Resolution(
            alias=None if raw.get("alias") is None else Alias._from(self._api, raw["alias"]),
            principal=Principal._from(self._api, raw.get("principal")),
            route=Route._from(self._api, raw.get("selected_route")),
            candidates=tuple(Route._from(self._api, route) for route in raw.get("candidate_routes") or ()),
        )

    def _all(self) -> Page[Route]:
        return self.list()

    def _names(self, item: Route) -> tuple[str, ...]:
        return (item.endpoint_url,)
