"""The long run: the suite again and again from fresh seeds, and its counts added up on the page about reliability.

``tox -e chaos-long -- --minutes 90``
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.harness.sizes import COUNTS, SEED

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
#: What is run again and again; the judge itself is judged once.
ROUND = ("test_kills.py", "test_power.py", "test_failpoints.py", "test_ambiguity.py")
_TABLE = re.compile(r"(<!-- counts -->\n).*?(<!-- end of counts -->)", re.DOTALL)
_ROW = re.compile(r"^\| ([a-z][^|]*?) +\| +([0-9 ]+) +\|$", re.MULTILINE)


def main() -> int:
    """Run until the time is over; the first failure ends it, and says how to repeat it."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=90.0, help="how long (default: %(default)g)")
    parser.add_argument("--dry", action="store_true", help="leave the page as it is")
    options = parser.parse_args()
    deadline = time.monotonic() + options.minutes * 60
    code = rounds = 0
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "counts"
        while code == 0 and time.monotonic() < deadline:
            rounds += 1
            print(f"round {rounds}, {max(deadline - time.monotonic(), 0) / 60:.0f} minutes left", flush=True)
            code = _round(notes)
        counts = add_up(notes.read_text() if notes.exists() else "")
    print(f"{rounds} rounds{', the last one failed: nothing is published' if code else ''}")
    for name, count in counts.items():
        print(f"{name.replace('_', ' ')}: {count}")
    if rounds and not (code or options.dry):
        PAGE.write_text(publish(PAGE.read_text(), counts, datetime.now(UTC).date().isoformat()))
    return code


def _round(notes: Path) -> int:
    environment = {name: value for name, value in os.environ.items() if name != SEED} | {COUNTS: str(notes)}
    tests = [str(ROOT / "tests" / "chaos" / name) for name in ROUND]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "2", "--dist", "loadgroup", "-m", "chaos", *tests]
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode


def add_up(notes: str) -> Counter[str]:
    """The sums of all lines."""
    total: Counter[str] = Counter()
    for line in notes.splitlines():
        total.update(json.loads(line))
    return total


def publish(page: str, counts: Counter[str], day: str) -> str:
    """``page`` with ``counts`` added to those it has."""
    found = _TABLE.search(page)
    assert found, "the page has no place for counts"
    told = {name: int(count.replace(" ", "")) for name, count in _ROW.findall(found[0])}
    for name, count in counts.items():
        told[name.replace("_", " ")] = told.get(name.replace("_", " "), 0) + count
    rows = "\n".join(f"| {name} | {count:,} |".replace(",", " ") for name, count in sorted(told.items()))
    return _TABLE.sub(lambda match: f"{match[1]}| what | how often, up to {day} |\n|---|---|\n{rows}\n{match[2]}", page)


if __name__ == "__main__":
    sys.exit(main())
