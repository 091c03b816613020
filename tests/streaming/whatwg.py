"""The parsing rules of the HTML standard (9.2.6), written down step by step: slow, plain, and the judge of ours."""

from __future__ import annotations

import re

Event = tuple[str, str, str]


def parse(stream: bytes) -> list[Event]:
    """The events dispatched from a whole stream, as (name, last id, data)."""
    text = stream.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    lines = re.split("\r\n|\r|\n", text)[:-1]  # What follows the last line end is no line.
    events: list[Event] = []
    last_id, name, data = "", "", ""
    for line in lines:
        if not line:
            if data:
                events.append((name or "message", last_id, data.removesuffix("\n")))
            name, data = "", ""
            continue
        field, colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if colon and not field:
            continue
        if field == "event":
            name = value
        elif field == "data":
            data += value + "\n"
        elif field == "id" and "\0" not in value:
            last_id = value
    return events
