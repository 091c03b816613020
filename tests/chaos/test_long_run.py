"""What the long run adds up stays on the page."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

from tests.chaos.__main__ import PAGE, ROOT, add_up, publish

EMPTY = "# Page\n\n<!-- counts -->\n<!-- end of counts -->\n\nMore.\n"


def test_counts_are_added_to_what_is_told() -> None:
    counts = add_up('{"kills": 60, "power_cuts": 40}\n{"kills": 1940}\n')
    assert counts == Counter(kills=2000, power_cuts=40)
    page = publish(EMPTY, counts, "2031-01-01")
    assert "| kills | 2 000 |\n| power cuts | 40 |" in page
    again = publish(page, Counter(kills=1), "2031-01-02")
    assert "| kills | 2 001 |\n| power cuts | 40 |" in again
    assert again.startswith("# Page\n")
    assert again.endswith("\nMore.\n")
    assert "2031-01-01" not in again


def test_the_command_runs_until_the_time_is_over() -> None:
    before = PAGE.read_text()
    command = [sys.executable, "-m", "tests.chaos", "--minutes", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "0 rounds\n"
    assert PAGE.read_text() == before
