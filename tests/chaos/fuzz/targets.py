"""Each target takes any bytes and raises only what is a finding: a wrong kind of error, or a broken promise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http.client import IncompleteRead
from typing import Any

from axme.contract import addresses, clock, jsontext, signing
from axme.gateway.actions.inbox import read as inbox
from axme.gateway.delivery.sse import frame
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import forms, patterns
from axme.gateway.policy import ssrf
from axme.gateway.routes import mcp
from axme.streaming.sse import SseError, SseParser
from axme.transport.answer import retry_after
from axme.transport.chunks import Chunks
from tests.streaming import whatwg

_LONGEST_FORM = 4000


def json(data: bytes) -> None:
    """The JSON gate: a value that comes back as it was, or its own error."""
    try:
        value = jsontext.loads(data)
    except jsontext.JsonError:
        return
    assert jsontext.loads(jsontext.dumps(value)) == value
    assert jsontext.loads(jsontext.canonical(value)) == value


def events(data: bytes) -> None:
    """A stream, however its bytes are cut, gives what the standard's own words give."""
    if not data:
        return
    cut, stream = data[0] + 1, data[1:]
    parser, found = SseParser(), []
    try:
        for at in range(0, len(stream), cut):
            found += [tuple(event) for event in parser.feed(stream[at : at + cut])]
    except SseError:
        return
    assert found == whatwg.parse(stream)


def frames(data: bytes) -> None:
    """What the gateway writes on a stream is what a client reads from it."""
    try:
        value = jsontext.loads(data)
    except jsontext.JsonError:
        return
    [event] = SseParser().feed(frame(7, "intent.delivered", {"value": value}))
    name, seq, text = event
    assert (name, seq, jsontext.loads(text)) == ("intent.delivered", "7", {"value": value})


def address(data: bytes) -> None:
    """One spelling for each address, and it is its own."""
    try:
        word = addresses.canonical(data.decode("utf-8", "surrogateescape"), org="o", workspace="w")
    except addresses.AddressError:
        return
    assert word.isascii()
    assert addresses.canonical(word, org="x", workspace="y") == word


def waits(data: bytes) -> None:
    """``Retry-After`` and ``Date``: a number of seconds from 0 on, or nothing."""
    first, _, second = data.decode("latin-1").partition("\n")
    wait = retry_after({"Retry-After": first, "Date": second})
    assert wait is None or wait >= 0


def signatures(data: bytes) -> None:
    """Headers of a webhook: nobody signs without the secret, and nothing but its own error comes out."""
    parts = [part.decode("latin-1") for part in data.split(b"\n", 5)] + [""] * 5
    names = (signing.ID, signing.TIMESTAMP, signing.SIGNATURE, signing.AXME_SIGNATURE)
    headers = {name: text for name, text in zip(names, parts, strict=False) if text}
    for tolerance in (300, None):
        try:
            signing.check("a secret that is long enough", headers, data, now=1_700_000_000, tolerance=tolerance)
        except signing.SignatureError:
            continue
        raise AssertionError("a signature was guessed")


def chunks(data: bytes) -> None:
    """The framing of a chunked body comes off alike, however its bytes are cut."""

    def read(size: int) -> bytes | None:
        reader, body = Chunks(), b""
        try:
            for at in range(0, len(data), size):
                if reader.over:
                    break
                body += reader.feed(data[at : at + size])
        except IncompleteRead:
            return None
        return body if reader.over else None

    whole, pieces = read(len(data) or 1), read(1)
    assert whole == pieces


def pricing(data: bytes) -> None:
    """Patterns of strangers have a price, or are refused."""
    text = data.decode("utf-8", "replace")
    try:
        assert patterns.steps(text, 100) >= 1
        patterns.require_quick(text)
    except patterns.PatternError:
        return


def form(data: bytes) -> None:
    """A form and an answer to it, both of strangers."""
    if len(data) > _LONGEST_FORM:
        return
    try:
        schema, answer = jsontext.loads(data)
        forms.check_schema(schema)
        forms.check_answer(schema, (answer,))
    except (jsontext.JsonError, forms.FormError):
        return
    except (TypeError, ValueError, AttributeError):
        # Not a pair of objects, which the schemas of a request have seen to before.
        assert not _is_pair_of_objects(data)


def moments(data: bytes) -> None:
    """Times: one that goes out as it came in, or a ``ValueError``."""
    try:
        moment = clock.from_text(data.decode("utf-8", "replace"))
    except ValueError:
        return
    assert clock.from_text(clock.to_text(moment)) == moment


def urls(data: bytes) -> None:
    """Where a push may go: one host, in letters that no second reader sees otherwise."""
    try:
        target = ssrf.parse(data.decode("utf-8", "surrogateescape"))
    except ValueError:
        return
    assert target.host.isascii()
    assert target.host == target.host.lower()
    assert not set("@\\/?# \t\r\n") & set(target.host)


def cursors(data: bytes) -> None:
    """Cursors of an inbox: a place, or the refusal with a code."""
    try:
        assert inbox._since(data.decode("utf-8", "replace")) >= 0
    except GatewayError as refused:
        assert refused.code.code == "bad_cursor" or refused.code.status in (400, 422)


def tools(data: bytes) -> None:
    """Messages of the Model Context Protocol: read, or refused in its words."""

    class Asked:
        async def body(self) -> bytes:
            return data

    try:
        asyncio.run(mcp._read(Asked()))  # type: ignore[arg-type]
    except mcp.RpcError as refused:
        assert refused.error["code"] in (mcp.PARSE_ERROR, mcp.INVALID_REQUEST)


def _is_pair_of_objects(data: bytes) -> bool:
    value: Any = jsontext.loads(data)
    return isinstance(value, list) and len(value) == 2 and all(isinstance(part, dict) for part in value)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        json, events, frames, address, waits, signatures, chunks, pricing, form, moments, urls, cursors, tools,
    )
}  # fmt: skip
