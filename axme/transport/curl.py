"""A call as a shell command, without its secrets."""

from __future__ import annotations

import shlex
from typing import Any

from axme.calls import Request
from axme.config import AxmeClientConfig
from axme.contract import headers, jsontext
from axme.contract.redaction import HIDDEN, is_telling
from axme.transport.call import ABSENT, Call, target
from axme.transport.redact import Redactor

_LONGEST_BODY = 8192


def request_of(call: Call, key: str | None, config: AxmeClientConfig, redactor: Redactor) -> Request:
    """How ``call``, sent under the idempotency key ``key``, may be shown."""
    path = redactor.text(target(call))
    lines = [f"curl -X {call.method} {shlex.quote(config.base_url + path)}", f'-H "{headers.API_KEY}: $AXME_API_KEY"']
    if config.actor_token or call.authorization:
        # What stands in for a secret is filled in by the shell, so it is in double quotes.
        lines.append(f'-H "{headers.AUTHORIZATION}: Bearer $AXME_ACTOR_TOKEN"')
    named = {
        headers.IDEMPOTENCY_KEY: key,
        headers.OWNER_AGENT: call.owner_agent,
        headers.CORRELATION_ID: call.correlation_id,
        "Content-Type": None if call.json is ABSENT else "application/json",
    }
    lines += [f"-H {shlex.quote(f'{name}: {redactor.text(text)}')}" for name, text in named.items() if text]
    if call.json is not ABSENT:
        lines.append(f"--data {shlex.quote(_body(call.json, redactor))}")
    return Request(path, " \\\n  ".join(lines))


def _body(document: Any, redactor: Redactor) -> str:
    text = redactor.text(jsontext.dumps(_hidden(document)))
    return text if len(text) <= _LONGEST_BODY else "@body.json"


def _hidden(value: Any) -> Any:
    """The document without what stands under a telling name."""
    if isinstance(value, dict):
        return {
            name: HIDDEN if isinstance(item, str) and is_telling(str(name)) else _hidden(item)
            for name, item in value.items()
        }
    return [_hidden(item) for item in value] if isinstance(value, (list, tuple)) else value
