"""``GET /health``."""

from __future__ import annotations

from axme._version import __version__
from axme.contract.schemas.health import Health, Ready
from axme.gateway.actions import vitals
from axme.gateway.routes.operation import Access, Answers, Asked, Body, Operation
from axme.gateway.routes.services import Services


async def health(services: Services, _asked: Asked | None) -> Body:
    """Alive, whatever becomes of the database, and what kind of gateway this is."""
    trouble = services.store.trouble
    return {
        "ok": True,
        "status": "ok" if trouble is None else "degraded",
        "service": "axme-gateway",
        "version": __version__,
        "deployment_profile": "embedded" if services.settings.is_sqlite else "team",
        "storage": services.settings.storage,
        **({} if trouble is None else {"trouble": trouble}),
    }


async def ready(services: Services, _asked: Asked | None) -> Body:
    """Whether requests are better sent here or elsewhere."""
    if services.store.trouble is not None:
        # The last write failed; whether the next one does is seen by trying, where that is not known otherwise.
        await services.store.write(vitals.prove_writable)
    await services.store.read(vitals.prove_readable)
    return {"ok": True, "status": "ready"}


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
    Operation(
        methods=("GET",),
        path="/ready",
        name="ready",
        about="Whether it can do what it is asked: 503 while the database cannot be used.",
        access=Access.PUBLIC,
        action=Answers(ready),
        answer=Ready,
    ),
)
