"""One call on the wire: sessions, retries within a deadline, idempotency keys and byte streams."""

from axme.transport.bytestream import ByteStream
from axme.transport.call import ABSENT, EMPTY, Call, quoted_path
from axme.transport.deadline import Cancel
from axme.transport.transfer import Transfer
from axme.transport.transport import Transport

__all__ = ["ABSENT", "EMPTY", "ByteStream", "Call", "Cancel", "Transfer", "Transport", "quoted_path"]
