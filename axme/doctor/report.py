"""What a doctor found: one line for each thing looked at, with its remedy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from axme.display import html
from axme.display.tones import colored
from axme.display.values import line

OK, NOTE, WARNING, FAILED = "ok", "note", "warning", "failed"
_WIDEST = 13
_MOST = 400


class Finding(NamedTuple):
    """One thing that was looked at."""

    check: str
    #: ``ok``, ``note`` (good to know), ``warning`` or ``failed``.
    state: str
    found: str
    remedy: str = ""


class Diagnosis(Sequence[Finding]):
    """All findings of one visit, in the order they were made; ``print`` it."""

    def __init__(self, base_url: str, findings: Sequence[Finding]) -> None:
        self.base_url = base_url
        # Shown, logged and pasted into tickets: nothing that looks like a secret comes in.
        self._findings = tuple(
            one._replace(found=line(one.found, _MOST), remedy=one.remedy and line(one.remedy, _MOST))
            for one in findings
        )

    @property
    def healthy(self) -> bool:
        """Whether nothing failed."""
        return all(one.state != FAILED for one in self)

    @property
    def troubles(self) -> tuple[Finding, ...]:
        """What failed, and what is worth a warning."""
        return tuple(one for one in self if one.state in (FAILED, WARNING))

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON data, for programs."""
        return {
            "base_url": self.base_url,
            "healthy": self.healthy,
            "findings": [one._asdict() for one in self],
        }

    def text(self, stream: Any = None) -> str:
        """The lines that are printed; in colour where ``stream`` is a terminal."""
        lines = [f"{self.base_url}"]
        for one in self:
            state = colored(one.state, stream) + " " * (8 - len(one.state))
            lines.append(f"  {state} {one.check:<{_WIDEST}} {one.found}")
            if one.remedy:
                lines.append(f"           {'':<{_WIDEST}} → {one.remedy}")
        count = len(self.troubles)
        lines.append("everything is fine" if not count else f"{count} of {len(self)} need attention")
        return "\n".join(lines)

    def __getitem__(self, index: Any) -> Any:
        return self._findings[index]

    def __len__(self) -> int:
        return len(self._findings)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        rows = [(one.check, one.state, one.found, one.remedy) for one in self]
        return html.grid("Diagnosis", ("check", "state", "found", "remedy"), rows, note=self.base_url)
