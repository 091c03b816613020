"""Words for people: outcomes, names of fields, addresses, moments and how far away they are."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from axme.contract import addresses

_MACHINE_NAME = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
_CAMEL = re.compile(r"[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+")
_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))

#: How a status looks: done, at work, waiting, bad, or over.
_LOOKS = {
    "COMPLETED": "yes", "FAILED": "no", "CANCELED": "over", "TIMED_OUT": "no", "WAITING": "wait",
    "healthy": "yes", "degraded": "wait", "unreachable": "no", "killed": "no", "unknown": "over",
    "delivered": "yes", "failed": "no", "dead_lettered": "no", "pending": "wait", "submitted": "work",
    "active": "yes", "revoked": "over", "suspended": "no", "expired": "over", "done": "over",
}  # fmt: skip


class Saying(NamedTuple):
    """An outcome, before it is decided and afterwards."""

    do: str
    done: str


_SAYINGS = {
    "approved": Saying("Approve", "Approved"),
    "rejected": Saying("Reject", "Rejected"),
    "confirmed": Saying("Confirm", "Confirmed"),
    "denied": Saying("Deny", "Denied"),
    "changes_requested": Saying("Request changes", "Changes requested"),
    "assigned": Saying("Assign", "Assigned"),
    "declined": Saying("Decline", "Declined"),
    "submitted": Saying("Submit", "Submitted"),
    "provided": Saying("Send answer", "Answered"),
    "completed": Saying("Mark as done", "Done"),
    "failed": Saying("Could not be done", "Could not be done"),
    "override_approved": Saying("Approve override", "Override approved"),
}


def saying(outcome: str) -> Saying:
    """The words of an outcome; one that a task made up is its own."""
    return _SAYINGS.get(outcome) or Saying(in_words(outcome), in_words(outcome))


def in_words(name: str) -> str:
    """``amount_usd`` and ``amountUsd`` as ``Amount usd``; what is no machine's name stays as it is."""
    if _CAMEL.fullmatch(name):
        name = re.sub(r"(?=[A-Z])", " ", name).lower()
    elif _MACHINE_NAME.fullmatch(name):
        name = re.sub(r"[_-]", " ", name)
    else:
        return name
    return name[:1].upper() + name[1:]


def choice(value: str) -> str:
    """A choice as people read it: ``very_high`` as ``Very high``, but ``eu-west-1`` as it is."""
    words = value.replace("_", " ")
    return in_words(value) if words.replace(" ", "").isalpha() and words.islower() else value


def who(address: str) -> tuple[str, str]:
    """An address as a name, and where that name belongs."""
    parts = addresses.parts(address)
    return (parts.name, f"{parts.org}/{parts.workspace}") if parts else (address, "")


def name(address: str) -> str:
    """An address as a name alone."""
    return who(address)[0]


def moment(text: str) -> datetime:
    """A moment as the API writes it."""
    return datetime.fromisoformat(text)


def on_the_clock(moment: datetime) -> str:
    """``Tue 24 November 2026, 16:00 UTC``."""
    return f"{moment:%a} {moment.day} {moment:%B %Y, %H:%M} UTC"


def away(moment: datetime, now: datetime) -> str:
    """``in 3 hours``, ``2 days ago``."""
    apart = abs(moment - now)
    if apart < timedelta(seconds=5):
        return "just now"
    seconds = round(apart.total_seconds())
    unit, size = next((unit, size) for unit, size in _UNITS if seconds >= size)
    count = round(seconds / size)
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"in {words}" if moment > now else f"{words} ago"


def look(status: str) -> str:
    """The look of a status: ``yes``, ``no``, ``wait``, ``work`` or ``over``."""
    return _LOOKS.get(status, "work")
