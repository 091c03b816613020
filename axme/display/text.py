"""Plain data as aligned text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

_MOST_CHARS = 60
_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lines of columns that stand below one another; numbers to the right, fractions with two digits, ``None`` as -.

    Example:
        >>> print(table(["agent", "intents"], [["shop", 12], ["worker", None]]))
        agent   intents
        shop         12
        worker        -
    """
    cells = [list(row) for row in rows]
    texts = [list(titles), *([_text(cell) for cell in row] for row in cells)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(titles))]
    right = [
        any(isinstance(row[column], (int, float)) for row in cells)
        and all(row[column] is None or isinstance(row[column], (int, float)) for row in cells)
        for column in range(len(titles))
    ]
    lines = (
        "  ".join(
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(row, widths, right, strict=True)
        )
        for row in texts
    )
    return "\n".join(line.rstrip() for line in lines)


def age(since: timedelta | None) -> str:
    """How long ago, in its largest unit: ``12 s ago``, ``3 d ago``; ``never`` for ``None``."""
    if since is None:
        return "never"
    seconds = max(0, int(since.total_seconds()))
    size, unit = next((pair for pair in _UNITS if seconds >= pair[0]), _UNITS[-1])
    return f"{seconds // size} {unit} ago"


def _text(value: object) -> str:
    """One line of at most sixty characters, nothing in it that moves a cursor."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.2f}"
    text = "".join(char if char.isprintable() else "?" for char in str(value))
    return text if len(text) <= _MOST_CHARS else f"{text[: _MOST_CHARS - 1]}…"
