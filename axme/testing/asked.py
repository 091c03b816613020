"""Whom a task asks, and since when. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from axme.contract.member_roles import MEMBER, ROLES

if TYPE_CHECKING:
    from axme.resources.intent_events import IntentEvent
    from axme.resources.tasks import HumanTask

#: Who answers where nobody in particular is asked.
SOMEBODY = "somebody@example.com"
_ROLE = "role:"


def asked_since(task: HumanTask, events: Iterable[IntentEvent]) -> dict[str, datetime]:
    """Who is asked, and since when: the one who holds it, since it came to them, and its assignees."""
    holder, since = "", None
    for event in events:
        who = str((event.pending_with or {}).get("ref") or (event.pending_with or {}).get("name") or "")
        if event.status != "WAITING":
            holder, since = "", None
        elif who and who != holder:
            holder, since = who, event.at
    asked = {} if task.assigned_at is None else dict.fromkeys(task.assignees, task.assigned_at)
    return {holder: since, **{name: at for name, at in asked.items() if name != holder}} if since else asked


def somebody_for(asked: Iterable[str]) -> str:
    """A person who may answer: one of those asked, or somebody with the role that is asked for."""
    for name in asked:
        if name.startswith(_ROLE):
            return f"{name.removeprefix(_ROLE)}@example.com"
        if "@" in name[1:]:
            return name
    return SOMEBODY


def role_of(name: str) -> str:
    """The role that :func:`somebody_for` means by a name."""
    role = name.removesuffix("@example.com")
    return role if role in ROLES else MEMBER
