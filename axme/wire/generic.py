"""Any path of the gateway, with the same key, retries and errors as every other call."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from axme.transport import ABSENT, Call
from axme.wire._base import NO_QUERY, Query, WireCalls


class GenericCalls(WireCalls):
    """One method for each HTTP verb, for what has no call of its own."""

    def get(self, path: str, *, query: Query = NO_QUERY, trace_id: str | None = None) -> dict[str, Any]:
        """Read any path. ``GET /{path}``

        Args:
            path: from ``/`` on, its ids quoted already; it may end with a query of its own.
            query: query parameters; those that are ``None`` are left out.

        Returns:
            The decoded JSON.

        Raises:
            AxmeValueError: the path does not start with ``/``, or holds what a path cannot.
            AxmeError: the call failed.

        Example:
            >>> client.get("/v1/intents", query={"limit": 5})  # doctest: +SKIP
        """
        return self._generic("GET", path, query=query, trace_id=trace_id)

    def post(
        self,
        path: str,
        *,
        json: Any = ABSENT,
        query: Query = NO_QUERY,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Write to any path. ``POST /{path}``; arguments, answer and errors as of :meth:`get`."""
        return self._generic("POST", path, json, query, idempotency_key, trace_id)

    def put(
        self,
        path: str,
        *,
        json: Any = ABSENT,
        query: Query = NO_QUERY,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Replace what is at any path. ``PUT /{path}``; arguments, answer and errors as of :meth:`get`."""
        return self._generic("PUT", path, json, query, idempotency_key, trace_id)

    def patch(
        self,
        path: str,
        *,
        json: Any = ABSENT,
        query: Query = NO_QUERY,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Change what is at any path. ``PATCH /{path}``; arguments, answer and errors as of :meth:`get`."""
        return self._generic("PATCH", path, json, query, idempotency_key, trace_id)

    def delete(
        self,
        path: str,
        *,
        json: Any = ABSENT,
        query: Query = NO_QUERY,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Remove what is at any path. ``DELETE /{path}``; arguments, answer and errors as of :meth:`get`."""
        return self._generic("DELETE", path, json, query, idempotency_key, trace_id)

    def _generic(
        self,
        method: str,
        path: str,
        json: Any = ABSENT,
        query: Query = NO_QUERY,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        path, _, inside = path.partition("?")
        return self._send(
            Call(
                method=method,
                path=path,
                query={**dict(parse_qsl(inside, keep_blank_values=True)), **query},
                json=json,
                operation=method.lower(),
                idempotency_key=idempotency_key,
                trace_id=trace_id,
            )
        )
