"""How a command ends: a number for scripts, and one line for people."""

from __future__ import annotations

from enum import IntEnum

from axme.contract.statuses import IntentStatus
from axme.exceptions import (
    AxmeAuthenticationError,
    AxmeAuthError,
    AxmeConfigError,
    AxmeConflictError,
    AxmeError,
    AxmeLookupError,
    AxmeNotFoundError,
    AxmeTransportError,
)


class Exit(IntEnum):
    """The exit codes; scripts may rely on them."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    CONFLICT = 4
    UNREACHABLE = 5
    NOT_ALLOWED = 6
    INTENT_FAILED = 10
    INTENT_CANCELED = 11
    INTENT_TIMED_OUT = 12
    STILL_OPEN = 13
    INTERRUPTED = 130


#: By the first class that fits.
_ERRORS: tuple[tuple[type[AxmeError], Exit, str], ...] = (
    (AxmeConfigError, Exit.USAGE, ""),
    (AxmeNotFoundError, Exit.NOT_FOUND, ""),
    (AxmeLookupError, Exit.NOT_FOUND, ""),
    (AxmeConflictError, Exit.CONFLICT, ""),
    (AxmeAuthenticationError, Exit.NOT_ALLOWED, "the key comes from --profile, AXME_API_KEY or AXME_GATEWAY_DIR"),
    (AxmeAuthError, Exit.NOT_ALLOWED, "whose key this is: python -m axme whoami"),
    (AxmeTransportError, Exit.UNREACHABLE, ""),
)
ENDINGS = {
    IntentStatus.COMPLETED: Exit.OK,
    IntentStatus.FAILED: Exit.INTENT_FAILED,
    IntentStatus.CANCELED: Exit.INTENT_CANCELED,
    IntentStatus.TIMED_OUT: Exit.INTENT_TIMED_OUT,
}


def exit_of(error: AxmeError) -> Exit:
    """The exit code for an error."""
    return next((code for kind, code, _ in _ERRORS if isinstance(error, kind)), Exit.FAILED)


def line_of(error: AxmeError) -> str:
    """The error in one line, with what to do about it."""
    hint = next((hint for kind, _, hint in _ERRORS if isinstance(error, kind)), "")
    said = " ".join(str(error).split())
    return f"axme: {said}" + (f" ({hint})" if hint else "")
