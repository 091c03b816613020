"""When a job that failed is tried again, and when it is not any more."""

from __future__ import annotations

from axme.gateway.lifecycle.timers import SECOND

#: Eight minutes of trying in all; a job that failed so often waits for somebody to look at it.
MOST_ATTEMPTS = 10
#: What is kept of an error's text.
ERROR_CHARS = 500
_LONGEST = 3600


def back_off(attempts: int) -> int:
    """How long to wait (microseconds) after so many failures: 1 s, 2 s, 4 s and so on, up to an hour."""
    return min(1 << min(attempts - 1, 20), _LONGEST) * SECOND
