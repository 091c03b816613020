"""Mails about tasks: from what is to be said to a message, and from there to a mail server or into a folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from axme.contract.clock import from_micros
from axme.gateway.lifecycle.mailing import Mail, Occasion
from axme.gateway.lifecycle.pushing import Outcome, Verdict

_SUBJECTS = {
    Occasion.ASSIGNED: "{title}",
    Occasion.REMINDED: "Reminder: {title}",
    Occasion.ESCALATED: "Escalated to you: {title}",
    Occasion.NOTIFIED: "{title}",
    Occasion.GIVEN_UP: "{title}",
}
_SUBJECT_CHARS = 200
_SHORT_STAMP = "%Y%m%dT%H%M%S"
_templates = Environment(
    loader=PackageLoader("axme.gateway", "web/templates/mail"),
    autoescape=lambda name: name is not None and name.endswith(".html"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class Letter(NamedTuple):
    """A mail on its way out, and the link in it, if it has one."""

    message: EmailMessage
    mail: Mail
    url: str | None


class Mailer:
    """Says it, and hands it over.

    Args:
        base_url: how people reach this gateway.
        sender: who mails come from, such as ``Approvals <approvals@example.com>``.
        hand_over: takes it, and says how that went.
    """

    def __init__(self, base_url: str, sender: str, hand_over: Callable[[Letter], Outcome]) -> None:
        self._base_url = base_url
        self._sender = sender
        self._hand_over = hand_over

    def send(self, mail: Mail) -> Outcome:
        """Make the message, the same for every try, and hand it over."""
        url = None if mail.path is None else f"{self._base_url}{mail.path}"
        try:
            message = compose(mail, url=url, sender=self._sender)
        except ValueError as error:
            return Outcome(Verdict.HOPELESS, f"no message can be made of it: {error}")
        return self._hand_over(Letter(message, mail, url))


class Folder:
    """Takes mails as files, where there is no mail server.

    Args:
        path: the directory; it is made when the first mail comes.
        tell: told of every mail, for people who watch.
    """

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self._path = path
        self._tell = tell

    def take(self, letter: Letter) -> Outcome:
        """Write a mail down; the same mail is the same file."""
        message, mail, url = letter
        name = f"{from_micros(mail.created_at).strftime(_SHORT_STAMP)}-{mail.mail_id}-{mail.occasion}.eml"
        scratch = self._path / f".{name}.{os.getpid()}"
        try:
            self._path.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(message.as_bytes())
            os.replace(scratch, self._path / name)
        except OSError as error:
            return Outcome(Verdict.RETRY, f"{self._path} cannot be written to: {error.strerror}")
        opened = f"  open  {url}\n" if url else ""
        self._tell(f"{message['Subject']}\n  for   {message['To']}\n{opened}")
        return Outcome(Verdict.DELIVERED, f"written to {name}")


def compose(mail: Mail, *, url: str | None, sender: str) -> EmailMessage:
    """The message of a mail, with a text and an HTML part."""
    name, from_address = parseaddr(sender)
    domain = from_address.rpartition("@")[2]
    title = _one_line(mail.title)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name or "AXME", addr_spec=from_address)
    message["To"] = Address(addr_spec=mail.address)
    message["Subject"] = _SUBJECTS[mail.occasion].format(title=title)[:_SUBJECT_CHARS]
    message["Date"] = format_datetime(from_micros(mail.created_at))
    message["Message-ID"] = f"<{mail.mail_id}@{domain}>"
    # What is about one task stands together in people's mailboxes.
    message["References"] = f"<task.{mail.conversation}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    said = _said(mail, title, url)
    message.set_content(_templates.get_template("task.txt").render(said))
    message.add_alternative(_templates.get_template("task.html").render(said), subtype="html")
    return message


def _said(mail: Mail, title: str, url: str | None) -> dict[str, Any]:
    return {
        "occasion": mail.occasion.value,
        "given_up": mail.occasion is Occasion.GIVEN_UP,
        "title": title,
        "description": mail.description,
        "asker": mail.asker,
        "intent_type": mail.intent_type,
        "outcomes": [outcome.replace("_", " ") for outcome in mail.outcomes],
        "note": mail.note,
        "due": None if mail.due_at is None else _moment(from_micros(mail.due_at)),
        "url": url,
    }


def _moment(at: datetime) -> str:
    return f"{at:%A}, {at.day} {at:%B %Y, %H:%M} UTC"


def _one_line(text: str) -> str:
    """Text as a header can hold it, whatever it held before; what looks encoded stays as it looks."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split()).replace("=?", "= ?")
