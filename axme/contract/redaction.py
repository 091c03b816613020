"""What no text may show: the shapes of secrets, for logs, errors and everything that is drawn."""

from __future__ import annotations

import re

HIDDEN = "[hidden]"
_PATTERNS = (
    # Machine keys, tokens of the usual three parts, webhook secrets, and whatever follows a telling name.
    (re.compile(r"axme_sa_[A-Za-z0-9_.\-]+"), HIDDEN),
    (re.compile(r"eyJ[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*"), HIDDEN),
    (re.compile(r"whsec_[A-Za-z0-9+/=]+"), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic) +[^\s\"',;]+"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?i)([\w\-]*(?:token|secret|password|signature)\"?[=:] *\"?)[^\s&\"',;}]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(/invites/)[^/?#\s]+"), rf"\1{HIDDEN}"),
)


_TELLING = re.compile(r"(?i)token|secret|passw|signature|api_?key|authorization|credential|cookie")


def is_telling(name: str) -> bool:
    """Whether what stands under ``name`` is a secret."""
    return _TELLING.search(name) is not None


def without_secrets(text: str) -> str:
    """``text`` with ``[hidden]`` in place of everything that looks like a secret."""
    for pattern, shown in _PATTERNS:
        text = pattern.sub(shown, text)
    return text
