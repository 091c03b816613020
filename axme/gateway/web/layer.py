"""The layer every request for a page passes: method, form, and a page for whatever goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from starlette.types import Receive, Scope, Send

from axme.contract.codes import BAD_REQUEST, METHOD_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE
from axme.gateway.actions.refusals import Refusal
from axme.gateway.delivery.stream import Source
from axme.gateway.errors import GatewayError
from axme.gateway.routes.operation import Asked
from axme.gateway.routes.request import Request
from axme.gateway.routes.services import Services
from axme.gateway.routes.streams import send_stream
from axme.gateway.web import guard
from axme.gateway.web.answers import Typed
from axme.gateway.web.html import Answer, notice, send_page

_log = logging.getLogger("axme.gateway")
_MOST_CONTROLS = 5000
_MOST_IN_QUERY = 50
_FORM_TYPE = "application/x-www-form-urlencoded"
_TROUBLE = {
    403: "This did not come from the page",
    409: "This cannot be done now",
    413: "This is too much",
    429: "Too many tries",
    500: "Something went wrong here",
    503: "This is not possible right now",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page."""

    services: Services
    request: Request
    params: dict[str, str]

    def refused(self, reason: str) -> None:
        """Count a key or link that was shown and lets nobody in."""
        self.services.trail.refused(Refusal(self.request.source, reason), self.request.request_id)

    @property
    def query(self) -> dict[str, str]:
        """The query of the page, without what is empty."""
        text = self.request.query_string.decode("latin-1")
        try:
            found = parse_qs(text, errors="replace", max_num_fields=_MOST_IN_QUERY)
        except ValueError:
            raise GatewayError(BAD_REQUEST, "this address asks for too much") from None
        return {name: values[0].strip() for name, values in found.items() if values[0].strip()}

    async def form(self, secret: str) -> Typed:
        """What was typed into the page's own form.

        Raises:
            GatewayError: 400, 413, 415; 403, it does not come from the page.
        """
        kind = self.request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind != _FORM_TYPE:
            raise GatewayError(UNSUPPORTED_MEDIA_TYPE, f"a form is sent as {_FORM_TYPE}")
        data = (await self.request.body()).decode("latin-1")
        try:
            typed = parse_qs(data, keep_blank_values=True, errors="replace", max_num_fields=_MOST_CONTROLS)
        except ValueError:
            raise GatewayError(BAD_REQUEST, "this form has too many fields") from None
        # No database keeps the character U+0000.
        typed = {name: [text.replace("\x00", "\ufffd") for text in texts] for name, texts in typed.items()}
        said = typed.pop(guard.FORM_TOKEN, [""])[0]
        guard.require_own_form(secret, said, self.request.headers, self._hosts())
        return typed

    def _hosts(self) -> frozenset[str]:
        public = urlsplit(self.services.settings.public_url or "").netloc
        return frozenset({self.request.headers.get("host", "").lower(), public.lower()})


@dataclass(frozen=True, slots=True)
class Live:
    """Not a page but the events that the script of one follows."""

    source: Source
    asked: Asked


@dataclass(frozen=True, slots=True)
class Page:
    """One page: what is shown, and what its form does. Showing changes nothing."""

    path: str
    name: str
    show: Callable[[Visit], Awaitable[Answer | Live]]
    take: Callable[[Visit], Awaitable[Answer]] | None = None


class PageEndpoint:
    """A page as an ASGI application. The path may be a secret, so no log names it."""

    def __init__(self, services: Services, page: Page) -> None:
        self._services = services
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request: Request = scope["axme.request"]
        request.operation = f"page_{self._page.name}"
        try:
            answer: Answer | Live = await self._answer(Visit(self._services, request, scope["path_params"]))
        except GatewayError as error:
            answer = trouble(error)
        except Exception:
            _log.exception("request %s failed: the page %s", request.request_id, self._page.name)
            answer = notice(
                _TROUBLE[500], f"Please try again. The number of this request is {request.request_id}.", status=500
            )
        if isinstance(answer, Live):
            await send_stream(self._services, answer.source, answer.asked, request, send)
            return
        await send_page(send, answer, request.echo(), head=request.method == "HEAD")

    async def _answer(self, visit: Visit) -> Answer | Live:
        if visit.request.method in ("GET", "HEAD"):
            return await self._page.show(visit)
        if visit.request.method == "POST" and self._page.take is not None:
            return await self._page.take(visit)
        allow = "GET, HEAD" if self._page.take is None else "GET, HEAD, POST"
        raise GatewayError(METHOD_NOT_ALLOWED, f"this page takes only {allow}", headers={"Allow": allow})


def trouble(error: GatewayError) -> Answer:
    """The page of a refusal."""
    text = error.message[:1].upper() + error.message[1:] + "."
    page = notice(_TROUBLE.get(error.code.status, "This did not work"), text, status=error.code.status)
    page.headers.extend((name.lower().encode(), value.encode("latin-1")) for name, value in error.headers.items())
    return page
