"""Which words are good news: one tone for each status word, wherever it is shown."""

from __future__ import annotations

import os
from typing import IO

_WORDS = {
    "good": "completed active ready healthy delivered approved done accepted ok sent confirmed provided yes paid true",
    "busy": "in_progress running submitted created acknowledged working processing queued open replayed valid",
    "wait": "waiting pending degraded retrying paused stale unknown issued draft expiring overridden",
    "bad": "failed dead_lettered rejected killed crashed denied unhealthy error refused timed_out unreachable",
    "over": "canceled cancelled expired revoked suspended archived removed superseded ended skipped off inactive no",
}
_TONES = {word: tone for tone, words in _WORDS.items() for word in words.split()}
# Of an intent, delivered is on its way; of a delivery, it is the end.
_TONES["DELIVERED"] = "busy"
_ANSI = {"good": "32", "busy": "36", "wait": "33", "bad": "31", "over": "90"}


def tone(word: object) -> str:
    """``good``, ``busy``, ``wait``, ``bad`` or ``over``; empty for a word that is no status."""
    text = str(word)
    return _TONES.get(text) or _TONES.get(text.lower(), "")


def colored(word: str, stream: IO[str] | None) -> str:
    """``word`` in the colour of its tone where ``stream`` is a terminal, and plain anywhere else.

    ``NO_COLOR`` in the environment, and a terminal that calls itself ``dumb``, keep it plain too.
    """
    code = _ANSI.get(tone(word))
    return f"\x1b[{code}m{word}\x1b[0m" if code and wants_color(stream) else word


def wants_color(stream: IO[str] | None) -> bool:
    """Whether ``stream`` is a terminal that shows colours."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return is_terminal(stream)


def is_terminal(stream: IO[str] | None) -> bool:
    """Whether somebody sits before ``stream``."""
    try:
        return stream is not None and stream.isatty()
    except (AttributeError, ValueError):
        return False
