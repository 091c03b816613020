"""Objects whose answers each tell a part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from axme.resources.base import Resource, Snapshot


class Gathered(Resource):
    """A resource that keeps what an earlier answer told, where the newest does not speak of it."""

    __slots__ = ()
    #: The key that only an answer about the whole holds.
    _WHOLE: ClassVar[str]

    def _absorb(self, answer: Mapping[str, Any]) -> Self:
        before, now = self._snapshot.raw, super()._absorb(answer)._snapshot.raw
        self._snapshot = Snapshot(before | now, complete=self._WHOLE in now)
        return self
