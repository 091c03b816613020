"""Webhooks as objects (contract 3.12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from axme.exceptions import AxmeNotFoundError
from axme.resources._arguments import given, moment, seconds
from axme.resources._once import OnceResource
from axme.resources.base import Resource
from axme.resources.collections import Collection, Page, page
from axme.resources.fields import field, optional

if TYPE_CHECKING:
    from marshmallow import Schema


class WebhookSubscription(OnceResource):
    """A URL that is told of events of an owner.

    A secret that the gateway has made is there once, in the object that came from it; ``secret_hint`` is its end.
    """

    __slots__ = ()
    _ID = "subscription_id"
    _KEY = "subscription"
    _GONE = "the secret of subscription {id} is gone: make a new one with rotate_secret()"

    owner_agent = field("owner_agent", str)
    callback_url = field("callback_url", str)
    event_types = field("event_types", list[str])
    active = field("active", bool)
    description = optional("description", str)
    secret_hint = optional("secret_hint", str)
    created_at = field("created_at", datetime)
    updated_at = field("updated_at", datetime)
    revoked_at = optional("revoked_at", datetime)
    old_secret_until = optional("old_secret_until", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.webhooks import Subscription

        return Subscription

    def update(
        self,
        *,
        event_types: Iterable[str] | None = None,
        secret: str | None = None,
        active: bool | None = None,
        description: str | None = None,
    ) -> Self:
        """Change what is given. ``POST /v1/webhooks/subscriptions``"""
        body = {
            "callback_url": self.callback_url,
            "event_types": list(event_types) if event_types is not None else self.event_types,
            "active": self.active if active is None else active,
        }
        said = {"secret": secret, "description": description}
        body |= {name: value for name, value in said.items() if value is not None}
        return self._absorb(self._api.upsert_webhook_subscription(body, owner_agent=self.owner_agent))

    def rotate_secret(self, *, overlap: timedelta = timedelta(days=1), secret: str | None = None) -> Self:
        """Have messages signed with a new secret, and for a while with the one before too.
        ``POST /v1/webhooks/subscriptions/{subscription_id}/rotate-secret``

        Args:
            overlap: how long; up to 30 days.
            secret: 24 to 128 characters; without it the gateway makes one for ``reveal()``.
        """
        length = seconds("overlap", overlap) if overlap else 0  # none at all is for a secret that has leaked
        body = {"overlap_seconds": length} | given(secret=secret)
        return self._absorb(self._api.rotate_webhook_secret(self.id, body, owner_agent=self.owner_agent))

    def replay(self, since: datetime | timedelta, *, everything: bool = False) -> int:
        """Have it told again what it has missed, up to 500 events a call; returns how many there are now to be told.
        ``POST /v1/webhooks/subscriptions/{subscription_id}/replay``

        Args:
            since: a time, or how long ago.
            everything: what it was told before, too.

        Raises:
            AxmeConflictError: it is switched off.
        """
        ago = datetime.now(UTC) - since if isinstance(since, timedelta) else since
        body = {"since": moment("since", ago), "what": "all" if everything else "dead_lettered"}
        answer = self._api.replay_webhook_subscription(self.id, body, owner_agent=self.owner_agent)
        return int(answer.get("replayed") or 0)

    def delete(self) -> None:
        """Tell the URL nothing more. ``DELETE /v1/webhooks/subscriptions/{subscription_id}``"""
        self._api.delete_webhook_subscription(self.id, owner_agent=self.owner_agent)

    def _fetch(self) -> dict[str, Any]:
        answer = self._api.list_webhook_subscriptions(
            owner_agent=self._seen("owner_agent") or None, include_inactive=True
        )
        for raw in answer.get("subscriptions") or ():
            if raw.get("subscription_id") == self.id:
                return {"subscription": raw}
        raise AxmeNotFoundError(404, f"the owner has no subscription {self.id}")

    def _summary(self) -> str:
        return " ".join(filter(None, (self._seen("callback_url") or self.id, "" if self._seen("active") else "off")))


class WebhookEvent(Resource):
    """Something that happened, and how its deliveries fared when it was last heard of.

    ``refresh()`` brings ``deliveries``, each with its ``attempts``. ``GET /v1/webhooks/events/{event_id}``
    """

    __slots__ = ()
    _ID = "event_id"
    _KEY = "event"

    event_type = field("event_type", str)
    owner_agent = field("owner_agent", str)
    source = optional("source", str)
    accepted_at = optional("accepted_at", datetime)
    replayed_at = optional("replayed_at", datetime)
    queued_deliveries = field("queued_deliveries", int)
    processed_deliveries = field("processed_deliveries", int)
    delivered = field("delivered", int)
    pending = field("pending", int)
    dead_lettered = field("dead_lettered", int)
    data = optional("data", dict[str, Any])
    deliveries = optional("deliveries", list[dict[str, Any]])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.webhooks import Event

        return Event

    def replay(self) -> Self:
        """Deliver it again, to all that want it now. ``POST /v1/webhooks/events/{event_id}/replay``

        Raises:
            AxmeConflictError: it is still being delivered.
        """
        answer = self._api.replay_webhook_event(self.id, owner_agent=self._seen("owner_agent") or None)
        return self._absorb({"event": answer})

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_webhook_event(self.id, owner_agent=self._seen("owner_agent") or None)

    def _summary(self) -> str:
        return " ".join(filter(None, (self._seen("event_type"), self.id)))


class Webhooks(Collection):
    """Who is told of what."""

    __slots__ = ()

    def subscribe(
        self,
        callback_url: str,
        event_types: Iterable[str],
        *,
        secret: str | None = None,
        description: str | None = None,
        owner: str | None = None,
    ) -> WebhookSubscription:
        """Have a URL told of events; an owner has one subscription a URL. ``POST /v1/webhooks/subscriptions``

        Args:
            event_types: ``inbox.thread_created``, ``intent.completed``, …; ``intent.*`` is every lifecycle event.
            secret: 24 to 128 characters that messages are signed with, see ``axme.webhooks.verify``; without it the
                gateway makes one, for ``reveal()``.
            owner: whose events; the key's own agent by default.

        Raises:
            AxmeValidationError: an event type is unknown, or nothing can be sent to the URL.
        """
        body: dict[str, Any] = {"callback_url": callback_url, "event_types": list(event_types)}
        said = {"secret": secret, "description": description}
        body |= {name: value for name, value in said.items() if value is not None}
        answer = self._api.upsert_webhook_subscription(body, owner_agent=owner)
        return WebhookSubscription._from(self._api, answer.get("subscription"))

    def list(self, *, owner: str | None = None, include_inactive: bool = False) -> Page[WebhookSubscription]:
        """The subscriptions of an owner, the oldest first. ``GET /v1/webhooks/subscriptions``"""
        answer = self._api.list_webhook_subscriptions(owner_agent=owner, include_inactive=include_inactive or None)
        return page(
            answer,
            "subscriptions",
            lambda raw: WebhookSubscription._from(self._api, raw),
            kind=WebhookSubscription,
            what="webhook subscriptions",
        )

    def publish(
        self, event_type: str, payload: Mapping[str, Any], *, source: str, owner: str | None = None
    ) -> WebhookEvent:
        """Tell the subscriptions of an owner that something happened. ``POST /v1/webhooks/events``

        Args:
            source: who says so, 2 to 100 characters.
        """
        body = {"event_type": event_type, "source": source, "payload": dict(payload)}
        return WebhookEvent._from(self._api, self._api.publish_webhook_event(body, owner_agent=owner))

    def events(
        self, *, status: str | None = None, limit: int | None = None, owner: str | None = None
    ) -> Page[WebhookEvent]:
        """What happened to an owner, the newest first, and how it was told. ``GET /v1/webhooks/events``

        Args:
            status: only events with a delivery that is ``pending``, ``delivered`` or ``dead_lettered``.
        """
        answer = self._api.list_webhook_events(owner_agent=owner, status=status, limit=limit)
        return page(
            answer,
            "events",
            lambda raw: WebhookEvent._from(self._api, raw),
            kind=WebhookEvent,
            what="webhook events",
            limit=limit,
        )

    def event(self, event_id: str) -> WebhookEvent:
        """A handle on an event whose id is known, such as one to replay; asks nobody until it is used."""
        return WebhookEvent(self._api, event_id)
