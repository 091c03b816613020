"""One intent from JSON text to an object."""

from __future__ import annotations

from tests.bench.lab import Lab
from tests.bench.rounds import Goal, Row

TITLE = "From JSON text to an intent, 21 fields (goal 3)"


def run(lab: Lab) -> list[Row]:
    """Against json.loads of the same text, in the same loop."""
    child = lab.sdk
    found = lab.compare("load", {"axme": lambda: child.ask("load", count=lab.size(3000))}, 7)["axme"]
    plain = [each["plain"] for each in found]
    goal = Goal("at most", 2.5)
    return [
        Row("an intent", "µs", [each["made"] for each in found], plain, "json.loads", goal),
        Row("an intent, five fields read", "µs", [each["read"] for each in found], plain, "json.loads", goal),
    ]
