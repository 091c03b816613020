"""Handing one mail to a real mail server: taken, refused for now, refused for good, lost on the way."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage

import pytest

from axme.gateway.delivery import smtp
from axme.gateway.lifecycle.pushing import Outcome, Verdict
from axme.gateway.policy.smtp import Security, Server, SmtpError, check_sender, read
from tests.smtp import CERTIFICATE, MailServer, free_port, serving


def message(to: str = "anna@example.com") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = "a@example.com", to, "Hello", "<1@example.com>"
    made.set_content("Hello.")
    return made


def hand_over(port: int, *, timeout: float = 10.0, **more: object) -> Outcome:
    told = {"host": "127.0.0.1", "port": port, "security": Security.STARTTLS, **more}
    return smtp.send(message(), Server(**told), timeout=timeout)  # type: ignore[arg-type]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving() as made:
        yield made


def test_a_mail_is_taken(server: MailServer) -> None:
    assert hand_over(server.port).verdict is Verdict.DELIVERED
    assert [taken["Subject"] for taken in server.taken] == ["Hello"]


def test_starttls_and_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with serving(certificate=True, login=True) as server:
        assert (
            hand_over(server.port, host="localhost", user="axme", password="open sesame").verdict is Verdict.DELIVERED
        )
        assert server.encrypted == [True]
        assert server.logins == [("axme", "open sesame")]
        refused = hand_over(server.port, host="localhost", user="axme", password="wrong")
    assert refused.verdict is Verdict.RETRY
    assert "refuses user and password (535)" in refused.detail
    assert "wrong" not in refused.detail


def test_tls_from_the_first_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(certificate=True, tls=True) as server:
        assert hand_over(server.port, host="localhost", security=Security.TLS).verdict is Verdict.RETRY
        assert server.heard == [], "nobody vouches for its certificate"
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        assert hand_over(server.port, host="localhost", security=Security.TLS).verdict is Verdict.DELIVERED
    assert len(server.taken) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_trusted() -> None:
    with serving(certificate=True) as server:
        outcome = hand_over(server.port, host="localhost")
    assert outcome.verdict is Verdict.RETRY
    assert "certificate" in outcome.detail
    assert server.heard == []


def test_elsewhere_nothing_is_said_without_tls(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "is_near", False)
    outcome = hand_over(server.port)
    assert outcome.verdict is Verdict.RETRY
    assert "STARTTLS" in outcome.detail
    assert server.heard == []
    assert hand_over(server.port, security=Security.NONE).verdict is Verdict.DELIVERED


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("450 4.2.0 greylisted, come back", Verdict.RETRY),
        ("421 4.3.2 shutting down", Verdict.RETRY),
        ("550 5.1.1 no such user", Verdict.HOPELESS),
        ("554 5.7.1 not wanted", Verdict.HOPELESS),
    ],
)
@pytest.mark.parametrize("place", ["on_rcpt", "on_data"])
def test_a_refusal_is_for_now_or_for_good(server: MailServer, place: str, answer: str, verdict: Verdict) -> None:
    setattr(server, place, lambda server, envelope: answer)
    outcome = hand_over(server.port)
    assert outcome.verdict is verdict
    assert answer in outcome.detail
    assert server.taken == []


def test_a_dropped_connection_after_data_is_tried_again(server: MailServer) -> None:
    server.drop_after_data = 1
    assert hand_over(server.port).verdict is Verdict.RETRY
    assert hand_over(server.port).verdict is Verdict.DELIVERED
    assert [taken["Message-ID"] for taken in server.taken] == ["<1@example.com>"] * 2


def test_a_server_that_is_down_is_tried_again() -> None:
    outcome = hand_over(free_port())
    assert outcome.verdict is Verdict.RETRY
    assert "refused" in outcome.detail


def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        before = time.monotonic()
        outcome = hand_over(listener.getsockname()[1], timeout=0.5)
    assert outcome.verdict is Verdict.RETRY
    assert time.monotonic() - before < 5


def test_a_server_that_dribbles_is_given_up_in_time() -> None:
    gone = threading.Event()

    def dribble() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            while not gone.wait(0.05):
                connection.sendall(b"220-x\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=dribble)
        thread.start()
        before = time.monotonic()
        outcome = hand_over(listener.getsockname()[1], timeout=1.0)
        gone.set()
        thread.join()
    assert outcome.verdict is Verdict.RETRY
    assert time.monotonic() - before < 10


@pytest.mark.parametrize(
    "url", ["mail", "smtp://", "http://a", "smtp://a/b", "smtp://a?b", "smtp://u:p@a", "smtp://a:99999", "smtp://["]
)
def test_a_url_that_names_no_server_is_refused(url: str) -> None:
    with pytest.raises(SmtpError):
        read(url, {})


def test_a_url_says_how_much_to_trust() -> None:
    word = {"AXME_GATEWAY_SMTP_USER": "u", "AXME_GATEWAY_SMTP_PASSWORD": "secret"}
    found = read("smtp://mail.example.com", word)
    assert (found.port, found.security, found.user) == (587, Security.STARTTLS, "u")
    assert "secret" not in repr(found)
    assert read("smtps://mail.example.com", {}).port == 465
    assert read("smtp+plain://relay:2525", {}).port == 2525
    with pytest.raises(SmtpError, match="unprotected"):
        read("smtp+plain://relay", word)
    with pytest.raises(SmtpError, match="both"):
        read("smtp://relay", {"AXME_GATEWAY_SMTP_USER": "u"})


@pytest.mark.parametrize("sender", ["", "nobody", "a@b\r\nBcc: c@d", "A <>", "a b@c"])
def test_a_sender_is_an_address(sender: str) -> None:
    with pytest.raises(SmtpError):
        check_sender(sender)


def test_a_sender_may_have_a_name() -> None:
    assert check_sender("Approvals <approvals@example.com>")
