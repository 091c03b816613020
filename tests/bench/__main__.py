"""``python -m tests.bench [names…] [--rounds N] [--quick] [--json FILE]``: measure, and say which goals are reached."""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench.lab import Lab
from tests.bench.table import render

NAMES = (
    "calls",
    "load",
    "observe",
    "imports",
    "create",
    "roundtrip",
    "served",
    "restate",
    "people",
    "waiting",
    "syncs",
    "timers",
)


def main(arguments: list[str] | None = None) -> int:
    """Run the named benchmarks, all by default; 1 when one of them could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure axme beside its baselines.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of: {', '.join(NAMES)} (all by default)")
    parser.add_argument("--rounds", type=int, metavar="N", help="interleaved rounds of each measurement")
    parser.add_argument("--quick", action="store_true", help="two short rounds: does it run, roughly where are we")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure of every round")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    report: dict[str, Any] = {"machine": machine(), "benchmarks": {}}
    started = time.monotonic()
    with Lab(rounds=options.rounds, quick=options.quick) as lab:
        for name in options.names or NAMES:
            report["benchmarks"][name] = measure(name, lab)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1))
    verdicts = [row["reached"] for found in report["benchmarks"].values() for row in found.get("rows", [])]
    failed = [name for name, found in report["benchmarks"].items() if "failure" in found]
    print(
        f"{verdicts.count(True)} goals reached, {verdicts.count(False)} missed, in {time.monotonic() - started:.0f} s."
    )
    if failed:
        print(f"Not measured: {', '.join(failed)} (reasons above).")
    return 1 if failed else 0


def measure(name: str, lab: Lab) -> dict[str, Any]:
    """One benchmark, printed as soon as it is done; a failure is reported and the next one runs."""
    try:
        module = importlib.import_module(f"tests.bench.{name}")
        rows = module.run(lab)
    except Exception as error:
        lab.say("")
        print(f"{name}: not measured. {type(error).__name__}: {error}\n", flush=True)
        return {"failure": f"{type(error).__name__}: {error}"}
    lab.say("")
    print(render(module.TITLE, rows), end="\n\n", flush=True)
    return {"title": module.TITLE, "rows": [row.to_dict() for row in rows]}


def machine() -> dict[str, str]:
    """Where and with what the figures were taken."""
    found = {name: version(name) for name in ("requests", "urllib3", "marshmallow", "starlette", "uvicorn")}
    return {"python": platform.python_version(), "system": platform.platform(), **found}


if __name__ == "__main__":
    sys.exit(main())
