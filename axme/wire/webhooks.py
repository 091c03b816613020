"""Webhooks (contract 3.12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls

_SUBSCRIPTIONS = "/v1/webhooks/subscriptions"
_EVENTS = "/v1/webhooks/events"


class WebhookCalls(WireCalls):
    """The flat calls about webhooks."""

    def upsert_webhook_subscription(
        self,
        payload: Mapping[str, Any],
        *,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Subscribe a URL, or change its subscription. ``POST /v1/webhooks/subscriptions``

        Args:
            payload: ``callback_url``, ``event_types``, and perhaps ``secret`` (24 to 128 characters), ``active``,
                ``description``.

        Returns:
            ``{"ok": True, "subscription": {"subscription_id": …, "secret_hint": …, …}}``; with ``secret`` if the
            gateway has just made one, and never again.

        Raises:
            AxmeValidationError: an event type is unknown, or nothing can be sent to the URL.
        """
        return self._call(
            "upsert_webhook_subscription",
            "POST",
            _SUBSCRIPTIONS,
            query={"owner_agent": self._owner(owner_agent)},
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def list_webhook_subscriptions(
        self, *, owner_agent: str | None = None, include_inactive: bool | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """The subscriptions of an owner. ``GET /v1/webhooks/subscriptions``

        Args:
            include_inactive: show those that are switched off or deleted too.
        """
        query = {"owner_agent": self._owner(owner_agent), "include_inactive": include_inactive}
        return self._call("list_webhook_subscriptions", "GET", _SUBSCRIPTIONS, query=query, trace_id=trace_id)

    def delete_webhook_subscription(
        self,
        subscription_id: str,
        *,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Tell a URL nothing more. ``DELETE /v1/webhooks/subscriptions/{subscription_id}``

        Raises:
            AxmeNotFoundError: the owner has no such subscription.
        """
        return self._call(
            "delete_webhook_subscription",
            "DELETE",
            f"{_SUBSCRIPTIONS}/{{}}",
            subscription_id,
            query={"owner_agent": self._owner(owner_agent)},
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def rotate_webhook_secret(
        self,
        subscription_id: str,
        payload: Mapping[str, Any] | None = None,
        *,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Sign with a new secret, and for a while with the one before too.
        ``POST /v1/webhooks/subscriptions/{subscription_id}/rotate-secret``

        Args:
            payload: perhaps ``secret`` (else the gateway makes one) and ``overlap_seconds`` (86400 if left out).

        Returns:
            ``{"ok": True, "subscription": {…, "old_secret_until": …, "secret": …}}``; the secret if it was made.

        Raises:
            AxmeNotFoundError: the owner has no such subscription.
        """
        return self._call(
            "rotate_webhook_secret",
            "POST",
            f"{_SUBSCRIPTIONS}/{{}}/rotate-secret",
            subscription_id,
            query={"owner_agent": self._owner(owner_agent)},
            json=payload or {},
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def replay_webhook_subscription(
        self,
        subscription_id: str,
        payload: Mapping[str, Any],
        *,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Deliver to a subscription again what it has missed since a time, up to 500 events a call.
        ``POST /v1/webhooks/subscriptions/{subscription_id}/replay``

        Args:
            payload: ``since``, and perhaps ``what``: ``dead_lettered``, or ``all`` for what was delivered too.

        Returns:
            ``{"ok": True, "replayed": …, "more": …, …}``.

        Raises:
            AxmeNotFoundError: the owner has no such subscription.
            AxmeConflictError: it is switched off.
        """
        return self._call(
            "replay_webhook_subscription",
            "POST",
            f"{_SUBSCRIPTIONS}/{{}}/replay",
            subscription_id,
            query={"owner_agent": self._owner(owner_agent)},
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def list_webhook_events(
        self,
        *,
        owner_agent: str | None = None,
        status: str | None = None,
        limit: int | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Events of an owner, the newest first, and how their deliveries fare. ``GET /v1/webhooks/events``

        Args:
            status: only events with a delivery that is ``pending``, ``delivered`` or ``dead_lettered``.
        """
        query = {"owner_agent": self._owner(owner_agent), "status": status, "limit": limit}
        return self._call("list_webhook_events", "GET", _EVENTS, query=query, trace_id=trace_id)

    def get_webhook_event(
        self, event_id: str, *, owner_agent: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """One event with its deliveries and every try to make them. ``GET /v1/webhooks/events/{event_id}``

        Raises:
            AxmeNotFoundError: the owner has no such event.
        """
        query = {"owner_agent": self._owner(owner_agent)}
        return self._call("get_webhook_event", "GET", f"{_EVENTS}/{{}}", event_id, query=query, trace_id=trace_id)

    def publish_webhook_event(
        self,
        payload: Mapping[str, Any],
        *,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Tell the subscriptions of an owner that something happened. ``POST /v1/webhooks/events``

        Args:
            payload: ``event_type``, ``source`` and ``payload``.

        Returns:
            ``{"ok": True, "event_id": …, "queued_deliveries": …, "delivered": …, "pending": …, …}``.
        """
        return self._call(
            "publish_webhook_event",
            "POST",
            _EVENTS,
            query={"owner_agent": self._owner(owner_agent)},
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def replay_webhook_event(
        self,
        event_id: str,
        *,
        owner_agent: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Deliver an event again, to all that want it now. ``POST /v1/webhooks/events/{event_id}/replay``

        Raises:
            AxmeNotFoundError: the owner has no such event.
            AxmeConflictError: it is still being delivered.
        """
        return self._call(
            "replay_webhook_event",
            "POST",
            f"{_EVENTS}/{{}}/replay",
            event_id,
            query={"owner_agent": self._owner(owner_agent)},
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
