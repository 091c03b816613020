"""``python -m axme serve``: needs the standard library only, as agents run in small containers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import timedelta

from axme.exceptions import AxmeError
from axme.worker.logs import to_terminal

_SERVE = """\
Handle what is sent to an agent, until Ctrl-C or SIGTERM. Then nothing new is taken,
what runs is finished, and the rest is given back; a second signal ends it at once.

WHAT is module:name. The name stands for an agent with handlers (@agent.on("…")),
or, with --agent, for a function that handles."""
_MORE = """\
environment:
  AXME_API_KEY     the key of the agent
  AXME_BASE_URL    where the gateway is

examples:
  python -m axme serve orders:agent
  python -m axme serve orders.py:agent --concurrency 32
  python -m axme serve orders:handle --agent fulfillment --timeout 60"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, serve, and say in one line what went wrong, if it did."""
    options = _parser().parse_args(arguments)
    try:
        return _serve(options)
    except AxmeError as error:
        print(f"axme serve: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m axme serve",
        description=_SERVE,
        epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("what", metavar="WHAT", help="module:name, or file.py:name")
    add("--agent", metavar="ADDRESS", help="whom a function serves")
    add("--concurrency", type=int, default=8, metavar="N", help="handlers at a time (default: %(default)s)")
    add("--timeout", type=_seconds, metavar="SECONDS", help="how long a function may take (default: no limit)")
    add("--lease", type=_seconds, default=timedelta(seconds=30), metavar="SECONDS",
        help="how long a dead worker's intents stay its own (default: 30)")  # fmt: skip
    add("--drain-timeout", type=_seconds, default=timedelta(seconds=30), metavar="SECONDS",
        help="how long handlers may go on after the signal (default: 30)")  # fmt: skip
    add("--worker-id", metavar="NAME", help="what the gateway shows (default: machine, process, a few letters)")
    add("--log-level", choices=("debug", "info", "warning", "error"), default="info", help="(default: %(default)s)")
    add("--log-json", action="store_true", help="one JSON object a line, with intent and trace ids")
    return parser


def _serve(options: argparse.Namespace) -> int:
    from axme.serving import worker_for

    to_terminal(options.log_level, as_json=options.log_json)
    said = {"timeout": options.timeout} if options.timeout else {}
    worker_for(
        options.what, agent=options.agent, concurrency=options.concurrency, lease=options.lease,
        drain_timeout=options.drain_timeout, worker_id=options.worker_id, **said,
    ).run()  # fmt: skip
    return 0


def _seconds(text: str) -> timedelta:
    try:
        return timedelta(seconds=float(text))
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"a number of seconds, not {text!r}") from None
