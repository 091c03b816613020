"""What may stand behind the question mark: declared, typed, bounded (contract 1.7, 1.11)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from axme.contract.codes import VALIDATION_ERROR
from axme.contract.limits import DEFAULT_LIST_LIMIT, DEFAULT_WAIT_SECONDS, LIST_LIMIT, WAIT_SECONDS
from axme.contract.statuses import IntentStatus, parse_statuses
from axme.gateway.errors import GatewayError
from axme.gateway.routes.answers import issue

_CONTROL = re.compile("[\x00-\x1f\x7f\ufffd]")
_MOST_CHARS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A parameter taken as it is."""

    name: str
    about: str
    choices: tuple[str, ...] = ()

    def read(self, text: str | None) -> str | None:
        """The value, or ``None`` when it was not given."""
        if not text:
            return None
        if len(text) > _MOST_CHARS or _CONTROL.search(text):
            raise refused(self.name, f"must be at most {_MOST_CHARS} characters, none of them a control character")
        if self.choices and text not in self.choices:
            raise refused(self.name, f"must be one of {', '.join(self.choices)}, not {text[:40]!r}")
        return text

    def schema(self) -> dict[str, Any]:
        """The OpenAPI form."""
        return {"type": "string", **({"enum": list(self.choices)} if self.choices else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number in a range."""

    name: str
    about: str
    low: int
    high: int = 2**63 - 2
    default: int

    def read(self, text: str | None) -> int:
        """The value, or the default."""
        if not text:
            return self.default
        if not text.isascii() or not text.isdigit() or len(text) > 19 or not self.low <= int(text) <= self.high:
            raise refused(self.name, f"must be a whole number from {self.low} to {self.high}, not {text[:40]!r}")
        return int(text)

    def schema(self) -> dict[str, Any]:
        """The OpenAPI form."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high, "default": self.default}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    """Lifecycle statuses with commas between them, in either vocabulary, or ``pending``."""

    name: str = "status"
    about: str = "Statuses with commas between them, such as WAITING,RESOLVED, or pending."

    def read(self, text: str | None) -> frozenset[IntentStatus] | None:
        """The statuses, or ``None`` for the default."""
        if not text:
            return None
        try:
            return parse_statuses(text) or None
        except ValueError as error:
            raise refused(self.name, str(error)) from None

    def schema(self) -> dict[str, Any]:
        """The OpenAPI form."""
        return {"type": "string"}


Parameter = Text | Whole | Statuses

SINCE = Whole(name="since", about="Show what comes after this cursor.", low=0, default=0)
WAIT = Whole(
    name="wait_seconds",
    about="How many seconds the stream stays open.",
    low=WAIT_SECONDS[0],
    high=WAIT_SECONDS[1],
    default=DEFAULT_WAIT_SECONDS,
)
LIMIT = Whole(
    name="limit", about="How many at most.", low=LIST_LIMIT[0], high=LIST_LIMIT[1], default=DEFAULT_LIST_LIMIT
)
IN_ORGANIZATION = Text(name="org_id", about="The organization; the caller's own by default.")
IN_WORKSPACE = Text(name="workspace_id", about="The workspace; the caller's own by default.")
OWNER = Text(name="owner_agent", about="In whose name: an agent address, or a bare name of the caller's workspace.")


def refused(name: str, message: str) -> GatewayError:
    """A parameter that is not what it should be."""
    found = issue(["query", name], message)
    return GatewayError(VALIDATION_ERROR, f"the query parameter {name} {message}", details={"issues": [found]})


def read_query(text: bytes, parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """The declared parameters of a query string; others are ignored."""
    if not text:
        return {parameter.name: parameter.read(None) for parameter in parameters}
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise refused("string", "cannot be read: at most 100 fields, percent-encoded") from None
    given = dict(pairs)
    for parameter in parameters:
        if len({value for name, value in pairs if name == parameter.name}) > 1:
            raise refused(parameter.name, "is given twice, and differently")
    return {parameter.name: parameter.read(given.get(parameter.name)) for parameter in parameters}
