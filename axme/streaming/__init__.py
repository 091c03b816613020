"""Bytes → events → a stream that survives what the network does to it."""

from axme.streaming.follow import EventStream

__all__ = ["EventStream"]
