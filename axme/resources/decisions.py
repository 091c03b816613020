"""What a person decided, as it stands in the result of an intent (contract 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self

from axme.contract import clock
from axme.resources.fields import copied


class Decision(NamedTuple):
    """A person's answer to a human task."""

    outcome: str
    comment: str | None
    data: dict[str, Any]
    decided_by: str | None
    decided_at: datetime | None

    def _repr_html_(self) -> str:
        from axme.display import html

        facts = [(name, item) for name, item in self._asdict().items() if item and name != "outcome"]
        return html.card("Decision", badge=self.outcome, facts=facts)

    @classmethod
    def of(cls, result: Mapping[str, Any] | None) -> Self | None:
        """The decision that a result tells of, if it does."""
        answer = (result or {}).get("task_result")
        if not isinstance(answer, Mapping) or not isinstance(answer.get("outcome"), str):
            return None
        at, data = (result or {}).get("decided_at"), answer.get("data")
        return cls(
            outcome=answer["outcome"],
            comment=answer.get("comment"),
            data=copied(data) if isinstance(data, dict) else {},
            decided_by=(result or {}).get("decided_by"),
            decided_at=clock.from_text(at) if isinstance(at, str) else None,
        )
