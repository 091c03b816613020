"""What a flat call would send, without sending it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axme.config import AxmeClientConfig
from axme.contract import jsontext
from axme.transport import ABSENT, Call
from axme.wire import FlatCalls


class Sketch(FlatCalls):
    """Flat calls that write down the request instead of making it."""

    def __init__(self, config: AxmeClientConfig) -> None:
        self.config = config
        self.calls: list[Call] = []

    def _send(self, call: Call) -> dict[str, Any]:
        self.calls.append(call)
        return {}


def request_of(config: AxmeClientConfig, make: Callable[[FlatCalls], Any]) -> Call:
    """The request that the flat call in ``make`` stands for."""
    sketch = Sketch(config)
    make(sketch)
    return sketch.calls[0]


def in_words(call: Call, *, body: bool = True) -> str:
    """Method and path of a call, and its body where it has one."""
    told = "" if call.json is ABSENT or not body else f" {jsontext.dumps(call.json)}"
    return f"{call.method} {call.path}{told}"
