"""Python values as the wire wants them: durations, moments, addresses."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Any, Protocol

from axme.contract import clock
from axme.contract.limits import LARGEST_WHOLE
from axme.exceptions import AxmeValueError


class Addressed(Protocol):
    """Anything that has an agent address, such as an ``Agent``."""

    @property
    def address(self) -> str:
        """``agent://org/workspace/name``, or a bare name."""
        ...


Recipient = str | Addressed


def address_of(recipient: Recipient) -> str:
    """The address as text."""
    return recipient if isinstance(recipient, str) else recipient.address


class Identified(Protocol):
    """Anything with an id, such as a ``Workspace``."""

    @property
    def id(self) -> str:
        """What identifies it among its kind."""
        ...


def id_of(thing: str | Identified | None) -> str | None:
    """The id as text."""
    return thing if thing is None or isinstance(thing, str) else thing.id


def given(**said: Any) -> dict[str, Any]:
    """A request body of what was said; ``None`` was not."""
    return {name: value for name, value in said.items() if value is not None}


def seconds(name: str, duration: timedelta | None, *, least: timedelta = clock.MICROSECOND) -> int | None:
    """Whole seconds, rounded up.

    Raises:
        AxmeValueError: not a ``timedelta``, too short (by default, not above 0), or longer than the protocol counts.
    """
    if duration is None:
        return None
    if not isinstance(duration, timedelta) or duration < least:
        low = "above 0" if least else "from 0 on"
        raise AxmeValueError(f"{name} must be a timedelta {low}, such as timedelta(hours=4), not {duration!r}")
    found = ceil(duration.total_seconds())
    if found > LARGEST_WHOLE:
        raise AxmeValueError(f"{name} is at most {timedelta(seconds=LARGEST_WHOLE)} (68 years), not {duration!r}")
    return found


def moment(name: str, when: datetime | timedelta | None, *, repeatable: bool = False) -> str | None:
    """A moment as RFC 3339; a ``timedelta`` counts from now.

    Args:
        repeatable: the request may be sent again under its key, and must then be the same.

    Raises:
        AxmeValueError: a ``datetime`` without a zone, or a ``timedelta`` in a repeatable request.
    """
    if when is None:
        return None
    if isinstance(when, timedelta):
        if repeatable:
            raise AxmeValueError(
                f"{name}={when!r} counts from now, so the same idempotency_key would name another request each time: "
                "give a datetime"
            )
        try:
            return clock.to_text(clock.SystemClock().now() + when)
        except OverflowError:
            raise AxmeValueError(f"{name}={when!r} from now is outside the calendar") from None
    if not isinstance(when, datetime) or when.tzinfo is None:
        raise AxmeValueError(f"{name} must be a timedelta, or a datetime with a time zone, not {when!r}")
    return clock.to_text(when)


def hours(name: str, duration: timedelta) -> float:
    """A duration in hours; none at all is allowed.

    Raises:
        AxmeValueError: not a ``timedelta``, or below 0.
    """
    if not isinstance(duration, timedelta) or duration < timedelta(0):
        raise AxmeValueError(f"{name} must be a timedelta from 0 on, such as timedelta(hours=24), not {duration!r}")
    return duration / timedelta(hours=1)
