"""What every family of flat calls stands on: one method that makes a ``Call`` and hands it to the transport."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.config import AxmeClientConfig
from axme.exceptions import AxmeProtocolError
from axme.transport import ABSENT, Call, Cancel, Transport, quoted_path

Query = Mapping[str, str | int | bool | None]
NO_QUERY: Query = {}


class WireCalls:
    """The base of the flat calls. It holds a configuration and a transport, and no state of its own."""

    config: AxmeClientConfig
    transport: Transport

    def _call(
        self,
        operation: str,
        method: str,
        template: str,
        *ids: str,
        query: Query = NO_QUERY,
        json: Any = ABSENT,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
        owner_agent: str | None = None,
        correlation_id: str | None = None,
        authorization: str | None = None,
        timeout: float | None = None,
        held: float = 0.0,
        cancel: Cancel | None = None,
    ) -> dict[str, Any]:
        """Send one call and return the JSON object it is answered with."""
        return self._send(
            Call(
                method=method,
                path=quoted_path(template, *ids),
                query=query,
                json=json,
                operation=operation,
                idempotency_key=idempotency_key,
                trace_id=trace_id,
                owner_agent=owner_agent,
                correlation_id=correlation_id,
                authorization=authorization,
                timeout=timeout,
                held=held,
                cancel=cancel,
            )
        )

    def _send(self, call: Call) -> dict[str, Any]:
        answer: dict[str, Any] = self.transport.send(call)
        return answer

    def _owner(self, owner_agent: str | None, header: str | None = None) -> str | None:
        """The owner for the query: as given, else the configured one unless the header names one (contract 1.3)."""
        return owner_agent if owner_agent or header else self.config.default_owner_agent


def unexpected(operation: str, what: str) -> AxmeProtocolError:
    """An answer that arrived whole, but is not what the protocol allows."""
    return AxmeProtocolError(f"the server's answer is not what the protocol allows: {what}", operation=operation)
