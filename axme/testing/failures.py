"""What a failed test tells of its intents."""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING

from axme.contract.statuses import IntentStatus
from axme.display.story import story
from axme.exceptions import AxmeError

if TYPE_CHECKING:
    from axme.resources.intent import Intent
    from axme.testing.tenant import Tenant

#: pytest puts this name into each module whose assertions it explains.
_REWRITTEN = "@pytest_ar"
_MOST = 5


def explained(op: str, left: object, right: object) -> list[str] | None:
    """Why a comparison of an intent's status failed: its life so far. ``None`` where no such thing was compared."""
    status = next((side for side in (left, right) if isinstance(side, IntentStatus)), None)
    if status is None or (frame := _asserting()) is None:
        return None
    found = [intent for intent in _intents(frame) if intent._seen("status") == status]
    if not found:
        return None
    return [f"{str(left)!r} {op} {str(right)!r}", *(line for one in found[:_MOST] for line in ("", *timeline(one)))]


def timeline(intent: Intent) -> list[str]:
    """Title and events of an intent, one line each; what cannot be had is said, not raised."""
    try:
        return [title(intent), *(f"  {line}" for line in story(event.raw for event in intent.events()))]
    except AxmeError as error:
        return [repr(intent), f"  its events could not be read: {error}"]


def title(intent: Intent) -> str:
    """``order.v1 to shop is WAITING (…3f2a91bc)``"""
    return f"{intent.intent_type} to {intent.to_agent.rpartition('/')[2]} is {intent.status} ({intent.id})"


def report(tenant: Tenant, shown: str) -> str:
    """The intents of a test with their events, but for those that stand in what is ``shown`` already."""
    try:
        intents = [intent for intent in tenant.intents() if f"({intent.id})" not in shown]
    except AxmeError as error:
        return f"they could not be read: {error}"
    left_out = [f"… and {len(intents) - _MOST} older ones"] if len(intents) > _MOST else []
    return "\n".join([*left_out, *(line for intent in intents[-_MOST:] for line in timeline(intent))])


def _asserting() -> FrameType | None:
    """The frame whose assertion failed; our own modules are plugins, and so explained too."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and (_REWRITTEN not in frame.f_globals or _is_ours(frame)):
        frame = frame.f_back
    return frame


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).startswith("axme.testing")


def _intents(frame: FrameType) -> list[Intent]:
    from axme.resources.intent import Intent

    unique = {id(value): value for value in frame.f_locals.values() if isinstance(value, Intent)}
    return list(unique.values())
