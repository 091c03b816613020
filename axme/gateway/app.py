"""The ASGI application: one thin layer around the routes, and nothing a client sends passes it unanswered."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from time import monotonic
from typing import NoReturn

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from axme.contract.codes import BAD_REQUEST, INTERNAL_ERROR, MISDIRECTED, NOT_FOUND, NOT_IMPLEMENTED
from axme.gateway.errors import GatewayError
from axme.gateway.routes.answers import send_error
from axme.gateway.routes.layer import Endpoint
from axme.gateway.routes.operation import Operation
from axme.gateway.routes.paths import Paths
from axme.gateway.routes.request import Request
from axme.gateway.routes.services import Services
from axme.gateway.routes.table import ELSEWHERE, OPERATIONS, TEST_CLOCK_OPERATIONS
from axme.gateway.web.layer import PageEndpoint
from axme.gateway.web.table import PAGES

_log = logging.getLogger("axme.gateway")


class App:
    """Names every request, checks where it thinks it is, routes it, and turns failures into envelopes."""

    def __init__(self, services: Services) -> None:
        self._measures = services.measures
        self._hosts = services.settings.hosts
        extra = TEST_CLOCK_OPERATIONS if services.settings.clock == "test" else ()
        self._paths = Paths(_endpoints(services, [*OPERATIONS, *extra]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"this application speaks http, not {scope['type']}")
        request = Request(scope, receive)
        scope["axme.request"] = request
        began, status = monotonic(), 0
        self._measures.under_way += 1

        async def watched_send(message: Message) -> None:
            nonlocal status
            status = status or message["status"]
            await send(message)

        try:
            self._check(request)
            endpoint, scope["path_params"] = self._paths.find(request.path) or _nowhere(request.path)
            await endpoint(scope, receive, watched_send)
        except GatewayError as error:
            if status:
                raise
            await send_error(watched_send, error, request.request_id, request.trace_id, request.echo())
        except Exception:
            _log.exception("request %s failed: %s %r", request.request_id, request.method, _loggable(scope)[:200])
            if status:
                raise
            failure = GatewayError(INTERNAL_ERROR, f"something went wrong here (request {request.request_id})")
            await send_error(watched_send, failure, request.request_id, request.trace_id, request.echo())
        finally:
            self._measures.under_way -= 1
            self._measures.note(request.operation, status, monotonic() - began)

    def _check(self, request: Request) -> None:
        if not request.path.isprintable():
            raise GatewayError(NOT_FOUND, "there is nothing at a path with control characters")
        if request.twice:
            text = f"the header {request.twice} is given twice"
            raise GatewayError(BAD_REQUEST, text, headers={"Connection": "close"})
        if self._hosts is None:
            return
        host = request.headers.get("host", "").lower()
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if name not in self._hosts:
            allowed = ", ".join(sorted(self._hosts))
            raise GatewayError(MISDIRECTED, f"the Host header names {host[:80]!r}; this gateway answers to {allowed}")


def _loggable(scope: Scope) -> str:
    """The path without the token in it, which lets in who has it."""
    path: str = scope["path"]
    token: str = scope.get("path_params", {}).get("token", "")
    return path.replace(token, "(token)") if token else path


def _endpoints(services: Services, operations: Iterable[Operation]) -> Iterator[tuple[str, ASGIApp]]:
    by_path: dict[str, list[Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, []).append(operation)
    for path, group in by_path.items():
        yield path, Endpoint(services, group)
    for page in PAGES:
        yield page.path, PageEndpoint(services, page)


def _nowhere(path: str) -> NoReturn:
    if path.startswith(ELSEWHERE):
        raise GatewayError(NOT_IMPLEMENTED, f"this gateway does not serve {path[:200]!r}")
    raise GatewayError(NOT_FOUND, f"there is nothing at {path[:200]!r}: see /openapi.json")
