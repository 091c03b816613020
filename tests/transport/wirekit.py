"""What several tests of the wire share."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from axme.transport import Call, Transport
from tests.transport.rawserver import Handler, Peer, RawServer

Serve = Callable[[Handler], RawServer]
Connect = Callable[..., Transport]
GET = Call(method="GET", path="/v1/things", operation="list_things")
POST = Call(method="POST", path="/v1/things", json={"n": 1}, operation="make_thing")
#: By how much a call may outlast its deadline here; without care it would be many seconds. Test machines are busy.
SLACK = 1.0


def silent(peer: Peer) -> None:
    peer.server.stopping.wait(20)


def drip(data: bytes) -> Callable[[Peer], None]:
    def step(peer: Peer) -> None:
        for byte in data:
            peer.send(bytes([byte]))
            if peer.server.stopping.wait(0.05):
                return

    return step


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def run_all(*works: Callable[[], None]) -> None:
    failures: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
