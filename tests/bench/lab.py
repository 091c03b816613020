"""What a benchmark is given: how long it may take, and the processes it needs, started on first use."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cached_property
from typing import Self, TypeVar

from tests.bench import peers
from tests.bench.children import Child
from tests.bench.rounds import interleave

T = TypeVar("T")


class Lab:
    """Use as a context manager: every process ends with it."""

    def __init__(self, *, rounds: int | None = None, quick: bool = False) -> None:
        self.quick = quick
        self._rounds = rounds
        self.stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def say(self, text: str) -> None:
        """Show progress on stderr: one line that changes on a terminal, else each new thing on a line of its own."""
        if sys.stderr.isatty():
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        elif text:
            print(text, file=sys.stderr, flush=True)

    def rounds(self, usual: int) -> int:
        """``usual``, unless the caller asked for another number."""
        return self._rounds or (2 if self.quick else usual)

    def size(self, usual: int) -> int:
        """A count of items: a tenth in a quick run."""
        return max(usual // 10, 20) if self.quick else usual

    def seconds(self, usual: float) -> float:
        """A stretch of time: a quarter in a quick run."""
        return usual / 4 if self.quick else usual

    def compare(self, what: str, sides: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
        """Interleaved rounds of all ``sides``, with progress."""
        total = self.rounds(rounds)

        def tick(number: int) -> None:
            if number == 0 or sys.stderr.isatty():
                self.say(f"{what}: round {number + 1} of {total}")

        return interleave(sides, total, tick)

    def keep(self, child: Child) -> Child:
        """Have ``child`` closed in the end."""
        self.stack.callback(child.close)
        return child

    @cached_property
    def flat_python(self) -> str:
        """The interpreter of the flat SDK."""
        return peers.python(peers.FLAT_SDK, self.say)

    @cached_property
    def sdk(self) -> Child:
        """The SDK of this tree."""
        return self.keep(Child.module("tests.bench.sdk"))

    @cached_property
    def clients(self) -> dict[str, Child]:
        """One process for each client: this one, the flat SDK and a raw socket."""
        flat_sdk = self.keep(Child.script("flat_sdk", python=self.flat_python))
        return {"axme": self.sdk, "flat": flat_sdk, "raw": self.keep(Child.script("raw_socket"))}

    def place(self) -> str:
        """A new directory on the disk, removed in the end."""
        return self.stack.enter_context(tempfile.TemporaryDirectory(prefix="axme-bench-"))

    def floor(self, name: str) -> tuple[Child, int]:
        """A baseline server on a new database, and its port."""
        server = self.keep(Child.script(name, f"{self.place()}/floor.db"))
        return server, server.hear()["port"]

    @cached_property
    def wire(self) -> dict[str, int]:
        """The ports of the canned server."""
        ports: dict[str, int] = self.keep(Child.script("wire_server")).hear()["ports"]
        return ports

    def url(self, port_name: str) -> str:
        """The base URL of one of them."""
        return f"http://127.0.0.1:{self.wire[port_name]}"
