"""Sending intents: Python values as the flat call wants them, and waiting for the end in the same request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from axme.contract.limits import RUN_WAIT_SECONDS
from axme.exceptions import AxmeValueError
from axme.resources._arguments import Recipient, address_of, moment, seconds
from axme.resources.intent import Intent

if TYPE_CHECKING:
    from axme.wire import FlatCalls

#: What is left of a timeout for the answer to arrive after the gateway has held it.
_WAY_BACK_SECONDS = 0.25


def keywords(
    intent_type: str,
    *,
    to: Recipient,
    payload: Mapping[str, Any] | None,
    human_task: Mapping[str, Any] | None,
    reply_to: Recipient | None,
    deadline: datetime | timedelta | None,
    max_delivery_attempts: int | None,
    correlation_id: str | None,
    idempotency_key: str | None,
    remind_after: timedelta | None = None,
    remind_interval: timedelta | None = None,
    max_reminders: int | None = None,
    escalate_to: Recipient | None = None,
) -> dict[str, Any]:
    """The arguments of ``create_intent``.

    Raises:
        AxmeValueError: one of them cannot be sent.
    """
    return {
        "intent_type": intent_type,
        "to_agent": address_of(to),
        "payload": {} if payload is None else payload,
        "human_task": human_task,
        "reply_to": None if reply_to is None else address_of(reply_to),
        "deadline_at": moment("deadline", deadline, repeatable=idempotency_key is not None),
        # The gateway counts a period by its own clock; servers that do not know it have the moment.
        "ttl_seconds": _period(deadline),
        "remind_after_seconds": seconds("remind_after", remind_after),
        "remind_interval_seconds": seconds("remind_interval", remind_interval),
        "max_reminders": max_reminders,
        "escalate_to": None if escalate_to is None else address_of(escalate_to),
        "max_delivery_attempts": max_delivery_attempts,
        "correlation_id": correlation_id,
        "idempotency_key": idempotency_key,
    }


def run(api: FlatCalls, sent: dict[str, Any], *, timeout: float | None, raise_on_failure: bool) -> Intent:
    """Send an intent and wait until it has ended, in one request where the server can.

    Whether it can is seen from its answer: one that was not held is followed on its stream.
    """
    if timeout is not None and not timeout > 0:
        raise AxmeValueError(f"timeout must be above 0 seconds, or None to wait for the end, not {timeout!r}")
    begun = monotonic()
    # A gateway that goes away while it holds the answer is asked again, and holds it anew.
    longest = api.config.timeout + 2 * RUN_WAIT_SECONDS if timeout is None else timeout
    answer = api.create_intent(**sent, wait_seconds=_held_for(timeout) or None, timeout=longest)
    held = answer.get("waited") is True
    intent = Intent._from(api, answer.get("intent")) if held else Intent._from(api, answer, complete=False)
    if not (held and intent.is_terminal):
        left = None if timeout is None else max(timeout - (monotonic() - begun), 0.001)
        intent.wait(left)
    return intent._or_raise() if raise_on_failure else intent


def _held_for(timeout: float | None) -> int:
    """The whole seconds the gateway is asked to hold its answer for."""
    return RUN_WAIT_SECONDS if timeout is None else min(int(max(timeout - _WAY_BACK_SECONDS, 0)), RUN_WAIT_SECONDS)


def _period(deadline: datetime | timedelta | None) -> int | None:
    """A deadline that counts from now; one that is past already has no period."""
    counts = isinstance(deadline, timedelta) and deadline > timedelta(0)
    return seconds("deadline", deadline) if counts and isinstance(deadline, timedelta) else None
