"""Where calls go out: a requests session for each thread, with everything that never changes settled once."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.models import PreparedRequest, Response
from urllib3.util import Timeout

from axme.config import AxmeClientConfig
from axme.transport.connection import POOLS


class LeanAdapter(HTTPAdapter):
    """The adapter of requests for one server: it looks up pool, proxy and certificates once, not on each call."""

    def __init__(self, base_url: str, kept: int) -> None:
        url = urlsplit(base_url)
        self._origin = len(f"{url.scheme}://{url.netloc}")
        self._pool: Any = None
        super().__init__(pool_connections=1, pool_maxsize=kept)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def get_connection_with_tls_context(self, request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> Any:
        if self._pool is None:
            self._pool = super().get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
            super().cert_verify(self._pool, request.url, verify, cert)
        return self._pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Done when the pool was made."""

    def request_url(self, request: Any, proxies: Any) -> str:
        if proxies:
            return super().request_url(request, proxies)
        return str(request.url[self._origin :])

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        response = Response()
        response.status_code = resp.status
        # Already case-insensitive; cookies play no part.
        response.headers = resp.headers
        response.raw = resp
        response.reason = resp.reason
        response.url = req.url or ""
        response.request = req
        return response


class Route(NamedTuple):
    """A session, and what it would otherwise work out again for each request."""

    session: requests.Session
    adapter: Any
    verify: Any
    cert: Any
    proxies: dict[str, str]

    def send(self, request: PreparedRequest, *, connect: float, read: float) -> Response:
        """One exchange, up to the end of the answer's head. Redirects are not followed, netrc is not read."""
        response: Response = self.adapter.send(
            request,
            stream=True,
            timeout=Timeout(connect=connect, read=read),
            verify=self.verify,
            cert=self.cert,
            proxies=self.proxies,
        )
        return response


def own_route(config: AxmeClientConfig, kept: int = 1) -> Route:
    """A session of our own, made for ``config``, which keeps up to ``kept`` idle connections."""
    session = requests.Session()
    session.trust_env = config.trust_env
    session.verify = config.verify
    session.proxies = dict(config.proxies or {})
    session.mount(config.base_url, LeanAdapter(config.base_url, kept))
    return route_of(session, config)


def route_of(session: requests.Session, config: AxmeClientConfig) -> Route:
    """The way ``session`` would take to the server."""
    # requests lets its CA variables overrule a choice made in code, unless that is passed with the request.
    verify = None if session.verify is True else session.verify
    settings = session.merge_environment_settings(config.base_url, {}, True, verify, None)
    # A proxy would be handed the key of a server that is on this very machine.
    proxies = {} if config.is_loopback else dict(settings["proxies"])
    return Route(session, session.get_adapter(config.base_url + "/"), settings["verify"], settings["cert"], proxies)
