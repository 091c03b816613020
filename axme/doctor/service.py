"""What the gateway itself says: whether it is well, what time it has, who the key is, and whether streams flow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any

from axme._version import __version__
from axme.contract import jsontext, statuses
from axme.doctor.report import FAILED, NOTE, OK, WARNING, Finding
from axme.exceptions import AxmeAuthenticationError, AxmeError, AxmeHttpError, AxmeNotFoundError, AxmePermissionError
from axme.transport import ByteStream, Call
from axme.wire import FlatCalls
from axme.wire.health import HEALTH
from axme.wire.intent_events import stream_call

_SKEW_SECONDS = 30
_WINDOW_SECONDS = 3
_AT_ONCE_SECONDS = 1.5
_OPEN = ",".join(sorted(statuses.OPEN))


def ask(api: FlatCalls) -> Iterator[Finding]:
    """Everything that needs the gateway's answers; nothing more once it does not answer at all."""
    found, answers = _health(api)
    yield from found
    if not answers:
        return
    known, me = _key(api)
    yield from known
    if known[0].state != FAILED:
        yield _stream(api, me)


def _health(api: FlatCalls) -> tuple[list[Finding], bool]:
    began = monotonic()
    try:
        call = Call(method="GET", path=HEALTH, operation="health")
        with api.transport.open(call, idle_timeout=api.config.timeout_seconds, accept="application/json") as stream:
            sent, took = stream.headers.get("Date", ""), monotonic() - began
            body = _read(stream)
    except AxmeNotFoundError:
        return [Finding("health", FAILED, "it answers, and knows no /health: this is no gateway",
                        "check base_url: it ends with the host, or the path of the gateway")], False  # fmt: skip
    except AxmeHttpError as error:
        return [Finding("health", FAILED, str(error), "ask the operator of the gateway")], False
    except AxmeError as error:
        return [Finding("health", FAILED, str(error), "see what is said of the connection above")], False
    if not isinstance(body, dict) or "ok" not in body:
        return [Finding("health", FAILED, "what answers is no gateway: a login page, or another service",
                        "check base_url; open it in a browser to see what it is")], False  # fmt: skip
    name = f"{body.get('service', 'a gateway')} {body.get('version', '')}".strip()
    found = [Finding("health", OK if body["ok"] is True else FAILED, f"{name} answers in {took * 1000:.0f} ms")]
    if body.get("service") == "axme-gateway" and _series(str(body.get("version"))) != _series(__version__):
        found.append(Finding("version", NOTE, f"the gateway is {body.get('version')}, this package {__version__}",
                             "newer features need both to be new"))  # fmt: skip
    return [*found, *_clock(sent, took)], True


def _clock(sent: str, took: float) -> Iterator[Finding]:
    try:
        theirs = parsedate_to_datetime(sent)
    except (TypeError, ValueError):
        return
    # The header is cut to the second, and some time passed on the way.
    off = (datetime.now(UTC) - theirs).total_seconds() - 0.5 - took / 2
    if abs(off) <= _SKEW_SECONDS:
        yield Finding("clock", OK, "yours and the gateway's agree" if abs(off) < 2 else f"{abs(off):.0f} s apart")
    else:
        side = "ahead of" if off > 0 else "behind"
        yield Finding("clock", WARNING, f"this machine is {abs(off):.0f} s {side} the gateway",
                      "set its clock (NTP): deadlines and the times of tokens are off by so much")  # fmt: skip


def _key(api: FlatCalls) -> tuple[list[Finding], dict[str, Any]]:
    try:
        me = api.get_me().get("me") or {}
    except AxmeAuthenticationError as error:
        return [Finding("key", FAILED, f"not accepted: {error.message}",
                        "set AXME_API_KEY to a key of this gateway; an expired one has had its time")], {}  # fmt: skip
    except AxmeNotFoundError:
        return _key_elsewhere(api), {}
    except AxmeError as error:
        return [Finding("key", FAILED, str(error), "ask again; if it stays so, tell the operator the request id")], {}
    whose = me.get("address") or me.get("actor_id") or "somebody"
    place = "/".join(str((me.get(name) or {}).get("slug", "?")) for name in ("organization", "workspace"))
    return [Finding("key", OK, f"{whose} in {place}: {', '.join(me.get('roles') or ()) or 'no role'}")], me


def _key_elsewhere(api: FlatCalls) -> list[Finding]:
    """A server that tells nobody who they are still accepts a key or not."""
    try:
        api.list_intents(limit=1)
    except AxmePermissionError as error:
        return [Finding("key", WARNING, f"known, and may not list intents: {error.message}", "ask for a role")]
    except AxmeError as error:
        return [Finding("key", FAILED, str(error), "check AXME_API_KEY")]
    return [Finding("key", OK, "accepted; this server does not say whose it is")]


def _stream(api: FlatCalls, me: dict[str, Any]) -> Finding:
    """Whether the events of a stream come one by one, or held back by something on the way."""
    try:
        intents = api.list_intents(status=_OPEN, limit=1).get("intents") or []
        if not intents:
            return Finding("streams", NOTE, "not measured: there is no open intent to follow",
                           "send one, and ask again")  # fmt: skip
        call = stream_call(intents[0]["intent_id"], 0, _WINDOW_SECONDS)
        began = monotonic()
        with api.transport.open(call, idle_timeout=_WINDOW_SECONDS + 10) as stream:
            stream.read()
            took = monotonic() - began
    except (AxmeError, KeyError) as error:
        return Finding("streams", WARNING, f"no stream: {error}", "programs poll instead, which is slower")
    if took < _AT_ONCE_SECONDS:
        return Finding("streams", OK, f"the first event comes in {took * 1000:.0f} ms")
    return Finding("streams", WARNING, f"the first event comes only after {took:.1f} s: something on the way buffers",
                   "turn buffering off in the proxy (nginx: proxy_buffering off)")  # fmt: skip


def _read(stream: ByteStream) -> Any:
    data = b""
    while (piece := stream.read()) and len(data) < 100_000:
        data += piece
    try:
        return jsontext.loads(data)
    except jsontext.JsonError:
        return None


def _series(version: str) -> list[str]:
    return version.split(".")[:2]
