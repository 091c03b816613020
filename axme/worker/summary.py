"""What a worker has done so far."""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Summary:
    """How many intents ended how in one worker."""

    completed: int = 0
    failed: int = 0
    waiting: int = 0
    #: Their lease was lost, and the result with it: somebody else has them.
    lost: int = 0
    released: int = 0
    timed_out: int = 0
    #: Handlers that have not returned long after their time was over.
    abandoned: int = 0

    @property
    def handled(self) -> int:
        """All that were taken and settled here."""
        return self.completed + self.failed + self.waiting + self.timed_out

    def __str__(self) -> str:
        said = [f"{getattr(self, one.name)} {one.name.replace('_', ' ')}" for one in fields(self)]
        return ", ".join(word for word in said if not word.startswith("0 ")) or "nothing came"


class Tally:
    """Counts from many threads."""

    def __init__(self) -> None:
        self.summary = Summary()
        self._lock = threading.Lock()

    def add(self, what: str, many: int = 1) -> None:
        """Count ``many`` more of a field of :class:`Summary`."""
        with self._lock:
            self.summary = replace(self.summary, **{what: getattr(self.summary, what) + many})
