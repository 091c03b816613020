"""The inbox: threads somebody can read and answer, and what changes in them (contract 3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from axme.resources._arguments import Recipient, address_of, given
from axme.resources.base import Record, Resource, short
from axme.resources.collections import Collection, Page, page
from axme.resources.fields import field, records
from axme.resources.inbox_changes import InboxChanges
from axme.resources.intent import Intent
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from marshmallow import Schema


class TimelineEntry(Record):
    """One thing that happened on a thread."""

    __slots__ = ()

    event_id = field("event_id", str)
    event_type = field("event_type", str)
    actor = field("actor", str)
    at = field("at", datetime)
    details = field("details", dict[str, Any])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.inbox import TimelineEntry as Shape

        return Shape

    def _summary(self) -> str:
        return f"{self._seen('event_type')} by {self._seen('actor')}"


class InboxThread(Resource):
    """A conversation about one intent, in one owner's inbox.

    Example:
        >>> for thread in client.inbox.list(status="pending"):  # doctest: +SKIP
        ...     thread.approve("Within the plan.")
    """

    __slots__ = ("_owner",)
    _ID = "thread_id"
    _KEY = "thread"
    _COLUMNS = ("status", "owner_agent", "from_agent", "created_at", "updated_at")

    intent_id = field("intent_id", str)
    status = field("status", str)
    owner_agent = field("owner_agent", str)
    from_agent = field("from_agent", str)
    to_agent = field("to_agent", str)
    created_at = field("created_at", datetime)
    updated_at = field("updated_at", datetime)
    timeline = records("timeline", TimelineEntry)

    def __init__(
        self,
        client: FlatCalls,
        resource_id: str,
        raw: dict[str, Any] | None = None,
        *,
        complete: bool = False,
        owner_agent: str | None = None,
    ) -> None:
        super().__init__(client, resource_id, raw, complete=complete)
        self._owner = owner_agent

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.inbox import InboxThread as Shape

        return Shape

    @property
    def intent(self) -> Intent:
        """A handle on the intent it is about; asks nobody until it is used."""
        return Intent(self._api, self.intent_id)

    def approve(self, comment: str | None = None, *, data: Mapping[str, Any] | None = None) -> Self:
        """Approve what it asks. ``POST /v1/inbox/{thread_id}/approve``

        Args:
            data: the fields of a form or ``{"evidence": …}``, where the task asks for them.

        Raises:
            AxmeAlreadyDecidedError: it was decided before; the error says by whom.
            AxmeValidationError: the task asks for more than a yes or no.
        """
        body = given(comment=comment, data=data)
        return self._absorb(self._api.approve_inbox_thread(self.id, body, owner_agent=self._for))

    def reject(self, comment: str | None = None, *, data: Mapping[str, Any] | None = None) -> Self:
        """Reject what it asks; its intent will not complete. ``POST /v1/inbox/{thread_id}/reject``

        Arguments and errors as of :meth:`approve`.
        """
        body = given(comment=comment, data=data)
        return self._absorb(self._api.reject_inbox_thread(self.id, body, owner_agent=self._for))

    def reply(self, message: str) -> Self:
        """Write into it. ``POST /v1/inbox/{thread_id}/reply``

        Raises:
            AxmeConflictError: it is done.
        """
        return self._absorb(self._api.reply_inbox_thread(self.id, message=message, owner_agent=self._for))

    def delegate(self, to: Recipient, note: str | None = None) -> Self:
        """Hand it to somebody else, who owns it from now on. ``POST /v1/inbox/{thread_id}/delegate``

        Raises:
            AxmeConflictError: it is done.
        """
        body = {"delegate_to": address_of(to)} | ({} if note is None else {"note": note})
        return self._absorb(self._api.delegate_inbox_thread(self.id, body, owner_agent=self._for))

    def mark_read(self) -> Self:
        """Mark it as read. ``POST /v1/inbox/{thread_id}/read``"""
        return self._absorb(self._api.mark_inbox_thread_read(self.id, owner_agent=self._for))

    def delete_messages(
        self, message_ids: Sequence[str] | None = None, *, limit: int | None = None, everywhere: bool = False
    ) -> Self:
        """Delete messages, the given ones or the newest ``limit``. ``POST /v1/inbox/{thread_id}/messages/delete``

        Args:
            everywhere: for all who can read the thread, not for this owner alone.
        """
        said = {"message_ids": None if message_ids is None else list(message_ids), "limit": limit}
        body: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        body["mode"] = "both" if everywhere else "self"
        return self._absorb(self._api.delete_inbox_messages(self.id, body, owner_agent=self._for))

    @property
    def _for(self) -> str | None:
        """In whose name it is handled: its owner's, as last seen."""
        owner = self._snapshot.raw.get("owner_agent")
        return owner if isinstance(owner, str) else self._owner

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_inbox_thread(self.id, owner_agent=self._for)

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "owner": self._owner}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._owner = state["owner"]

    def _summary(self) -> str:
        about = short(self._seen("intent_id"))
        return " ".join(filter(None, (short(self.id), self._seen("status"), about and f"about intent {about}")))


class Inbox(Collection):
    """Threads: of the key's own agent, or of the given owner."""

    __slots__ = ()

    def list(self, *, owner_agent: Recipient | None = None, status: str | None = None) -> Page[InboxThread]:
        """The threads of an owner. ``GET /v1/inbox``

        Args:
            status: only threads that are ``pending``, ``active`` or ``done``.
        """
        answer = self._api.list_inbox(owner_agent=_name(owner_agent), status=status)
        return page(answer, "threads", lambda raw: InboxThread._from(self._api, raw), kind=InboxThread, what="threads")

    def get(self, thread_id: str, *, owner_agent: Recipient | None = None) -> InboxThread:
        """One thread. ``GET /v1/inbox/{thread_id}``

        Raises:
            AxmeNotFoundError: there is none with this id.
            AxmePermissionError: it is somebody else's.
        """
        return self.handle(thread_id, owner_agent=owner_agent).refresh()

    def handle(self, thread_id: str, *, owner_agent: Recipient | None = None) -> InboxThread:
        """A handle on a thread whose id is known; asks nobody until it is used."""
        return InboxThread(self._api, thread_id, owner_agent=_name(owner_agent))

    def changes(
        self,
        *,
        cursor: str | None = None,
        owner_agent: Recipient | None = None,
        poll_interval: float = 1.0,
        timeout: float | None = None,
    ) -> InboxChanges[InboxThread]:
        """Threads as they change, the oldest change first, without end. ``GET /v1/inbox/changes``

        Args:
            cursor: where an earlier iteration stood; without it, all changes there ever were come first.
            poll_interval: the pause after an empty answer, in seconds.
            timeout: end with ``AxmeTimeoutError`` after so many seconds; ``None`` goes on for ever.

        Returns:
            An iterator with ``cursor`` and ``close()``; usable in ``with``.

        Example:
            >>> for thread in client.inbox.changes(cursor=saved):  # doctest: +SKIP
            ...     print(thread.status)
        """
        return InboxChanges(
            self._api,
            lambda raw: InboxThread._from(self._api, raw),
            owner_agent=_name(owner_agent),
            cursor=cursor,
            poll_interval=poll_interval,
            timeout=timeout,
        )


def _name(owner: Recipient | None) -> str | None:
    return None if owner is None else address_of(owner)
