"""``GET /health``."""

from __future__ import annotations

from axme._version import __version__
from axme.contract.schemas.health import Health
from axme.gateway.routes.operation import Access, Answers, Asked, Body, Operation
from axme.gateway.routes.services import Services


async def health(services: Services, _asked: Asked | None) -> Body:
    """Alive, and what kind of gateway this is."""
    return {
        "ok": True,
        "status": "ok",
        "service": "axme-gateway",
        "version": __version__,
        "deployment_profile": "embedded" if services.settings.is_sqlite else "team",
        "storage": services.settings.storage,
    }


OPERATIONS = (
    Operation(
        methods=("GET",),
        path="/health",
        name="health",
        about="Whether the gateway answers.",
        access=Access.PUBLIC,
        action=Answers(health),
        answer=Health,
    ),
)
