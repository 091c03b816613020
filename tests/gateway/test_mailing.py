"""Mails from a running gateway to a real mail server, which is difficult at times."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from axme import AxmeClient, AxmeClientConfig
from axme.gateway import LocalGateway, start
from axme.resources.tasks import HumanTask
from tests import databases
from tests.gateway.delivery.target import answering
from tests.gateway.delivery.target import serving as target
from tests.smtp import MailServer, free_port, serving

#: Each has a gateway of its own.
pytestmark = pytest.mark.slow
ANNA = "anna@example.com"
SENDER = "Approvals <approvals@example.com>"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving() as made:
        yield made


@pytest.fixture
def mailing(tmp_path: Path, server: MailServer) -> Iterator[LocalGateway]:
    """A gateway with a clock that the test moves, which mails to ``server``."""
    with start(data_dir=tmp_path / "gateway", clock="test", smtp=server.url, mail_from=SENDER) as running:
        yield running


@pytest.fixture
def sender(mailing: LocalGateway) -> Iterator[AxmeClient]:
    with mailing.client() as made:
        yield made


def ask(client: AxmeClient, title: str = "Approve Q3 budget", **more: object) -> HumanTask:
    task = {"title": title, "notify_email": ANNA}
    intent = client.intents.create("approval.v1", to="agent_core", human_task=task, **more)  # type: ignore[arg-type]
    return client.tasks.handle(intent.id)


def settle(gateway: LocalGateway, **by: float) -> None:
    """Let time pass; mails that are due then have been tried."""
    gateway.advance(timedelta(**by))


def test_a_task_is_mailed_when_it_is_assigned_reminded_and_escalated(
    mailing: LocalGateway, sender: AxmeClient, server: MailServer
) -> None:
    patience = timedelta(hours=1)
    ask(sender, remind_after=patience, max_reminders=1, escalate_to="boss@example.com")
    settle(mailing, hours=3)
    assert [(taken["To"], taken["Subject"]) for taken in server.taken] == [
        (ANNA, "Approve Q3 budget"),
        (ANNA, "Reminder: Approve Q3 budget"),
        ("boss@example.com", "Escalated to you: Approve Q3 budget"),
    ]
    assert {taken["From"] for taken in server.taken} == {SENDER}
    assert f"{mailing.base_url}/tasks/" in str(server.taken[0].get_body(("plain",)))


def test_a_server_that_is_down_gets_it_later(tmp_path: Path) -> None:
    port = free_port()
    url = f"smtp://127.0.0.1:{port}"
    with start(data_dir=tmp_path, clock="test", smtp=url, mail_from=SENDER) as gateway, gateway.client() as client:
        task = ask(client)
        settle(gateway, seconds=1)
        (mail,) = task.mails()
        assert mail.status == "pending"
        assert "refused" in str(mail.error_detail)
        with serving(port=port) as server:
            settle(gateway, minutes=10)
        assert len(server.taken) == 1
        assert mail.refresh().status == "sent"


def test_a_server_that_greylists_gets_it_later(mailing: LocalGateway, sender: AxmeClient, server: MailServer) -> None:
    server.on_rcpt = lambda it, envelope: "450 4.2.0 greylisted" if it.refused < 2 else None
    task = ask(sender)
    settle(mailing, minutes=30)
    assert (server.refused, len(server.taken)) == (2, 1)
    (mail,) = task.mails()
    assert (mail.status, mail.attempt_count) == ("sent", 3)


def test_an_answer_that_is_lost_means_the_same_mail_again(
    mailing: LocalGateway, sender: AxmeClient, server: MailServer
) -> None:
    server.drop_after_data = 1
    ask(sender)
    settle(mailing, minutes=5)
    assert len(server.taken) == 2
    assert server.taken[0]["Message-ID"] == server.taken[1]["Message-ID"]
    assert server.taken[0].get_body(("plain",)).get_content() == server.taken[1].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_an_address_that_is_refused_for_good_is_tried_once(
    mailing: LocalGateway, sender: AxmeClient, server: MailServer
) -> None:
    server.on_rcpt = lambda it, envelope: "550 5.1.1 no such user"
    task = ask(sender)
    settle(mailing, days=2)
    assert server.refused == 1
    (mail,) = task.mails()
    assert mail.status == "failed"
    assert "550 5.1.1 no such user" in str(mail.error_detail)
    assert task.intent.status == "WAITING"
    assert "is lost" in (mailing.data_dir / "gateway.log").read_text()


def test_what_was_decided_during_an_outage_is_not_mailed(
    mailing: LocalGateway, sender: AxmeClient, server: MailServer
) -> None:
    server.on_rcpt = lambda it, envelope: "451 4.3.0 out of order"
    decided = ask(sender, "Decided in between")
    open_ = ask(sender, "Still open", remind_after=timedelta(hours=1), max_reminders=9)
    settle(mailing, hours=6)
    decided.approve()
    server.on_rcpt = lambda it, envelope: None
    settle(mailing, minutes=59)
    assert [taken["Subject"] for taken in server.taken] == ["Reminder: Still open"]
    assert [mail.status for mail in open_.mails()].count("sent") == 1


def test_a_gateway_that_is_killed_while_sending_sends_it_again(
    mailing: LocalGateway, sender: AxmeClient, server: MailServer
) -> None:
    server.slow_seconds = 30
    ask(sender)
    deadline = time.monotonic() + 20
    while not server.heard:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    mailing.kill()
    server.slow_seconds = 0
    mailing.restart()
    settle(mailing, seconds=61)
    assert server.taken
    assert {taken["Message-ID"] for taken in server.taken} == {server.heard[0]["Message-ID"]}


def test_a_slow_server_slows_only_mails(tmp_path: Path, server: MailServer) -> None:
    server.slow_seconds = 20
    with (
        start(data_dir=tmp_path, smtp=server.url, mail_from=SENDER, allow_local_targets=True) as gateway,
        gateway.client() as client,
        target(answering("200 OK")) as hook,
    ):
        for number in range(20):
            ask(client, f"Task {number}")
        before = time.monotonic()
        client.webhooks.subscribe(hook.url, ["invite.accepted"])
        for _ in range(10):
            client.webhooks.publish("invite.accepted", {}, source="test")
        while len(hook.requests) < 10:
            assert time.monotonic() - before < 10
            time.sleep(0.02)
        assert server.taken == []
        gateway.kill()


def test_without_a_server_mails_are_files(fresh_gateway: LocalGateway) -> None:
    with fresh_gateway.client() as client:
        task = ask(client)
        (mail,) = fresh_gateway.outbox(expect=1)
        assert (mail.subject, mail.to) == ("Approve Q3 budget", ANNA)
        assert mail.link.startswith(f"{fresh_gateway.base_url}/tasks/")
        assert [link.recipient for link in task.links()] == [ANNA]
        token = mail.link.rpartition("/")[2]
        assert token not in (fresh_gateway.data_dir / "gateway.log").read_text()
    with pytest.raises(TimeoutError, match="1 mails"):
        fresh_gateway.outbox(expect=2, timeout=0.1)


def test_links_lead_to_the_public_url(tmp_path: Path) -> None:
    with start(data_dir=tmp_path, public_url="https://axme.example.com/") as gateway, gateway.client() as client:
        task = ask(client)
        assert gateway.outbox(expect=1)[0].link.startswith("https://axme.example.com/tasks/")
        assert str(task.link("ben").url).startswith("https://axme.example.com/tasks/")


def test_in_the_foreground_the_link_is_printed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "axme.gateway", "--port", "0", "--data-dir", str(tmp_path)]
    environment = databases.environment(tmp_path)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            ready = tmp_path / "ready.json"
            deadline = time.monotonic() + 20
            while not ready.exists():
                assert time.monotonic() < deadline
                time.sleep(0.02)
            base_url = json.loads(ready.read_text())["base_url"]
            key = json.loads((tmp_path / "credentials.json").read_text())["api_key"]
            with AxmeClient(AxmeClientConfig(base_url=base_url, api_key=key)) as client:
                ask(client)
            assert process.stderr is not None
            told = [process.stderr.readline() for _ in range(4)]
        finally:
            process.terminate()
    assert told[1:3] == ["Approve Q3 budget\n", f"  for   {ANNA}\n"]
    assert told[3].startswith(f"  open  {base_url}/tasks/")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--smtp", "smtp://mail.example.com"], "--mail-from"),
        (["--smtp", "smtp://me:secret@mail.example.com", "--mail-from", "a@b.c"], "AXME_GATEWAY_SMTP_PASSWORD"),
        (["--smtp", "mail.example.com", "--mail-from", "a@b.c"], "smtp://"),
        (["--mail-from", "nobody"], "nobody"),
        (["--public-url", "axme.example.com"], "https://"),
    ],
)
def test_a_gateway_that_cannot_mail_says_what_to_change(tmp_path: Path, options: list[str], word: str) -> None:
    command = [sys.executable, "-m", "axme.gateway", "--port", "0", "--data-dir", str(tmp_path), *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AXME_")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=environment, check=False)
    assert done.returncode == 2
    assert word in done.stderr
    assert "secret" not in done.stderr
    assert done.stderr.count("\n") == 1
