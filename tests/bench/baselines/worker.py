"""What every measured client shares: the question-and-answer loop and the stop watches.

Only the standard library: the flat SDK's environment has nothing else.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def serve(verbs: Mapping[str, Callable[..., object]]) -> None:
    """Answer questions from stdin until it ends."""
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer = verbs[question.pop("verb")](**question)
        except Exception:
            answer = {"failure": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


def calls_per_second(call: Callable[[], object], threads: int, seconds: float) -> float:
    """How often ``threads`` together finish ``call`` in about ``seconds``."""
    call()
    gate = threading.Barrier(threads + 1)
    counts = [0] * threads

    def run(number: int) -> None:
        gate.wait()
        done, until = 0, time.perf_counter() + seconds
        while time.perf_counter() < until:
            call()
            done += 1
        counts[number] = done

    workers = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    gate.wait()
    started = time.perf_counter()
    for worker in workers:
        worker.join()
    return sum(counts) / (time.perf_counter() - started)


def events_per_second(events: Iterable[object], expected: int) -> float:
    """How fast ``events`` come out; all ``expected`` of them must."""
    started = time.perf_counter()
    count = sum(1 for _ in events)
    elapsed = time.perf_counter() - started
    if count != expected:
        raise RuntimeError(f"{count} events came instead of {expected}")
    return count / elapsed


def delays_ms(events: Iterable[Any], sent_at: Callable[[Any], int]) -> list[float]:
    """Milliseconds from the server's send to the reader's hand, for each event but the first few."""
    found = [(time.perf_counter_ns() - sent_at(event)) / 1e6 for event in events]
    return found[5:]


def each_timed(call: Callable[[], object], count: int, threads: int) -> dict[str, Any]:
    """Latencies in ms of ``count`` calls shared out to ``threads``, and how many a second."""
    latencies: list[float] = []
    left = iter(range(count))
    lock = threading.Lock()
    failures: list[str] = []

    def run() -> None:
        try:
            while True:
                with lock:
                    if failures or next(left, None) is None:
                        return
                started = time.perf_counter()
                call()
                latencies.append((time.perf_counter() - started) * 1000)
        except Exception:
            failures.append(traceback.format_exc())

    began = time.perf_counter()
    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise RuntimeError(failures[0])
    return {"latencies_ms": latencies, "per_second": count / (time.perf_counter() - began)}
