"""``GET /metrics``: numbers about this node and its database, for Prometheus. No label names a tenant or an id."""

from __future__ import annotations

import hmac

from starlette.types import Send

from axme.contract.codes import FORBIDDEN, INVALID_KEY
from axme.gateway.actions import vitals
from axme.gateway.errors import GatewayError
from axme.gateway.routes.operation import Access, Asked, Operation, Transfers
from axme.gateway.routes.request import Request
from axme.gateway.routes.services import Services
from axme.gateway.settings import is_loopback_name

#: What a proxy adds: then it was not this machine that asked.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


async def metrics(services: Services, request: Request, _asked: Asked | None, send: Send) -> None:
    """Answer whoever shows the token, or asks on this machine where there is none."""
    _require_permission(services.settings.metrics_token, services.settings.is_loopback, request)
    found: vitals.Vitals | None = None
    if services.store.trouble is None:
        try:
            found = await services.store.read(vitals.take)
        except GatewayError:
            pass  # The database went away just now; that is what is told.
    # Imported here: who never asks should not wait for the library at start-up.
    from axme.gateway.routes import exposition

    text = exposition.text(services, found)
    headers = [
        (b"content-type", exposition.CONTENT_TYPE.encode()),
        (b"cache-control", b"no-store"),
        (b"content-length", b"%d" % len(text)),
        *request.echo(),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def _require_permission(token: str | None, on_loopback: bool, request: Request) -> None:
    if token is not None:
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(shown.strip().encode(), token.encode()):
            raise GatewayError(INVALID_KEY, "send the metrics token as Authorization: Bearer …")
        return
    host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    if not on_loopback or not is_loopback_name(host) or any(name in request.headers for name in _FORWARDED):
        raise GatewayError(
            FORBIDDEN, "metrics are for this machine alone: set AXME_GATEWAY_METRICS_TOKEN to read them from elsewhere"
        )


OPERATIONS = (
    Operation(
        methods=("GET",),
        path="/metrics",
        name="metrics",
        about="Numbers for Prometheus: for this machine, or with the metrics token.",
        access=Access.PUBLIC,
        action=Transfers(metrics),
    ),
)
