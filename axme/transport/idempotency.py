"""Keys that name the effect of a write (contract 1.5), and a memory of those the caller chose."""

from __future__ import annotations

import sys
import threading
import uuid
import warnings
from collections import OrderedDict

from axme.contract import jsontext
from axme.exceptions import AxmeIdempotencyWarning
from axme.transport.call import ABSENT, Call, target

_REMEMBERED = 1024
_PACKAGES = ("axme.", "axme_sdk.")


def mint() -> str:
    """A new key, for a write that was given none."""
    return str(uuid.uuid4())


class KeyLedger:
    """Warns when a key is used again with other parameters, which the server would answer with 409.

    It remembers the last 1024 keys the caller chose; minted ones cannot repeat.
    """

    def __init__(self) -> None:
        self._used: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, call: Call) -> None:
        """Remember the key of ``call``; issue :class:`AxmeIdempotencyWarning` when it contradicts the past."""
        if call.idempotency_key is None:
            return
        asked = hash((target(call), "" if call.json is ABSENT else jsontext.canonical(call.json)))
        place = (call.operation or f"{call.method} {call.path}", call.idempotency_key)
        with self._lock:
            known = self._used.setdefault(place, asked)
            self._used.move_to_end(place)
            if len(self._used) > _REMEMBERED:
                self._used.popitem(last=False)
        if known != asked:
            warnings.warn(
                f"the idempotency key {call.idempotency_key!r} was used before for {place[0]} with other parameters: "
                "the server will refuse it with 409. Use one key for one effect",
                AxmeIdempotencyWarning,
                stacklevel=_callers_level(),
            )


def _callers_level() -> int:
    """The stack level of the first frame outside this package, as seen from the caller of this function."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back and (frame.f_globals.get("__name__", "") + ".").startswith(_PACKAGES):
        level, frame = level + 1, frame.f_back
    return level
