"""Forks, signals and the end of the interpreter, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.transport.rawserver import Handler, Peer, RawServer, always, answer

ROOT = Path(__file__).parents[2]
START = """
import os, signal, sys, threading, time, random, traceback
from axme.config import AxmeClientConfig
from axme.exceptions import *
from axme.transport import Call, Transport
url = sys.argv[1]
transport = Transport(AxmeClientConfig(base_url=url, api_key="k" * 20, retry_backoff_seconds=0.001))
def get(path, **options):
    return transport.send(Call(method="GET", path=path, **options))
"""


def run(program: str, server: RawServer, *, timeout: float = 60, warnings: str = "error") -> str:
    done = subprocess.run(
        [sys.executable, "-W", warnings, "-X", "dev", "-c", START + program, server.url],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=timeout,
        check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


def echo(peer: Peer) -> None:
    while request := peer.request():
        path = request.line.split()[1]
        if "stream" in path:
            peer.send(b"HTTP/1.1 200 OK\r\n\r\nhello")
            peer.server.stopping.wait(20)
            return
        peer.send(answer({"path": path}))


def test_children_of_a_warm_client_get_their_own_answers(serve: Callable[[Handler], RawServer]) -> None:
    program = """
get("/v1/warm")
stream = transport.open(Call(method="GET", path="/v1/stream"), idle_timeout=5)
children = []
for child in range(8):
    pid = os.fork()
    if pid == 0:
        wrong = 0
        try:
            stream.read()
            wrong += 1
        except AxmeClosedError:
            pass
        stream.close()
        for index in range(100):
            path = f"/v1/{child}/{index}"
            wrong += get(path) != {"path": path}
        transport.close()
        os._exit(1 if wrong else 0)
    children.append(pid)
for index in range(100):
    assert get(f"/v1/p/{index}") == {"path": f"/v1/p/{index}"}
assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * 8
assert stream.read() == b"hello"
transport.close()
"""
    run(program, serve(echo))


def test_interrupts_at_any_moment_leave_a_working_client(serve: Callable[[Handler], RawServer]) -> None:
    program = """
random.seed(7)
def interrupt(delay):
    time.sleep(delay)
    os.kill(os.getpid(), signal.SIGINT)
interrupted = wrong = 0
for number in range(60):
    thread = threading.Thread(target=interrupt, args=(random.random() * 0.004,))
    try:
        try:
            thread.start()
            while True:
                path = f"/v1/{number}"
                wrong += get(path) != {"path": path}
        finally:
            thread.join()
    except KeyboardInterrupt:
        interrupted += 1
    wrong += get("/v1/after") != {"path": "/v1/after"}
print(interrupted, wrong)
transport.close()
"""
    # Between the birth of a socket and its first owner an interrupt leaves it to the garbage collector, which warns.
    assert run(program, serve(echo), warnings="ignore::ResourceWarning").split() == ["60", "0"]


def test_leaving_without_closing_is_quick_and_quiet(serve: Callable[[Handler], RawServer]) -> None:
    program = """
get("/v1/x")
for _ in range(3):
    transport.open(Call(method="GET", path="/v1/stream"), idle_timeout=60).read()
kept = transport.open(Call(method="GET", path="/v1/stream"), idle_timeout=60)
threading.Thread(target=kept.read, daemon=True).start()
"""
    run(program, serve(echo), timeout=10)


def test_importing_the_transport_does_not_import_what_a_first_call_does_not_need(
    serve: Callable[[Handler], RawServer],
) -> None:
    program = """
get("/v1/x")
print("tenacity" in sys.modules)
transport.close()
"""
    assert run(program, serve(always(answer()))).strip() == "False"


def test_running_out_of_file_descriptors_is_an_error_and_not_the_end(serve: Callable[[Handler], RawServer]) -> None:
    program = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
hoard = []
try:
    while True:
        hoard.append(os.dup(0))
except OSError:
    pass
try:
    get("/v1/x", timeout=0.2)
except AxmeConnectionError as error:
    print(error.outcome, "Too many open files" in str(error))
for descriptor in hoard:
    os.close(descriptor)
print(get("/v1/x")["path"])
transport.close()
"""
    assert run(program, serve(echo)).split() == ["not_sent", "True", "/v1/x"]
