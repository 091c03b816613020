"""Agents, and the stream of what is sent to one (contract 3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.contract.limits import DEFAULT_WAIT_SECONDS
from axme.streaming import EventStream
from axme.transport import Call, quoted_path
from axme.wire._base import WireCalls

_DELIVERY = "/v1/agents/{}/delivery"


class AgentCalls(WireCalls):
    """The flat calls about agents."""

    def list_agents(
        self,
        *,
        org_id: str | None = None,
        workspace_id: str | None = None,
        limit: int | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """The agents of a workspace, the caller's own by default. ``GET /v1/agents``

        Returns:
            ``{"ok": True, "agents": […]}``.
        """
        query = {"org_id": org_id, "workspace_id": workspace_id, "limit": limit}
        return self._call("list_agents", "GET", "/v1/agents", query=query, trace_id=trace_id)

    def get_agent(self, address: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """One agent. ``GET /v1/agents/{address}``

        Args:
            address: ``agent://org/workspace/name``, or a bare name of the caller's workspace.

        Returns:
            ``{"ok": True, "agent": {…}}``.

        Raises:
            AxmeNotFoundError: there is none at this address.
        """
        return self._call("get_agent", "GET", "/v1/agents/{}", address, trace_id=trace_id)

    def get_agent_delivery(self, address: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """How an agent gets its intents. ``GET /v1/agents/{address}/delivery``

        Returns:
            ``{"ok": True, "binding": {"delivery_mode": "http", "callback_url": …, "secret_hint": …, …}}``.
        """
        return self._call("get_agent_delivery", "GET", _DELIVERY, address, trace_id=trace_id)

    def set_agent_delivery(
        self,
        address: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Have intents posted to a URL, or to none any more. ``PUT /v1/agents/{address}/delivery``

        Args:
            payload: ``delivery_mode``: ``http``, with ``callback_url`` and perhaps ``rotate_secret`` and
                ``overlap_seconds``; ``stream``, ``poll``, ``inbox`` and ``internal`` post nowhere.

        Returns:
            ``{"ok": True, "binding": {…, "secret": …}}``; the secret if the gateway has just made it.

        Raises:
            AxmeNotFoundError: there is none at this address.
            AxmeValidationError: nothing can be posted to this URL.
        """
        return self._call(
            "set_agent_delivery",
            "PUT",
            _DELIVERY,
            address,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def listen(
        self,
        address: str,
        *,
        since: int = 0,
        wait_seconds: int = DEFAULT_WAIT_SECONDS,
        timeout_seconds: float | None = None,
        status: str | None = None,
        trace_id: str | None = None,
    ) -> EventStream:
        """What is sent to an agent, as it arrives. ``GET /v1/agents/{address}/intents/stream``

        Args:
            address: as in :meth:`get_agent`.
            since: the cursor of the last delivery already handled; 0 brings everything that is still open.
            wait_seconds: how long one connection stays open, 1 to 60 seconds; the stream opens the next by itself.
            timeout_seconds: end with ``AxmeTimeoutError`` after so long; ``None`` listens for ever.
            status: only deliveries in one of these statuses, separated by commas.

        Returns:
            An iterator of deliveries (``intent_id``, ``status``, ``seq`` and the intent's fields) with ``cursor`` and
            ``close()``; usable in ``with``.

        Raises:
            AxmeTimeoutError: while iterating, past ``timeout_seconds``; also a ``TimeoutError``.
            AxmeAuthError: while iterating, when the key may not listen here.

        Example:
            >>> for delivery in client.listen("fulfillment"):  # doctest: +SKIP
            ...     client.resume_intent(delivery["intent_id"], {"action": "complete", "parcels": 1})
        """

        def stream_call(cursor: int) -> Call:
            return Call(
                method="GET",
                path=quoted_path("/v1/agents/{}/intents/stream", address),
                query={"since": cursor, "wait_seconds": wait_seconds, "status": status},
                operation="listen",
                trace_id=trace_id,
            )

        return EventStream(
            self.transport,
            stream_call,
            poll=None,
            since=since,
            contiguous=False,
            stop=_never,
            subject=None,
            wait_seconds=wait_seconds,
            timeout=timeout_seconds,
        )


def _never(delivery: dict[str, Any]) -> bool:
    return False
