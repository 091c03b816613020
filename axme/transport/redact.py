"""What may be shown of what was sent or received. One place, so that nothing is forgotten in another."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "[hidden]"
_SHORTEST = 6
_PATTERNS = (
    # Machine keys, tokens of the usual three parts, webhook secrets, and whatever follows a telling name.
    (re.compile(r"axme_sa_[A-Za-z0-9_.\-]+"), HIDDEN),
    (re.compile(r"eyJ[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*"), HIDDEN),
    (re.compile(r"whsec_[A-Za-z0-9+/=]+"), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic) +[^\s\"',;]+"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?i)([\w\-]*(?:token|secret|password|signature)\"?[=:] *\"?)[^\s&\"',;}]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(/invites/)[^/?#\s]+"), rf"\1{HIDDEN}"),
)


class Redactor:
    """Takes the secrets of one client, and everything that looks like one, out of text."""

    def __init__(self, secrets: Iterable[str | None]) -> None:
        # A secret of a few letters would hit innocent words; the server never makes such.
        known = sorted((text for text in secrets if text and len(text) >= _SHORTEST), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, text: str) -> str:
        """``text`` with ``[hidden]`` where a secret was."""
        if self._known:
            text = self._known.sub(HIDDEN, text)
        for pattern, shown in _PATTERNS:
            text = pattern.sub(shown, text)
        return text
