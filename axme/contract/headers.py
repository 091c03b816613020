"""Header names on the wire (contract 1.1)."""

API_KEY = "x-api-key"
AUTHORIZATION = "Authorization"
IDEMPOTENCY_KEY = "Idempotency-Key"
CORRELATION_ID = "X-Correlation-Id"
TRACE_ID = "X-Trace-Id"
REQUEST_ID = "x-request-id"
OWNER_AGENT = "x-owner-agent"
CLIENT = "X-Axme-Client"
RETRY_AFTER = "Retry-After"
REPLAYED = "Idempotency-Replayed"

#: Room for any token; a longer value is a mistake, and servers refuse it with less helpful words.
VALUE_CHARS = 8192


def fault(value: object, limit: int = VALUE_CHARS) -> str | None:
    """Why ``value`` cannot be the value of a header of at most ``limit`` characters; ``None`` when it can.

    The value itself is never part of the answer: it may be a secret.
    """
    if not isinstance(value, str):
        return f"must be text, not {type(value).__name__}"
    if not value or value != value.strip():
        return "is empty, or starts or ends with a blank"
    if len(value) > limit:
        return f"has {len(value)} characters, the limit is {limit}"
    if not (value.isascii() and value.isprintable()):
        return "may hold printable ASCII characters only: no line ends, no NUL, no accents"
    return None
