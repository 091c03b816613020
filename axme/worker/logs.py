"""What a worker says: records with fields for machines, and lines for people."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from axme.worker.claim import Claim

_FIELDS = ("intent_id", "intent_type", "correlation_id", "trace_id", "attempt", "worker_id")
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_current: ContextVar[Mapping[str, Any]] = ContextVar("axme_intent", default=_NOTHING)


@contextmanager
def about(claim: Claim, worker_id: str, trace_id: str | None) -> Iterator[None]:
    """What is logged inside is about ``claim``."""
    fields = {
        "intent_id": claim.intent_id,
        "intent_type": claim.intent_type,
        "correlation_id": claim.intent.get("correlation_id"),
        "trace_id": trace_id,
        "attempt": claim.attempt,
        "worker_id": worker_id,
    }
    token = _current.set(fields)
    try:
        yield
    finally:
        _current.reset(token)


class IntentFields(logging.Filter):
    """Gives every record logged while an intent is handled its fields: ``intent_id``, ``correlation_id``, ``trace_id``,
    ``intent_type``, ``attempt`` and ``worker_id``. Add it to a log handler of your own.

    Example:
        >>> logging.getLogger().handlers[0].addFilter(IntentFields())  # doctest: +SKIP
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the fields; nothing is filtered out."""
        for name, value in _current.get().items():
            if not hasattr(record, name):
                setattr(record, name, value)
        return True


class Lines(logging.Formatter):
    """One readable line a record, with the end of the intent's id."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level where it matters, intent, message."""
        text = f"{datetime.fromtimestamp(record.created):%H:%M:%S}  {self._intent(record)}{record.getMessage()}"
        if record.levelno >= logging.WARNING:
            text = text.replace("  ", f"  {record.levelname}  ", 1)
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return text

    @staticmethod
    def _intent(record: logging.LogRecord) -> str:
        intent_id = getattr(record, "intent_id", None)
        return f"…{intent_id[-8:]}  " if intent_id else ""


class JsonLines(logging.Formatter):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= {name: value for name in _FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


def to_terminal(level: str = "info", *, as_json: bool = False) -> None:
    """Send the log to standard error, as the command line does."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if as_json else Lines())
    handler.addFilter(IntentFields())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in ("axme.worker", "__main__"):
        logging.getLogger(name).setLevel(level.upper())
