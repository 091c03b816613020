"""Ids that grow with time, so that new rows lie side by side and one commit touches few pages."""

from __future__ import annotations

import os

_MILLISECOND = 1000


def new_uuid(now: int) -> str:
    """A version 7 UUID (RFC 9562) of the moment ``now`` (microseconds), with 74 random bits."""
    noise = os.urandom(10)
    head = (now // _MILLISECOND).to_bytes(6, "big")
    text = (head + bytes((0x70 | noise[0] & 0x0F, noise[1], 0x80 | noise[2] & 0x3F)) + noise[3:]).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
