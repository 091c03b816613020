"""Colours that people can read: text against what is behind it, in light and in dark."""

from __future__ import annotations

import pytest

from axme.display.theme import _DARK, _LIGHT

#: Contrast that text needs against what is behind it (WCAG 2.2, AA).
LEAST_CONTRAST = 4.5
TEXT_ON = [
    *((ink, ground) for ink in ("ink", "soft") for ground in ("back", "shade")),
    *((tone, f"{tone}back") for tone in ("good", "busy", "wait", "bad", "over")),
    ("back", "busy"),
    ("back", "wait"),
]


def _light(color: str) -> float:
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [_LIGHT, _DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_stands_out(theme: dict[str, str], ink: str, ground: str) -> None:
    darker, lighter = sorted((_light(theme[ink]), _light(theme[ground])))
    assert (lighter + 0.05) / (darker + 0.05) >= LEAST_CONTRAST
