"""What is changed on a live intent: its pause, times, reminders and policy (contract 2.10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from axme.exceptions import AxmeValueError
from axme.resources._arguments import Recipient, address_of, given, moment, seconds
from axme.resources.base import Resource


class Reminder(NamedTuple):
    """One reminder of a live intent: how long from now, and what it says."""

    after: timedelta
    note: str = ""


class Steering(Resource):
    """The verbs that steer an intent."""

    __slots__ = ()

    def pause(self) -> Self:
        """Halt it where it stands, timers too, until :meth:`unpause`. ``POST /v1/intents/{intent_id}/controls``"""
        return self.update_controls({"paused": True})

    def unpause(self) -> Self:
        """Let it go on where it stood; who was asked is still asked. ``POST /v1/intents/{intent_id}/controls``"""
        return self.update_controls({"paused": False})

    def update_controls(
        self,
        controls: Mapping[str, Any] | None = None,
        *,
        timeout: timedelta | None = None,
        deadline: datetime | None = None,
        remind_after: timedelta | None = None,
        remind_interval: timedelta | None = None,
        max_reminders: int | None = None,
        escalate_to: Recipient | None = None,
        reminders: Iterable[Reminder | Mapping[str, Any]] | None = None,
        max_retries: int | None = None,
        retry_delay: timedelta | None = None,
        expected_generation: int | None = None,
    ) -> Self:
        """Change times, retries or reminders while it lives. ``POST /v1/intents/{intent_id}/controls``

        Args:
            controls: controls as the wire names them, merged into what is there; ``None`` deletes a key, and so takes
                a time away: ``{"timeout_seconds": None}`` leaves no deadline (contract 2.10).
            timeout: the deadline is so far from now; ``deadline`` says when it is.
            remind_after: the next reminder to the person who holds it is so far from now.
            remind_interval: the time between the others; ``max_reminders`` how many, then it goes to ``escalate_to``.
            reminders: further reminders, each a :class:`Reminder`; they replace those asked for before.
            max_retries: how often it is tried again after a failure, ``retry_delay`` apart.
            expected_generation: refuse unless ``policy_generation`` is still this.

        Raises:
            AxmeValueError: nothing to change is named, a name is given twice, or a value cannot be sent.
            AxmePolicyGenerationError: somebody else changed it first.
            AxmeTerminalError: it has ended.

        Example:
            >>> intent.update_controls(timeout=timedelta(days=3), max_reminders=5)  # doctest: +SKIP
        """
        named = given(
            timeout_seconds=seconds("timeout", timeout),
            deadline_at=moment("deadline", deadline),
            remind_after_seconds=seconds("remind_after", remind_after),
            remind_interval_seconds=seconds("remind_interval", remind_interval),
            max_reminders=max_reminders,
            escalate_to=None if escalate_to is None else address_of(escalate_to),
            reminders=None if reminders is None else [_reminder(one) for one in reminders],
            max_retries=max_retries,
            retry_delay_seconds=seconds("retry_delay", retry_delay, least=timedelta(0)),
        )
        if controls is None and not named:
            raise AxmeValueError("name something to change, such as timeout=timedelta(hours=4)")
        if twice := named.keys() & (controls or {}).keys():
            raise AxmeValueError(f"{min(twice)} is given twice: in controls and as an argument of its own")
        body = {"controls": {**(controls or {}), **named}}
        return self._absorb(self._api.update_intent_controls(self.id, body, policy_generation=expected_generation))

    def update_policy(
        self,
        *,
        grants: Mapping[str, Any] | None = None,
        envelope: Mapping[str, Any] | None = None,
        expected_generation: int | None = None,
    ) -> Self:
        """Change who may act on it, and its limits. ``POST /v1/intents/{intent_id}/policy``

        Args:
            grants: such as ``{"delegate:agent://org/ws/name": {"allow": ["resume"]}}``.
            envelope: such as ``{"ttl_seconds": 3600}``.
            expected_generation: refuse unless ``policy_generation`` is still this.

        Raises:
            AxmePolicyGenerationError: somebody else changed it first.
        """
        body = {name: value for name, value in (("grants", grants), ("envelope", envelope)) if value is not None}
        return self._absorb(self._api.update_intent_policy(self.id, body, policy_generation=expected_generation))


def _reminder(asked: Reminder | Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(asked, Reminder):
        return asked
    told = {"note": asked.note} if asked.note else {}
    return {"offset_seconds": seconds("Reminder.after", asked.after), **told}
