"""Frames of a ``text/event-stream``, byte for byte as clients of all ages parse them (contract 1.11)."""

from __future__ import annotations

from typing import Any

from axme.contract import jsontext

KEEP_ALIVE = b": keep-alive\n\n"
TIMEOUT_EVENT = "stream.timeout"


def frame(seq: int, name: str, data: dict[str, Any]) -> bytes:
    """One event; ``id`` and ``data.seq`` are the same cursor."""
    return f"id: {seq}\nevent: {name}\ndata: {jsontext.encode(data)}\n\n".encode()


def event_frame(event: dict[str, Any]) -> bytes:
    """The frame of a lifecycle event or a delivery."""
    return frame(event["seq"], event["event_type"], event)


def timeout_frame(next_seq: int) -> bytes:
    """The last frame of a window: where to go on reading (valid as an exclusive ``since``)."""
    return frame(next_seq, TIMEOUT_EVENT, {"next_seq": next_seq})
