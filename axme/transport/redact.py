"""What may be shown of what was sent or received. One place, so that nothing is forgotten in another."""

from __future__ import annotations

import re
from collections.abc import Iterable

from axme.contract.redaction import HIDDEN, without_secrets

_SHORTEST = 6


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
        return without_secrets(text)
