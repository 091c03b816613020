"""One call on the wire, or one stream: nothing above this floor knows of sockets, retries or headers."""

from axme.transport.bytestream import ByteStream
from axme.transport.call import ABSENT, EMPTY, Call, quoted_path
from axme.transport.deadline import Cancel
from axme.transport.transfer import Transfer
from axme.transport.transport import Transport

__all__ = ["ABSENT", "EMPTY", "ByteStream", "Call", "Cancel", "Transfer", "Transport", "quoted_path"]
