"""A span for each intent that is handled, where OpenTelemetry is installed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from axme.worker.claim import Claim


@contextmanager
def span(claim: Claim, worker_id: str) -> Iterator[str | None]:
    """The span of one attempt; gives its trace id, if anybody records it.

    A payload that carries ``traceparent``, as ``opentelemetry.propagate.inject(payload)`` writes it, makes it part of
    the sender's trace.
    """
    trace, propagate = _telemetry()
    if trace is None:
        yield None
        return
    attributes = {
        "axme.intent_id": claim.intent_id,
        "axme.intent_type": claim.intent_type,
        "axme.attempt": claim.attempt,
        "axme.worker_id": worker_id,
    }
    context = propagate.extract(_carrier(claim.intent.get("payload")))
    with trace.get_tracer("axme.worker").start_as_current_span(
        f"handle {claim.intent_type}", context=context, kind=trace.SpanKind.CONSUMER, attributes=attributes
    ) as current:
        known = current.get_span_context()
        yield trace.format_trace_id(known.trace_id) if known.is_valid else None


def failed(error: BaseException) -> None:
    """Note in the present span that its attempt failed."""
    trace, _ = _telemetry()
    if trace is not None:
        current = trace.get_current_span()
        current.record_exception(error)
        current.set_status(trace.StatusCode.ERROR, str(error))


def _carrier(payload: Any) -> dict[str, str]:
    inner = payload.get("parent_payload") if isinstance(payload, Mapping) else None
    found = {**_texts(inner), **_texts(payload)}
    return {name: found[name] for name in ("traceparent", "tracestate", "baggage") if name in found}


def _texts(payload: Any) -> dict[str, str]:
    return (
        {key: value for key, value in payload.items() if isinstance(value, str)} if isinstance(payload, Mapping) else {}
    )


@cache
def _telemetry() -> tuple[Any, Any]:
    try:
        from opentelemetry import propagate, trace
    except ImportError:
        return None, None
    return trace, propagate
