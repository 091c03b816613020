"""Mails about tasks: an addition of the axme gateway to the protocol."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from axme.exceptions import AxmeNotFoundError
from axme.resources.base import Resource
from axme.resources.collections import Page, page
from axme.resources.fields import field, optional

if TYPE_CHECKING:
    from marshmallow import Schema


class TaskMail(Resource):
    """A mail about a task, and what became of it."""

    __slots__ = ()
    _ID = "mail_id"
    _KEY = "mail"

    intent_id = field("intent_id", str)
    #: ``assigned``, ``reminded`` or ``escalated``.
    occasion = field("occasion", str)
    recipient = field("recipient", str)
    address = field("address", str)
    #: ``pending``, ``sent``, ``failed``, ``replaced`` by a newer one, ``not_needed`` any more, or ``capped``.
    status = field("status", str)
    attempt_count = field("attempt_count", int)
    error_detail = optional("error_detail", str)
    created_at = field("created_at", datetime)
    updated_at = field("updated_at", datetime)
    sent_at = optional("sent_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.mails import Mail

        return Mail

    def _fetch(self) -> dict[str, Any]:
        for raw in self._api.list_task_mails(self.intent_id).get("mails") or ():
            if raw.get("mail_id") == self.id:
                return {"mail": raw}
        raise AxmeNotFoundError(404, f"the task has no mail {self.id}")

    def _summary(self) -> str:
        return " ".join(filter(None, (self._seen("occasion"), self._seen("address"), self._seen("status"))))


class Mailed(Resource):
    """What a task can tell of mails about itself."""

    __slots__ = ()

    def mails(self) -> Page[TaskMail]:
        """The mails about it, and what became of them. ``GET /v1/intents/{intent_id}/mails``"""
        answer = self._api.list_task_mails(self.id)
        return page(answer, "mails", lambda raw: TaskMail._from(self._api, raw), kind=TaskMail, what="mails")
