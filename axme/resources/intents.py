"""``client.intents``: where intents come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from axme.contract.limits import LIST_LIMIT
from axme.resources._arguments import Recipient, address_of, hours
from axme.resources._sending import keywords, run
from axme.resources.base import Record
from axme.resources.collections import Collection, Page, page
from axme.resources.fields import field, optional
from axme.resources.intent import Intent

if TYPE_CHECKING:
    from marshmallow import Schema

Statuses = str | Iterable[str] | None


class BulkCancel(Record):
    """What a bulk cancel did, or in a rehearsal would do."""

    __slots__ = ()

    dry_run = field("dry_run", bool)
    would_cancel = optional("would_cancel", int)
    canceled = optional("canceled", int)
    intent_ids = field("intent_ids", list[str])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.intents import BulkCanceled as Shape

        return Shape

    def _summary(self) -> str:
        done = "canceled" in self._snapshot.raw
        return f"canceled {self._seen('canceled')}" if done else f"would cancel {self._seen('would_cancel')}"


class Intents(Collection):
    """The intents the caller may see."""

    __slots__ = ()

    def create(
        self,
        intent_type: str,
        *,
        to: Recipient,
        payload: Mapping[str, Any] | None = None,
        human_task: Mapping[str, Any] | None = None,
        reply_to: Recipient | None = None,
        deadline: datetime | timedelta | None = None,
        remind_after: timedelta | None = None,
        remind_interval: timedelta | None = None,
        max_reminders: int | None = None,
        escalate_to: Recipient | None = None,
        max_delivery_attempts: int | None = None,
        correlation_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Intent:
        """Send an intent, once. ``POST /v1/intents``

        Args:
            intent_type: such as ``order.fulfillment.v1``.
            to: an address, a bare name of the caller's workspace, or an ``Agent``.
            payload: the business data, up to 128 KiB of JSON.
            human_task: what a person is asked, such as ``HumanTask.approval("Approve the budget")``, or a plain dict.
            reply_to: whose inbox is told how it ended.
            deadline: past it the intent ends ``TIMED_OUT``; a ``timedelta`` counts from now.
            remind_after: the first reminder to a person who holds it, counted from the gateway's acceptance.
            remind_interval: the time between the others; as long as ``remind_after``, unless said otherwise.
            max_reminders: after so many (3 by default) it goes to ``escalate_to``, an address, an alias or a user.
            idempotency_key: the same key and the same arguments bring the same intent back (contract 1.5).

        Returns:
            The intent as it was accepted. What the server left out of its answer is fetched when it is first read.

        Raises:
            AxmeValueError: an argument cannot be sent.
            AxmeIdempotencyError: the key was used with other arguments.
            AxmeValidationError: the server refuses it; ``error.details`` says where.

        Example:
            >>> client.intents.create("order.v1", to="shop", payload={"order": 7})  # doctest: +SKIP
        """
        sent = keywords(
            intent_type,
            to=to,
            payload=payload,
            human_task=human_task,
            reply_to=reply_to,
            deadline=deadline,
            remind_after=remind_after,
            remind_interval=remind_interval,
            max_reminders=max_reminders,
            escalate_to=escalate_to,
            max_delivery_attempts=max_delivery_attempts,
            correlation_id=correlation_id,
            idempotency_key=idempotency_key,
        )
        return Intent._from(self._api, self._api.create_intent(**sent), complete=False)

    def run(
        self,
        intent_type: str,
        *,
        to: Recipient,
        payload: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        raise_on_failure: bool = False,
        human_task: Mapping[str, Any] | None = None,
        reply_to: Recipient | None = None,
        deadline: datetime | timedelta | None = None,
        max_delivery_attempts: int | None = None,
        correlation_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Intent:
        """Send an intent and wait until it has ended: :meth:`create` and ``wait()``. ``POST /v1/intents``

        A gateway with ``intents.run`` among its capabilities holds the answer of the one request this takes, for up to
        a minute; what takes longer, or another server, is followed on the intent's stream. Arguments as of
        :meth:`create`.

        Args:
            timeout: seconds for all of it; ``None`` waits for the end. Past it the intent goes on living.
            raise_on_failure: raise when it ended other than ``COMPLETED``.

        Returns:
            The intent as it ended, with its result.

        Raises:
            AxmeTimeoutError: it has not ended in time. Also a ``TimeoutError``.
            AxmeIntentFailedError, AxmeIntentCanceledError, AxmeIntentTimedOutError: see ``raise_on_failure``.
            AxmeIdempotencyError, AxmeValidationError: as of :meth:`create`.

        Example:
            >>> client.intents.run("order.v1", to="shop", payload={"order": 7}, timeout=30).result  # doctest: +SKIP
        """
        sent = keywords(
            intent_type,
            to=to,
            payload=payload,
            human_task=human_task,
            reply_to=reply_to,
            deadline=deadline,
            max_delivery_attempts=max_delivery_attempts,
            correlation_id=correlation_id,
            idempotency_key=idempotency_key,
        )
        return run(self._api, sent, timeout=timeout, raise_on_failure=raise_on_failure)

    def get(self, intent_id: str) -> Intent:
        """One intent. ``GET /v1/intents/{intent_id}``

        Raises:
            AxmeNotFoundError: there is none with this id, or not for this caller.
        """
        return self.handle(intent_id).refresh()

    def handle(self, intent_id: str) -> Intent:
        """A handle on an intent whose id is known; asks nobody until it is used."""
        return Intent(self._api, intent_id)

    def list(
        self,
        *,
        status: Statuses = None,
        limit: int | None = None,
        intent_type: str | None = None,
        to: Recipient | None = None,
        from_agent: Recipient | None = None,
        correlation_id: str | None = None,
    ) -> Page[Intent]:
        """Intents, the newest first. ``GET /v1/intents``

        Args:
            status: one status or several, in either vocabulary; ``pending`` for those nobody works on yet.
            limit: at most so many; without it, up to the protocol's most, 1000.
        """
        limit = LIST_LIMIT[1] if limit is None else limit
        answer = self._api.list_intents(
            status=_words(status),
            limit=limit,
            intent_type=intent_type,
            to_agent=None if to is None else address_of(to),
            from_agent=None if from_agent is None else address_of(from_agent),
            correlation_id=correlation_id,
        )
        return page(
            answer, "intents", lambda raw: Intent._from(self._api, raw), kind=Intent, what="intents", limit=limit
        )

    def watch(self, intents: Iterable[Intent | str], *, timeout: float | None = None) -> Page[Intent]:
        """Show how several stand until all have ended. ``GET /v1/intents/{intent_id}/events/stream``

        One table in a notebook, one line in a terminal, a line for each change elsewhere; Ctrl-C as of
        :meth:`Intent.watch`.

        Args:
            intents: objects or ids, such as a page of :meth:`list`; 32 at most, one stream each.
            timeout: seconds; ``None`` looks on to the end.

        Returns:
            The intents, as far as they were seen.

        Raises:
            AxmeTimeoutError: one of them has not ended in time.
            AxmeValueError: they are too many.

        Example:
            >>> client.intents.watch(client.intents.list(status="in_progress"))  # doctest: +SKIP
        """
        from axme.resources import _watching

        watched = [self.handle(one) if isinstance(one, str) else one for one in intents]
        _watching.watch(watched, timeout=timeout)
        return Page(watched, what="intents", kind=Intent)

    def bulk_cancel(
        self,
        *,
        older_than: timedelta = timedelta(hours=24),
        dry_run: bool = True,
        reason: str | None = None,
        limit: int | None = None,
        status: Statuses = None,
    ) -> BulkCancel:
        """Cancel intents nobody touched for long. ``POST /v1/intents/bulk-cancel``

        Args:
            older_than: without any activity for so long.
            dry_run: only say what would be canceled; pass ``False`` to do it.
            limit: at most so many, 500 by default.
            status: only intents in these statuses.
        """
        words = _words(status)
        said = {"reason": reason, "limit": limit, "status_filter": words.split(",") if words else None}
        body: dict[str, Any] = {"older_than_hours": hours("older_than", older_than), "dry_run": dry_run}
        body |= {name: value for name, value in said.items() if value is not None}
        return BulkCancel(self._api.bulk_cancel_intents(body))


def _words(status: Statuses) -> str | None:
    """Statuses as the query wants them."""
    if status is None or isinstance(status, str):
        return None if status is None else str(status)
    return ",".join(str(word) for word in status)
