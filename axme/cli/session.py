"""What the commands of one call share: the client, made when the first of them needs it."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import Self

import click

from axme.cli.reach import client_for
from axme.client import AxmeClient


class Session:
    """One call of the command line."""

    def __init__(self, profile: str | None) -> None:
        self._profile = profile

    @cached_property
    def client(self) -> AxmeClient:
        """A client of the gateway that is meant."""
        return client_for(self._profile)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "client" in vars(self):
            self.client.close()


#: Hands the session to a command.
session = click.make_pass_decorator(Session)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, as the gateway sends it.")
limit_option = click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many."
)
