"""What the gateway keeps in memory for intents that wait and for streams that are open."""

from __future__ import annotations

import resource
import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

from tests.bench import ends
from tests.bench.lab import Lab
from tests.bench.process import memory_mib
from tests.bench.rounds import Goal, Row

TITLE = "Memory of the gateway: waiting intents and open streams (goal 10)"
INTENTS, STREAMS, WARM = 10_000, 1_000, 500
_KIB = 1024


def run(lab: Lab) -> list[Row]:
    """One gateway: warmed up, filled with intents that wait for a person, then watched by observers."""
    side = ends.ours(lab, agent=None)
    where = {name: value for name, value in side.asked.items() if name != "address"}
    lab.say("waiting intents")
    warm = side.submitter.ask("ask", count=WARM, **where)
    intents, streams = lab.size(INTENTS), lab.size(STREAMS)
    with _files(2 * STREAMS), ExitStack() as opened:
        _watch(opened, where, warm[:50])
        empty = memory_mib(side.pid)
        side.submitter.ask("ask", count=intents, **where)
        filled = memory_mib(side.pid)
        lab.say("open streams")
        _watch(opened, where, [warm[n % WARM] for n in range(streams)])
        watched = memory_mib(side.pid)
    return [
        Row("a waiting intent", "KB", [(filled - empty) * _KIB / intents], goal=Goal("at most", 1, of="value")),
        Row("an open stream", "KB", [(watched - filled) * _KIB / streams], goal=Goal("at most", 40, of="value")),
        Row("all of the gateway", "MiB", [watched]),
    ]


def _watch(opened: ExitStack, where: dict[str, str], intent_ids: list[str]) -> None:
    """Open a stream of each intent and read the first of what it holds."""
    parts = urlsplit(where["url"])
    for intent_id in intent_ids:
        stream = opened.enter_context(socket.create_connection((parts.hostname or "", parts.port or 80)))
        head = f"GET /v1/intents/{intent_id}/events/stream?wait_seconds=60 HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        stream.sendall(f"{head}x-api-key: {where['api_key']}\r\n\r\n".encode())
        if b" 200 " not in stream.recv(65536).partition(b"\r\n")[0]:
            raise RuntimeError(f"the stream of {intent_id} was refused")


def _files(wanted: int) -> ExitStack:
    """Let this process open so many files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted, hard)), hard))
    stack = ExitStack()
    stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
    return stack
