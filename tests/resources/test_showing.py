"""Every class of object is drawn: all of it as text, without a request, and without what is secret."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import axme.resources
from axme import AxmeClient, HumanTask, exceptions
from axme.exceptions import AxmeError, AxmeHttpError, AxmeIntentFailedError, AxmeTransportError
from axme.resources.base import Record, Resource
from axme.resources.collections import Page
from axme.resources.decisions import Decision
from axme.resources.fields import Field, fields_of
from axme.resources.intent import Intent
from axme.resources.invites import Invite
from axme.resources.service_accounts import ServiceAccountKey
from axme.resources.steps import Steps
from tests.display.test_html import EVIL, Tags
from tests.resources.samples import ID, INTENT
from tests.wire.recorder import Recorder

CANARY = "canary-of-a-secret"
SECRET_KEYS = (
    "token",
    "secret",
    "url",
    "invite_url",
    "upload_url",
    "api_key",
    "key",
    "signature",
    "from_a_newer_server",
)


def _records() -> Iterator[type[Record]]:
    for info in pkgutil.iter_modules(axme.resources.__path__, "axme.resources."):
        importlib.import_module(info.name)
    waiting: list[type[Record]] = [Record]
    while waiting:
        for cls in waiting.pop().__subclasses__():
            waiting.append(cls)
            if not getattr(cls, "__abstractmethods__", None) and fields_of(cls):
                yield cls


RECORDS = sorted(set(_records()), key=lambda cls: cls.__name__)


def _made(cls: type[Record], client: AxmeClient, raw: dict[str, Any]) -> Record:
    if issubclass(cls, Resource):
        return cls(client, str(raw.get(cls._ID) or EVIL), raw)
    if "client" in inspect.signature(cls).parameters:
        return cls(client, raw)  # type: ignore[call-arg, arg-type]
    return cls(raw)


def _evil(one: Field[Any]) -> Any:
    """What a hostile server may send for a field, whatever its kind."""
    kind = getattr(one.kind, "__origin__", one.kind)
    if isinstance(kind, type) and issubclass(kind, Record):
        return [{inner.key: EVIL for inner in fields_of(kind).values()}]
    return {EVIL: EVIL} if kind is dict else [EVIL] if kind is list else EVIL


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
def test_nothing_an_object_holds_is_markup(cls: type[Record], scripted: AxmeClient, recorder: Recorder) -> None:
    raw: dict[str, Any] = {one.key: _evil(one) for one in fields_of(cls).values()} | {"token": EVIL}
    made = _made(cls, scripted, raw)
    text = made._repr_html_()
    for shown in (Tags(text), Tags(Page([made, made], what=EVIL)._repr_html_())):
        assert "script" not in shown.tags
        assert not [name for name in shown.attributes if name.startswith("on")]
    assert repr(made).isprintable()
    assert str(Page([made], what="things")).count("\n") == 2
    assert not recorder.asked


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
def test_no_object_shows_a_secret(cls: type[Record], scripted: AxmeClient, recorder: Recorder) -> None:
    raw: dict[str, Any] = {
        one.key: dict.fromkeys(("api_key", "password", "client_secret"), CANARY)
        for one in fields_of(cls).values()
        if getattr(one.kind, "__origin__", one.kind) is dict
    } | dict.fromkeys(SECRET_KEYS, CANARY)
    if issubclass(cls, Resource) and cls._ID not in raw:
        raw[cls._ID] = "an-id"
    made = _made(cls, scripted, raw)
    page = Page([made], what="things")
    for shown in (made._repr_html_(), repr(made), page._repr_html_(), str(page), repr(page)):
        assert CANARY not in shown
    assert not recorder.asked


def test_a_handle_is_drawn_without_a_request(scripted: AxmeClient, recorder: Recorder) -> None:
    assert "nothing of it has been fetched" in scripted.intents.handle(ID)._repr_html_()
    assert not recorder.asked


def test_an_intent_says_first_whom_it_waits_for(scripted: AxmeClient) -> None:
    said = Tags(Intent._from(scripted, INTENT | {"human_task": {"title": "May we?"}})._repr_html_()).said
    assert f"Intent{ID}WAITING" in said
    assert "waits foropsasksMay we?" in said


def test_a_page_counts_what_it_holds(scripted: AxmeClient) -> None:
    intents = [Intent._from(scripted, INTENT | {"status": status}) for status in ("WAITING", "FAILED", "FAILED")]
    page = Page(intents, what="intents", limit=3)
    said = Tags(page._repr_html_()).said
    assert "intentsfirst 3FAILED 2WAITING 1there may be more" in said
    assert str(page).splitlines()[0] == "<Page: first 3 intents>"
    assert len(str(page).splitlines()) == 5


def test_counts_by_name_are_columns() -> None:
    from axme.resources.usage import UsagePoint

    page = Page([UsagePoint({"at": "2026-11-22T00:00:00Z", "dimensions": {"intents_per_day": 6}})], what="days")
    assert str(page).splitlines()[1:] == [
        "at                   intents per day",
        "2026-11-22 00:00:00                6",
    ]


def test_an_invite_does_not_show_its_token(scripted: AxmeClient) -> None:
    invite = Invite(
        scripted, CANARY, {"token": CANARY, "invite_url": f"https://x.example/i/{CANARY}", "status": "pending"}
    )
    page = Page([invite], what="invites")
    assert all(CANARY not in shown for shown in (invite._repr_html_(), repr(invite), page._repr_html_(), str(page)))


def test_a_new_key_does_not_show_its_secret(scripted: AxmeClient) -> None:
    key = ServiceAccountKey(scripted, "sak_1", {"key_id": "sak_1", "status": "active", "token": CANARY})
    assert CANARY not in key._repr_html_()
    assert key.reveal() == CANARY


def _errors() -> Iterator[AxmeError]:
    for cls in vars(exceptions).values():
        if isinstance(cls, type) and issubclass(cls, AxmeError):
            http = issubclass(cls, AxmeHttpError)
            yield cls(422, EVIL, details={"api_key": CANARY, EVIL: EVIL}, operation=EVIL) if http else cls(EVIL)


@pytest.mark.parametrize("error", list(_errors()), ids=lambda error: type(error).__name__)
def test_errors_are_drawn(error: AxmeError) -> None:
    shown = Tags(error._repr_html_())
    assert type(error).__name__ in shown.said
    assert "alert(1)" in shown.said
    assert "script" not in shown.tags
    assert CANARY not in shown.said


def test_an_error_tells_what_became_of_the_call(scripted: AxmeClient) -> None:
    lost = AxmeTransportError("it broke", outcome="unknown", attempts=3, operation="create_intent")
    said = Tags(lost._repr_html_()).said
    assert "operationcreate_intent" in said
    assert "outcomeunknown" in said
    failed = AxmeIntentFailedError("it failed", Intent._from(scripted, INTENT))
    assert "WAITING" in Tags(failed._repr_html_()).said


def test_streams_collections_and_steps_are_drawn(scripted: AxmeClient, recorder: Recorder) -> None:
    stream = scripted.intents.handle(ID).observe(since=3)
    assert f"EventStream{ID}open" in Tags(stream._repr_html_()).said
    stream.close()
    assert "closed" in Tags(stream._repr_html_()).said
    assert "cursorat the start" in Tags(scripted.inbox.changes()._repr_html_()).said
    assert "The intents the caller may see" in Tags(scripted.intents._repr_html_()).said
    steps = Steps([{"step_id": EVIL, "step_index": 0, "step_type": "agent", "status": "running"}])
    assert "script" not in Tags(steps._repr_html_()).tags
    assert not recorder.asked


def test_what_is_not_fetched_is_drawn_too(scripted: AxmeClient) -> None:
    assert "timeout30 s" in Tags(scripted._repr_html_()).said
    assert "key-of-the-recorder" not in scripted._repr_html_()
    spec = HumanTask.approval(EVIL, notify="anna@example.com")
    assert "titlealert" not in Tags(spec._repr_html_()).said
    assert f"title{EVIL}" in Tags(spec._repr_html_()).said
    decision = Decision.of({"task_result": {"outcome": "approved", "comment": EVIL}, "decided_by": "anna"})
    assert decision is not None
    assert f"Decisionapprovedcomment{EVIL}decided byanna" in Tags(decision._repr_html_()).said


class Printer:
    def __init__(self) -> None:
        self.said = ""

    def text(self, text: str) -> None:
        self.said += text


def test_a_terminal_sees_the_status_in_colour(scripted: AxmeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    intent, plain, colorful = Intent._from(scripted, INTENT), Printer(), Printer()
    intent._repr_pretty_(plain, False)
    assert plain.said == repr(intent)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("axme.resources._showing.sys.stdout", type("T", (), {"isatty": lambda self: True})())
    intent._repr_pretty_(colorful, False)
    assert colorful.said == repr(intent).replace("WAITING", "\x1b[33mWAITING\x1b[0m")
