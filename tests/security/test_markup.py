"""Every payload in every field that is shown, on the pages and in the mails of tasks: it stays text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

import axme.gateway
from axme.client import AxmeClient
from axme.gateway.delivery.mail import compose
from tests.gateway.delivery.test_mail import SENDER, URL, Tags, arrived, mail, part
from tests.security.hostile import HOSTILE
from tests.web.conftest import Asked, ask_with
from tests.web.person import decide_by_page, open_page, send

#: Payloads are put into one page by so many, each into another choice or property, besides one that is everywhere.
GROUP = 20
GROUPS = [HOSTILE[start : start + GROUP] for start in range(0, len(HOSTILE), GROUP)]
#: What a value becomes that is nothing but a web address.
LINK = ("a", "href", "target", "rel")
PLAIN = tuple(f"harmless {n}" for n in range(GROUP))


class _Elements(HTMLParser):
    """The elements of a page and their attributes, in order; and the addresses in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, ...]] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, *(name for name, _ in attrs)))
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AxmeClient]:
    with axme.gateway.start(tmp_path_factory.mktemp("markup")) as gateway, gateway.client() as client:
        yield client


def _taken(text: str) -> str:
    """As a task takes it: titles and outcomes with control characters are refused, payloads may hold them."""
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cc")


def _ask(client: AxmeClient, texts: tuple[str, ...], everywhere: str) -> Asked:
    raw, plain = list(texts), [_taken(text) for text in texts]
    everything, everywhere = everywhere, _taken(everywhere)
    each = {f"{text} {n}": {"type": "string", "title": text, "description": text} for n, text in enumerate(plain)}
    schema = {
        "type": "object",
        "properties": each
        | {
            "default": {"type": "string", "default": everywhere},
            "choice": {"enum": [*plain, "b"], "title": everywhere},
            "pick": {"type": "array", "title": everywhere, "items": {"enum": [*plain, "b"]}},
            "rows": {"type": "array", "items": {"type": "object", "properties": {everywhere: {"title": everywhere}}}},
        },
        "required": ["choice", *each],
    }
    payload = {"list": raw, "map": {text: text for text in raw}, "table": [{everything: everything}] * 2}
    task = {"title": everywhere[:255], "description": everywhere, "task_type": "form", "form_schema": schema}
    outcomes = list(dict.fromkeys(["other", *(text[:64] for text in plain)]))[:10]
    return ask_with(client, payload=payload, allowed_outcomes=outcomes, **task)


def test_there_are_enough_of_them() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 120


@pytest.mark.parametrize("texts", GROUPS, ids=[f"payloads from {GROUP * n}" for n in range(len(GROUPS))])
def test_a_payload_stays_text_in_every_field_of_a_page(asker: AxmeClient, texts: tuple[str, ...]) -> None:
    usual_url = _ask(asker, PLAIN[: len(texts)], "harmless").url
    usual, usual_form = open_page(usual_url)
    faulty = send(usual_url, usual_form, outcome="other", comment="harmless")
    known, known_faulty = set(_Elements(usual.text).seen), set(_Elements(faulty.text).seen)
    for everywhere in texts:
        asked = _ask(asker, texts, everywhere)
        page, form = open_page(asked.url)
        answered = send(asked.url, form, outcome="other", comment=everywhere, default=everywhere)
        assert (page.status_code, answered.status_code) == (200, 422), everywhere
        for shown, allowed in ((page, known), (answered, known | known_faulty)):
            found = _Elements(shown.text)
            assert set(found.seen) <= allowed | {LINK}, (everywhere, set(found.seen) - allowed)
            for address in found.addresses:
                assert address.startswith("#") or (address.startswith("https://") and address in texts), everywhere


@pytest.mark.parametrize("text", HOSTILE)
def test_a_payload_stays_text_on_the_page_of_a_decision(asker: AxmeClient, text: str) -> None:
    outcome = _taken(text)[:64]
    asked = ask_with(asker, title=_taken(text)[:255], allowed_outcomes=[outcome])
    page = decide_by_page(asked.url, outcome, comment=text)
    assert page.status_code == 200
    usual = decide_by_page(ask_with(asker, allowed_outcomes=["harmless"]).url, "harmless", comment="harmless")
    assert set(_Elements(page.text).seen) <= set(_Elements(usual.text).seen)


@pytest.mark.parametrize("name", ["title", "description", "asker", "intent_type", "note", "outcomes"])
def test_a_payload_stays_text_in_every_field_of_a_mail(name: str) -> None:
    known = set(Tags(part(arrived(mail(note="harmless")), "html")).found)
    for text in HOSTILE:
        message = arrived(mail(**{name: (text, "b") if name == "outcomes" else text}))
        found = Tags(part(message, "html"))
        assert set(found.found) <= known | {("p", ("style",)), ("strong", ())}, text
        assert found.links == {URL}, text


def test_a_mail_loads_nothing_when_it_is_read() -> None:
    text = compose(mail(), url=URL, sender=SENDER).as_string().lower()
    for word in ("<img", "<link", "<script", "url(", "@import", "background=", "<form"):
        assert word not in text
