"""Links that let people answer a task: an addition of the axme gateway to the protocol."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from axme.exceptions import AxmeNotFoundError
from axme.resources.base import Resource, short
from axme.resources.collections import Page, page
from axme.resources.fields import field, optional

if TYPE_CHECKING:
    from marshmallow import Schema


class TaskLink(Resource):
    """What lets one recipient answer one task on a web page. Who holds its ``url`` may decide, so show it to no other.

    It ends when the task is answered, with its time, or when it is revoked.
    """

    __slots__ = ()
    _ID = "link_id"
    _KEY = "link"

    intent_id = field("intent_id", str)
    recipient = field("recipient", str)
    #: ``open``, ``decided``, ``ended``, ``superseded``, ``expired`` or ``revoked``.
    state = field("state", str)
    made_by = field("made_by", str)
    created_at = field("created_at", datetime)
    expires_at = field("expires_at", datetime)
    revoked_at = optional("revoked_at", datetime)

    @property
    def url(self) -> str | None:
        """Where the recipient decides; the gateway shows it once, to who made the link."""
        url = self._snapshot.raw.get("url")
        return url if isinstance(url, str) else None

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.links import Link

        return Link

    def revoke(self) -> TaskLink:
        """Make it useless, for good. ``DELETE /v1/intents/{intent_id}/links/{link_id}``"""
        return self._absorb(self._api.revoke_task_link(self.intent_id, self.id))

    def _fetch(self) -> dict[str, Any]:
        for raw in self._api.list_task_links(self.intent_id).get("links") or ():
            if raw.get("link_id") == self.id:
                return {"link": raw}
        raise AxmeNotFoundError(404, f"the task has no link {self.id}")

    def _summary(self) -> str:
        return " ".join(filter(None, (short(self.id), self._seen("recipient"), self._seen("state"))))


class Linked(Resource):
    """What a task can do about links to itself."""

    __slots__ = ()

    def link(self, for_: str, *, expires_in: timedelta | None = None) -> TaskLink:
        """Make a link by which somebody may answer on a web page. ``POST /v1/intents/{intent_id}/links``

        Args:
            for_: an e-mail address or the id of a person; named as who decided.
            expires_in: by default as long as the task has time, and 30 days at least.

        Returns:
            The link; its ``url`` is shown this once. Nothing is mailed.

        Raises:
            AxmeForbiddenError: the caller is neither the intent's creator nor an administrator.
            AxmeConflictError: the intent asks nobody any more.
        """
        seconds = None if expires_in is None else int(expires_in.total_seconds())
        answer = self._api.create_task_link(self.id, recipient=for_, expires_in_seconds=seconds)
        return TaskLink._from(self._api, answer.get("link"))

    def links(self) -> Page[TaskLink]:
        """The links made so far, without their URLs. ``GET /v1/intents/{intent_id}/links``"""
        answer = self._api.list_task_links(self.id)
        return page(answer, "links", lambda raw: TaskLink._from(self._api, raw), kind=TaskLink, what="links")

    def revoke_links(self) -> Page[TaskLink]:
        """Make all its links useless, for good. ``DELETE /v1/intents/{intent_id}/links``"""
        answer = self._api.revoke_task_links(self.id)
        return page(answer, "links", lambda raw: TaskLink._from(self._api, raw), kind=TaskLink, what="links")
