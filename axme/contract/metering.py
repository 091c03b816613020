"""What is metered, and how much of it a workspace may use unless its quota says otherwise (contract 1.8 and 3.22)."""

from __future__ import annotations

from enum import StrEnum

DAY = 86_400 * 1_000_000
MINUTE_SECONDS = 60


class Dimension(StrEnum):
    """One thing that is counted."""

    #: The most requests of any one minute.
    REQUESTS = "requests_per_minute"
    INTENTS = "intents_per_day"
    INBOX_WRITES = "inbox_writes_per_day"
    MEDIA_UPLOAD = "media_upload_bytes_per_day"
    #: What is stored now; the only one that also sinks.
    MEDIA_STORAGE = "media_storage_bytes"
    WEBHOOKS = "webhook_deliveries_per_day"
    SCHEMA_WRITES = "schema_writes_per_day"


class OverageMode(StrEnum):
    """What happens beyond a limit."""

    BLOCK = "block"
    GRACE = "grace"
    BILL = "bill_overage"


class BillingCycle(StrEnum):
    """How often a commitment is paid."""

    MONTHLY = "monthly"
    ANNUAL = "annual"


_GIB = 1024**3
#: Generous: they stop a program that has run wild, and nobody else.
DEFAULT_LIMITS: dict[Dimension, int] = {
    Dimension.REQUESTS: 1_000_000,
    Dimension.INTENTS: 10_000_000,
    Dimension.INBOX_WRITES: 10_000_000,
    Dimension.MEDIA_UPLOAD: 100 * _GIB,
    Dimension.MEDIA_STORAGE: 100 * _GIB,
    Dimension.WEBHOOKS: 10_000_000,
    Dimension.SCHEMA_WRITES: 100_000,
}
DEFAULT_SOFT_PERCENT = 80
PER_DAY = frozenset(Dimension) - {Dimension.REQUESTS, Dimension.MEDIA_STORAGE}
IN_BYTES = frozenset({Dimension.MEDIA_UPLOAD, Dimension.MEDIA_STORAGE})
WINDOWS = ("day", "week", "month")
SERIES_DAYS = (1, 90)
DEFAULT_SERIES_DAYS = 30
INVOICE_STATUSES = ("draft", "issued", "paid", "overdue", "void")
