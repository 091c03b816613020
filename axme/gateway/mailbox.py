"""The mails that a gateway without a mail server has written down."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple

_LINK = re.compile(r"^https?://\S+/tasks/\S+$", re.MULTILINE)
_LOOK_SECONDS = 0.02


class WrittenMail(NamedTuple):
    """A mail as its reader would see it."""

    subject: str
    to: str
    #: Where the task is answered.
    link: str
    text: str
    html: str
    at: datetime
    file: Path

    def __repr__(self) -> str:
        return f"<mail to {self.to}: {self.subject!r}>"


def read_mails(folder: Path) -> list[WrittenMail]:
    """The mails in a folder of ``.eml`` files, the oldest first."""
    return [_read(path) for path in sorted(folder.glob("*.eml"))]


def wait_for_mails(folder: Path, count: int, timeout: float, alive: Callable[[], bool]) -> list[WrittenMail]:
    """:func:`read_mails`, as soon as there are ``count``.

    Raises:
        TimeoutError: there are fewer after ``timeout`` seconds, or their writer is gone.
    """
    deadline = time.monotonic() + timeout
    while len(found := read_mails(folder)) < count:
        if time.monotonic() > deadline or not alive():
            raise TimeoutError(f"there are {len(found)} mails in {folder}, not {count}")
        time.sleep(_LOOK_SECONDS)
    return found


def _read(path: Path) -> WrittenMail:
    message = message_from_bytes(path.read_bytes(), policy=default)
    text, html = _part(message, "plain"), _part(message, "html")
    link = _LINK.search(text)
    return WrittenMail(
        subject=message["Subject"],
        to=message["To"],
        link=link[0] if link else "",
        text=text,
        html=html,
        at=parsedate_to_datetime(message["Date"]),
        file=path,
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else part.get_content().replace("\r\n", "\n")
