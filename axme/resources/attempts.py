"""What workers have tried: an addition of the axme gateway to the protocol."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from axme.resources.base import Record, Resource
from axme.resources.collections import Page, page
from axme.resources.fields import field, optional

if TYPE_CHECKING:
    from marshmallow import Schema


class WorkAttempt(Record):
    """One time a worker had an intent in hand.

    ``outcome`` is ``running``, ``completed``, ``failed``, ``lease_expired`` (the worker died, or was cut off),
    ``suspended`` or ``given_back``; else the status in which the intent ended meanwhile.
    """

    __slots__ = ()

    attempt = field("attempt", int)
    outcome = field("outcome", str)
    worker_id = optional("worker_id", str)
    started_at = field("started_at", datetime)
    ended_at = optional("ended_at", datetime)
    error = optional("error", dict[str, Any])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.claims import DeliveryAttempt as Shape

        return Shape

    def _summary(self) -> str:
        return " ".join(filter(None, (self._seen("attempt"), self._seen("outcome"), self._seen("worker_id"))))


class Tried(Resource):
    """An intent that can tell what workers have tried."""

    __slots__ = ()

    def attempts(self) -> Page[WorkAttempt]:
        """What its workers have tried, in order. ``GET /v1/intents/{intent_id}/attempts``"""
        return page(self._api.list_intent_attempts(self.id), "attempts", WorkAttempt, what="attempts")
