"""What a mail looks like, whatever is asked in it."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.gateway.delivery.mail import Folder, Letter, Mailer, compose
from axme.gateway.lifecycle.mailing import Mail, Occasion, is_address
from axme.gateway.lifecycle.pushing import Outcome, Verdict
from axme.gateway.mailbox import read_mails

URL = "https://axme.example.com/tasks/token.signature"
SENDER = "Approvals <approvals@example.com>"
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted", "X-Auto-Response-Suppress",
    "MIME-Version", "Content-Type",
}  # fmt: skip
NASTY = [
    "Hello\r\nBcc: eve@example.com",
    "Hello\nContent-Type: text/html\n\n<script>",
    "Hello\rX: y",
    "Hello\x0b\x0c\x1c\u2028\u2029Bcc: eve@example.com",
    "=?utf-8?q?=0D=0ABcc:_eve?=",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "ü" * 200,
    "x" * 5000,
    "🙂 \u202egnp.exe",
    "",
    "   ",
]


def mail(**fields: Any) -> Mail:
    told: dict[str, Any] = {
        "mail_id": "m-1",
        "conversation": "i-1.4",
        "occasion": Occasion.ASSIGNED,
        "address": "anna@example.com",
        "title": "Approve Q3 budget",
        "description": "It is 12 000 EUR.\nAs last year.",
        "asker": "agent://acme/prod/shop",
        "intent_type": "budget.approval.v1",
        "outcomes": ("approved", "changes_requested"),
        "note": None,
        "due_at": 1_790_000_000_000_000,
        "path": "/tasks/token.signature",
        "created_at": 1_780_000_000_000_000,
    }
    return Mail(**told | fields)


def arrived(made: Mail, sender: str = SENDER) -> EmailMessage:
    """The message as its reader's program reads it."""
    return message_from_bytes(compose(made, url=URL, sender=sender).as_bytes(), policy=default)


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    content: str = found.get_content()
    return content.replace("\r\n", "\n")


class Tags(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.links: set[str | None] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))
        self.links |= {value for name, value in attrs if name in ("href", "src", "background")}


def test_it_says_what_is_asked_and_where_to_answer() -> None:
    message = arrived(mail())
    assert message["Subject"] == "Approve Q3 budget"
    assert message["To"] == "anna@example.com"
    assert message["From"] == "Approvals <approvals@example.com>"
    assert message["Message-ID"] == "<m-1@example.com>"
    assert message["References"] == "<task.i-1.4@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    text, html = part(message, "plain"), part(message, "html")
    for said in (text, html):
        for word in ("Approve Q3 budget", "As last year.", URL, "changes requested", "agent://acme/prod/shop"):
            assert word in said
        assert "Monday, 21 September 2026, 14:13 UTC" in said
    assert f"\n\n{URL}\n\n" in text
    assert Tags(html).links == {URL}, "nothing is fetched, and nothing leads elsewhere"
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize(
    ("occasion", "subject", "word"),
    [
        (Occasion.REMINDED, "Reminder: Approve Q3 budget", "still waits"),
        (Occasion.ESCALATED, "Escalated to you: Approve Q3 budget", "come to you"),
    ],
)
def test_it_says_why_it_comes(occasion: Occasion, subject: str, word: str) -> None:
    message = arrived(mail(occasion=occasion, note="It is urgent."))
    assert message["Subject"] == subject
    assert word in part(message, "plain")
    assert word in part(message, "html")
    assert "Note: It is urgent." in part(message, "plain")


def test_a_repeat_has_the_same_headers() -> None:
    first, second = arrived(mail()), arrived(mail())
    assert {name: first[name] for name in HEADERS - {"Content-Type"}} == {
        name: second[name] for name in HEADERS - {"Content-Type"}
    }


@pytest.mark.parametrize("name", ["title", "description", "asker", "intent_type", "note"])
@pytest.mark.parametrize("text", NASTY)
def test_nothing_that_is_said_becomes_a_header_or_an_element(name: str, text: str) -> None:
    _check(mail(**{name: text}))


@pytest.mark.parametrize("text", NASTY)
def test_outcomes_are_only_text(text: str) -> None:
    _check(mail(outcomes=(text, "approved")))


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_only_text(title: str, description: str) -> None:
    _check(mail(title=title, description=description))


def _check(made: Mail) -> None:
    message = arrived(made)
    assert set(message.keys()) == HEADERS
    assert message["To"] == "anna@example.com"
    assert message["Subject"].isprintable()
    assert not message.defects
    assert [kind.get_content_type() for kind in message.iter_parts()] == ["text/plain", "text/html"]
    usual = arrived(mail())
    found, known = Tags(part(message, "html")), Tags(part(usual, "html"))
    assert set(found.found) <= set(known.found) | {("p", ("style",)), ("strong", ())}
    assert found.links == {URL}


@given(st.text(max_size=80))
def test_no_address_smuggles_anything_in(text: str) -> None:
    if not is_address(text):
        return
    message = arrived(mail(address=text))
    assert set(message.keys()) == HEADERS
    assert len(message["To"].addresses) == 1


NO_ADDRESSES = [
    "", "anna", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\r\nBcc: c@d", "a@b\n", "a@b,c@d", "<a@b>", '"a"@b', "a@b;c@d",
    "a@\u2028b", "a@-b", "a..b@c", ".a@b", "=?utf-8?q?a?=@b", "jörg@müller.example", "agent://acme/prod/shop",
    "user://anna", f"{'a' * 65}@b", f"a@{'b' * 254}",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address_is_not_written_to(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize("text", ["a@b", "anna.b+c@mail.example.com", "o'neil@example.ie", "a@xn--mller-kva.example"])
def test_what_is_an_address_is(text: str) -> None:
    assert is_address(text)
    assert arrived(mail(address=text))["To"].addresses[0].addr_spec == text


def test_a_mailer_hands_over_the_message_and_its_link() -> None:
    letters: list[Letter] = []

    def take(letter: Letter) -> Outcome:
        letters.append(letter)
        return Outcome(Verdict.DELIVERED, "taken")

    assert Mailer("https://axme.example.com", SENDER, take).send(mail()).verdict is Verdict.DELIVERED
    assert [letter.url for letter in letters] == [URL]


def test_without_a_server_it_becomes_a_file_and_the_link_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    folder = Folder(tmp_path / "outbox", told.append)
    mailer = Mailer("https://axme.example.com", SENDER, folder.take)
    for _ in range(2):
        assert mailer.send(mail()).verdict is Verdict.DELIVERED
    (written,) = read_mails(tmp_path / "outbox")
    assert (written.subject, written.to, written.link) == ("Approve Q3 budget", "anna@example.com", URL)
    assert written.file.stat().st_mode & 0o777 == 0o600
    assert told == [f"Approve Q3 budget\n  for   anna@example.com\n  open  {URL}\n"] * 2


def test_a_folder_that_cannot_be_written_to_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    outcome = Mailer("https://axme.example.com", SENDER, Folder(tmp_path / "outbox", print).take).send(mail())
    assert outcome.verdict is Verdict.RETRY
