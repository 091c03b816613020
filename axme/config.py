"""The configuration of a client: argument, else environment, else default (contract 4)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from math import isfinite
from typing import Any, NoReturn
from urllib.parse import SplitResult, urlsplit

from axme.contract import headers
from axme.contract.limits import ADDRESS_CHARS
from axme.exceptions import AxmeConfigError

CLOUD_URL = "https://api.cloud.axme.ai"
DEFAULT_TIMEOUT = 30.0
_NO_KEY = (
    "no API key: pass AxmeClientConfig(api_key=…) or set AXME_API_KEY. Keys are made with `axme login`, or by a "
    "gateway of your own: start one with `python -m axme.gateway`, it prints its base URL and key"
)
#: Stands for "not given" where the environment or another field decides; typed so that readers see the real type.
_UNSET: Any = None


class Secret(str):
    """Text that shows itself only when used: not in a ``repr``, so not in notebooks or captured local variables."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a secret is not pickled; read it from the environment where it is needed")

    def __deepcopy__(self, memo: Any) -> Secret:
        return self


@dataclass(frozen=True)
class AxmeClientConfig:
    """How a client reaches a gateway, and as whom. Immutable, safe to share, and it never shows a secret.

    Args:
        base_url: where the gateway is, else ``AXME_BASE_URL``, else the cloud. ``http://`` only for this machine.
        api_key: the machine key, else ``AXME_API_KEY``.
        actor_token: a person's token, sent as ``Authorization: Bearer …``; else ``AXME_ACTOR_TOKEN``.
        bearer_token: another name of ``actor_token``.
        timeout_seconds: longest silence while connecting or waiting for bytes, in seconds.
        timeout: longest time for a whole call with all its retries, in seconds; else ``AXME_TIMEOUT``, else 30,
            or twice ``timeout_seconds`` where that is longer.
        max_retries: how often an answered failure is tried again; else ``AXME_MAX_RETRIES``, else 2.
        retry_backoff_seconds: the first wait before a retry is a random time up to this, the next up to twice as long.
        auto_trace_id: send an ``X-Trace-Id`` of our own with calls that are given none.
        default_owner_agent: the owner for calls that are given none; else ``AXME_OWNER_AGENT``.
        mcp_endpoint_path: where MCP requests go.
        mcp_protocol_version: the MCP version announced.
        mcp_observer: called with a dict before and after each MCP request.
        trust_env: let ``HTTP_PROXY`` and its kin, and the CA variables, have a say; loopback is never proxied.
        proxies: proxies by scheme, such as ``{"https": "http://proxy:3128"}``; they see no loopback call.
        verify: check certificates (``True``), or the path of a CA bundle to check them with.
        allow_insecure_http: allow ``http://`` to other machines, where anyone on the way can read the key.

    Raises:
        AxmeConfigError: something is missing or contradicts itself; the message says what to do.

    Example:
        >>> AxmeClientConfig(base_url="http://127.0.0.1:8100", api_key="…")  # doctest: +SKIP
    """

    base_url: str = _UNSET
    api_key: str = field(default=_UNSET, repr=False)
    actor_token: str | None = field(default=None, repr=False)
    bearer_token: str | None = field(default=None, repr=False)
    timeout_seconds: float = 15.0
    max_retries: int = _UNSET
    retry_backoff_seconds: float = 0.2
    auto_trace_id: bool = True
    default_owner_agent: str | None = None
    mcp_endpoint_path: str = "/mcp"
    mcp_protocol_version: str = "2024-11-05"
    mcp_observer: Callable[[dict[str, Any]], None] | None = field(default=None, repr=False)
    timeout: float = _UNSET
    trust_env: bool = False
    proxies: Mapping[str, str] | None = field(default=None, repr=False, hash=False)
    verify: bool | str = True
    allow_insecure_http: bool = False

    def __post_init__(self) -> None:
        self._settle_place()
        self._settle_identity()
        self._settle_limits()

    @property
    def is_loopback(self) -> bool:
        """Whether the gateway is on this machine."""
        return _is_loopback(urlsplit(self.base_url).hostname or "")

    def _settle_place(self) -> None:
        given = _first(self.base_url, os.environ.get("AXME_BASE_URL"), CLOUD_URL)
        url = _checked_url(given)
        self._set("base_url", given.rstrip("/"))
        if url.scheme == "http" and not (self.allow_insecure_http or _is_loopback(url.hostname or "")):
            raise AxmeConfigError(
                f"base_url {given!r} is plain http, which shows the key to the network on the way to {url.hostname}: "
                "use https, or pass allow_insecure_http=True if that is meant"
            )
        if not isinstance(self.mcp_endpoint_path, str) or not self.mcp_endpoint_path.startswith("/"):
            raise AxmeConfigError(f"mcp_endpoint_path must start with '/', not {self.mcp_endpoint_path!r}")

    def _settle_identity(self) -> None:
        key = _first(self.api_key, os.environ.get("AXME_API_KEY"))
        if key is None or (isinstance(key, str) and not key.strip()):
            raise AxmeConfigError(_NO_KEY)
        if self.actor_token and self.bearer_token and self.actor_token != self.bearer_token:
            raise AxmeConfigError("actor_token and bearer_token are two names of one thing, but were given two values")
        token = _first(self.actor_token, self.bearer_token, os.environ.get("AXME_ACTOR_TOKEN") or None)
        owner = _first(self.default_owner_agent, os.environ.get("AXME_OWNER_AGENT") or None)
        for name, value, limit in (
            ("api_key", key, headers.VALUE_CHARS),
            ("actor_token", token, headers.VALUE_CHARS),
            ("default_owner_agent", owner, ADDRESS_CHARS),
        ):
            fault = None if value is None else headers.fault(value, limit)
            if fault:
                raise AxmeConfigError(f"{name} {fault}")
        self._set("api_key", Secret(key))
        self._set("actor_token", token and Secret(token))
        self._set("bearer_token", self.actor_token)
        self._set("default_owner_agent", owner)

    def _settle_limits(self) -> None:
        _positive("timeout_seconds", self.timeout_seconds)
        total = _first(self.timeout, _number("AXME_TIMEOUT", float), max(DEFAULT_TIMEOUT, 2 * self.timeout_seconds))
        self._set("timeout", _positive("timeout", total))
        retries = _first(self.max_retries, _number("AXME_MAX_RETRIES", int), 2)
        if not isinstance(retries, int) or isinstance(retries, bool) or retries < 0:
            raise AxmeConfigError(f"max_retries must be a whole number from 0, not {retries!r}")
        self._set("max_retries", retries)
        if self.retry_backoff_seconds != 0:
            _positive("retry_backoff_seconds", self.retry_backoff_seconds)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "AxmeClientConfig holds secrets and is not pickled: make it anew in the other process, from its environment"
        )

    def __copy__(self) -> AxmeClientConfig:
        return self

    def __deepcopy__(self, memo: Any) -> AxmeClientConfig:
        return self


