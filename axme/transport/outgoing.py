"""From a call to the bytes of its request: made once, and the same on every attempt."""

from __future__ import annotations

import uuid
from typing import Any

from requests.models import PreparedRequest

from axme._version import __version__
from axme.config import AxmeClientConfig, Secret
from axme.contract import headers, jsontext
from axme.contract.limits import ADDRESS_CHARS, CORRELATION_ID_CHARS, KEY_CHARS
from axme.exceptions import AxmeValueError
from axme.transport.call import ABSENT, READS, Call, target
from axme.transport.idempotency import mint

_JSON = "application/json"
USER_AGENT = f"axme-sdk-python/{__version__}"


def standing_headers(config: AxmeClientConfig) -> dict[str, str]:
    """The headers all requests of a client share."""
    found = {
        headers.API_KEY: config.api_key,
        headers.CLIENT: USER_AGENT,
        "User-Agent": USER_AGENT,
        "Accept": _JSON,
        "Accept-Encoding": "gzip, deflate",
        "Content-Type": _JSON,
    }
    if config.actor_token:
        found[headers.AUTHORIZATION] = Secret(f"Bearer {config.actor_token}")
    return found


class Outgoing:
    """A request ready to be sent, and the key that names its effect."""

    __slots__ = ("call", "key", "request")

    def __init__(self, call: Call, config: AxmeClientConfig, standing: dict[str, str]) -> None:
        self.call = call
        self.key = call.idempotency_key
        if self.key is None and call.method not in READS:
            self.key = mint()
        self.request = PreparedRequest()
        self.request.method = call.method
        self.request.url = config.base_url + target(call)
        self.request.headers = self._headers(config, standing)  # type: ignore[assignment]
        self.request.body = None
        if call.json is not ABSENT:
            self.request.body = _body(call)
            self.request.headers["Content-Length"] = str(len(self.request.body))

    def _headers(self, config: AxmeClientConfig, standing: dict[str, str]) -> dict[str, str]:
        call, found = self.call, dict(standing)
        if call.authorization is not None:
            found[headers.AUTHORIZATION] = Secret(_checked("authorization", call.authorization, headers.VALUE_CHARS))
        if self.key is not None:
            found[headers.IDEMPOTENCY_KEY] = _checked("idempotency_key", self.key, KEY_CHARS)
        if call.owner_agent is not None:
            found[headers.OWNER_AGENT] = _checked("owner_agent", call.owner_agent, ADDRESS_CHARS)
        if call.correlation_id is not None:
            found[headers.CORRELATION_ID] = _checked("correlation_id", call.correlation_id, CORRELATION_ID_CHARS)
        if call.trace_id is not None:
            found[headers.TRACE_ID] = _checked("trace_id", call.trace_id, KEY_CHARS)
        elif config.auto_trace_id:
            found[headers.TRACE_ID] = str(uuid.uuid4())
        return found


def _checked(name: str, value: Any, limit: int) -> str:
    fault = headers.fault(value, limit)
    if fault:
        raise AxmeValueError(f"{name} {fault}: nothing was sent")
    return str(value)


def _body(call: Call) -> bytes:
    try:
        return jsontext.dumps(call.json).encode()
    except jsontext.JsonError as error:
        raise AxmeValueError(f"{call.operation or call.path}: the body cannot be sent: {error}") from None
