"""What is logged and traced while an intent is handled."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from opentelemetry import trace

from axme.worker import Claim, IntentFields, Run, tracing
from axme.worker.logs import JsonLines, Lines, about
from tests.worker.shelf import Shelf, at_work

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def claim(payload: dict[str, Any]) -> Claim:
    intent = {"intent_id": "01a203e3-dee6-7fd1-a794-223db15db488", "intent_type": "job.v1", "payload": payload}
    return Claim(id="c", intent=intent)


@pytest.mark.parametrize("payload", [{"traceparent": PARENT}, {"parent_payload": {"traceparent": PARENT}, "n": 1}])
def test_the_senders_trace_goes_on_in_the_handler(payload: dict[str, Any]) -> None:
    with tracing.span(claim(payload), "w") as trace_id:
        assert trace_id == "0af7651916cd43dd8448eb211c80319c"
        inside = trace.get_current_span().get_span_context()
        assert trace.format_trace_id(inside.trace_id) == trace_id


@pytest.mark.parametrize("payload", [{}, {"traceparent": 7}, {"traceparent": "nonsense"}])
def test_without_one_there_is_none(payload: dict[str, Any]) -> None:
    with tracing.span(claim(payload), "w") as trace_id:
        assert trace_id is None


class Recorded(trace.NonRecordingSpan):
    """A span as a real tracer has it, as far as it is looked at here."""

    def __init__(self, name: str, attributes: dict[str, Any]) -> None:
        super().__init__(trace.SpanContext(7, 9, is_remote=False, trace_flags=trace.TraceFlags(1)))
        self.told: dict[str, Any] = {"name": name} | attributes

    def record_exception(self, exception: BaseException, *_: Any, **__: Any) -> None:
        self.told["exception"] = exception

    def set_status(self, status: Any, description: str | None = None) -> None:
        self.told["status"] = status

    def end(self, end_time: int | None = None) -> None:
        self.told["ended"] = True


class Recorder:
    """A tracer that keeps its spans."""

    def __init__(self) -> None:
        self.spans: list[Recorded] = []

    @contextmanager
    def start_as_current_span(self, name: str, *, attributes: dict[str, Any], **_: Any) -> Iterator[Recorded]:
        self.spans.append(Recorded(name, attributes))
        with trace.use_span(self.spans[-1], end_on_exit=True):
            yield self.spans[-1]


def test_each_attempt_is_a_span_and_a_failed_one_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder, shelf = Recorder(), Shelf()
    monkeypatch.setattr(trace, "get_tracer", lambda _: recorder)
    shelf.put("good")
    shelf.put("bad")

    def handle(run: Run) -> dict[str, int]:
        if run.claim.id == "bad":
            raise ValueError("it broke")
        return {"done": 1}

    with at_work(shelf, handle, concurrency=1):
        shelf.wait("good", "bad")
    good, bad = (span.told for span in recorder.spans)
    assert (good["name"], good["axme.attempt"], good["ended"], "exception" in good) == ("handle job.v1", 1, True, False)
    assert (bad["status"], str(bad["exception"]), bad["ended"]) == (trace.StatusCode.ERROR, "it broke", True)


def test_it_works_where_nothing_of_the_kind_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    tracing._telemetry.cache_clear()
    try:
        with tracing.span(claim({"traceparent": PARENT}), "w") as trace_id:
            assert trace_id is None
            tracing.failed(ValueError())
    finally:
        tracing._telemetry.cache_clear()


def test_what_a_handler_logs_carries_its_intent(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf()
    caplog.handler.addFilter(IntentFields())

    def handle(run: Run) -> None:
        logging.getLogger("shop").warning("packing")

    shelf.put("a", attempt=3)
    with at_work(shelf, handle, worker_id="w-1"):
        shelf.wait("a")
    (record,) = [record for record in caplog.records if record.name == "shop"]
    said = vars(record)
    assert (said["intent_id"], said["intent_type"], said["attempt"], said["worker_id"]) == ("a", "job.v1", 3, "w-1")


def test_lines_for_people_and_for_machines() -> None:
    record = logging.LogRecord("axme.worker", logging.WARNING, "x.py", 1, "it %s", ("broke",), None)
    with about(claim({}), "w", None):
        IntentFields().filter(record)
    assert Lines().format(record)[8:] == "  WARNING  …b15db488  it broke"
    assert '"level": "warning", "logger": "axme.worker", "message": "it broke", "intent_id": "01a203e3' in (
        JsonLines().format(record)
    )
