"""Look for inputs that break something, guided by what they reach: ``tox -e fuzz -- --seconds 30``.

Needs Atheris, which exists for Linux only; what is found is kept in ``corpus/`` and replayed by the tests without it.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.chaos.harness.sizes import add

CORPUS = Path(__file__).parent / "corpus"
_DONE = re.compile(r"number_of_executed_units: *(\d+)")
_LONGEST_INPUT = 4096


def main() -> int:
    """Run every target for a while, each in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=30, help="how long for each target (default: %(default)s)")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("targets", nargs="*", help="which ones (default: all)")
    options, rest = parser.parse_known_args()
    if options.inside:
        _search(options.inside, rest)
        return 0
    from tests.chaos.fuzz.targets import TARGETS

    return max([_run(name, options.seconds) for name in options.targets or TARGETS])


def _run(name: str, seconds: int) -> int:
    kept = CORPUS / name
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        limits = [f"-max_total_time={seconds}", f"-max_len={_LONGEST_INPUT}", "-timeout=10", "-print_final_stats=1"]
        inside = [sys.executable, "-m", "tests.chaos.fuzz", "--inside", name]
        command = [*inside, scratch, str(kept), *limits, f"-artifact_prefix={kept}/found-"]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    ran = _DONE.search(done.stderr)
    add(fuzzed_inputs=int(ran[1]) if ran else 0)
    if done.returncode:
        print(f"{name} has found something, see {kept}:\n{done.stderr[-4000:]}")
    return done.returncode


def _search(name: str, arguments: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["axme", "json", "email"]):
        from tests.chaos.fuzz.targets import TARGETS
    atheris.Setup([name, *arguments], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    raise SystemExit(main())
