"""Commands that are programs of their own: they need neither click nor rich, as where agents and gateways run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Plain(NamedTuple):
    """One of them; it reads its own arguments."""

    about: str
    run: Callable[[Sequence[str]], int]


def _gateway(arguments: Sequence[str]) -> int:
    from axme.gateway.__main__ import main

    return main(arguments)


def _serve(arguments: Sequence[str]) -> int:
    from axme.cli.serve import main

    return main(arguments)


def _doctor(arguments: Sequence[str]) -> int:
    from axme.cli.doctor import main

    return main(arguments)


PLAIN = {
    "gateway": Plain("Run a gateway in the foreground.", _gateway),
    "serve": Plain("Handle what is sent to an agent.", _serve),
    "doctor": Plain("Look at the way to the gateway, and say what to do.", _doctor),
}