def _first(*choices: Any) -> Any:
    return next((choice for choice in choices if choice is not None), None)


def _number(variable: str, kind: Callable[[str], Any]) -> Any:
    text = os.environ.get(variable)
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        raise AxmeConfigError(f"the environment variable {variable} must be a number, not {text!r}") from None


def _positive(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value) or value <= 0:
        raise AxmeConfigError(f"{name} must be a number of seconds above 0, not {value!r}")
    return value


def _checked_url(text: Any) -> SplitResult:
    if not isinstance(text, str) or not text.strip():
        raise AxmeConfigError(f"base_url must be a URL such as http://127.0.0.1:8100, not {text!r}")
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        raise AxmeConfigError(f"base_url is not a URL: {error}") from None
    if url.username is not None or url.password is not None:
        raise AxmeConfigError("base_url must not hold a user name or password")
    if url.scheme not in ("http", "https") or not url.hostname or port == 0:
        raise AxmeConfigError(f"base_url must be http(s)://host[:port], not {text!r}")
    if headers.fault(text) or " " in text or "\\" in text:
        raise AxmeConfigError(f"base_url {text!r} may hold printable ASCII characters only, and no blanks")
    if url.query or url.fragment or "?" in text or "#" in text or {".", ".."} & set(url.path.split("/")):
        raise AxmeConfigError(f"base_url must end with the host or a plain path: {text!r}")
    return url


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
