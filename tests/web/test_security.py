"""Closing the page to everybody but the person at it: forged forms, frames, scripts, guesses, logs."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

import axme.gateway
from axme.client import AxmeClient
from axme.config import AxmeClientConfig
from tests import databases
from tests.plain import until
from tests.web.conftest import Ask, ask_with
from tests.web.person import TIMEOUT, decide_by_page, open_page, read, send

#: What turns into code where somebody forgets to escape: in text, attributes, addresses, styles and templates.
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<!-- --><script>alert(1)</script>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    'https://good.example@evil.example/\\"onclick=alert(1)',
    "{{ 7 * 7 }}{% raw %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<a href='javascript:alert(1)'>x</a>",
    "\u2028<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><button>x",
    "]]><iframe srcdoc='<script>alert(1)</script>'>",
    '"style="background:url(//evil.example)',
    "<style>*{display:none}</style>",
)


class Elements(HTMLParser):
    """How many elements and attributes of each name a page has, and the addresses in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: dict[str, int] = {}
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name in (tag, *(f"{tag} {name}" for name, _ in attrs)):
            self.seen[name] = self.seen.get(name, 0) + 1
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def _task(text: str) -> dict[str, Any]:
    part = {"type": "string", "title": text, "description": text, "default": text, "pattern": "^never$"}
    choice = {"enum": [text, "b"], "title": text}
    pick = {"type": "array", "title": text, "items": {"enum": [text, "b"]}}
    rows = {"type": "array", "title": text, "items": {"type": "object", "properties": {text: {"default": text}}}}
    schema = {
        "type": "object",
        "properties": {text: part, "choice": choice, "pick": pick, "rows": rows},
        "required": [text, "choice", "rows"],
    }
    payload = {text: text, "list": [text], "table": [{text: text}, {text: text}], "deep": {text: {text: text}}}
    task = {"title": text[:255], "description": text, "task_type": "form", "form_schema": schema}
    return task | {"allowed_outcomes": [text[:64], "other"], "payload": payload}


def test_whatever_is_written_into_a_task_stays_text(ask: Ask) -> None:
    plain, plain_form = open_page(ask(**_task("harmless")).url)
    plain_errors = send(plain.url, plain_form, outcome="harmless", comment="harmless")
    for text in HOSTILE:
        asked = ask(**_task(text))
        page, form = open_page(asked.url)
        assert page.status_code == 200, text
        assert Elements(page.text).seen == Elements(plain.text).seen, text
        errors = send(asked.url, form, outcome=text[:64], comment=text)
        assert errors.status_code == 422
        assert Elements(errors.text).seen == Elements(plain_errors.text).seen, text
        for address in Elements(page.text).addresses + Elements(errors.text).addresses:
            assert address.startswith("#"), address


def test_the_page_of_a_decision_escapes_as_well(ask: Ask) -> None:
    for text in HOSTILE:
        asked = ask(title=text, allowed_outcomes=[text[:64]])
        page = decide_by_page(asked.url, text[:64], comment=text)
        assert page.status_code == 200
        assert "script" not in Elements(page.text).seen
        assert not any(name.startswith(("img", "a ", "base", "iframe", "style ")) for name in Elements(page.text).seen)


def test_only_plain_web_addresses_become_links(ask: Ask) -> None:
    odd = [
        "javascript:alert(1)",
        "http://a@b.example/",
        "https://a.example/ and more",
        "ftp://a.example",
        "//a.example",
    ]
    page, _ = open_page(ask(payload={"good": "https://a.example/x?y=1&z=2", "odd": odd}).url)
    links = Elements(page.text).addresses
    assert links == ["https://a.example/x?y=1&z=2"]
    assert 'rel="noopener noreferrer nofollow"' in page.text


def _check_headers(page: requests.Response) -> None:
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert page.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "noindex" in page.headers["x-robots-tag"]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "set-cookie" not in page.headers
    for word in ("<script", " style=", "onclick", "http-equiv", "<img", "<link"):
        assert word not in page.text


def test_every_page_carries_the_headers(ask: Ask) -> None:
    asked = ask()
    page, form = open_page(asked.url)
    _check_headers(page)
    _check_headers(send(asked.url, form, do="check"))
    _check_headers(send(asked.url, form, outcome="approved", form_token="forged"))
    _check_headers(send(asked.url, form, outcome="approved"))
    _check_headers(send(asked.url, form, outcome="approved"))
    _check_headers(requests.get(asked.url + "x", timeout=TIMEOUT))
    _check_headers(requests.delete(asked.url, timeout=TIMEOUT))


def test_a_form_from_elsewhere_decides_nothing(ask: Ask, client: AxmeClient) -> None:
    asked, other = ask(), ask()
    _, form = open_page(asked.url)
    own, foreign = form.fields["form_token"][0], open_page(other.url)[1].fields["form_token"][0]
    for token in ("", "x", "x.y", foreign, own[:-1], own + "0", "é.ü"):
        answer = send(asked.url, form, outcome="approved", form_token=token)
        assert answer.status_code == 403, token
        assert "open the page again" in answer.text
    body = {"outcome": "approved", "form_token": own}
    strangers = (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    )
    for headers in strangers:
        assert requests.post(asked.url, data=body, headers=headers, timeout=TIMEOUT).status_code == 403
    assert requests.post(asked.url, json=body, timeout=TIMEOUT).status_code == 415
    assert requests.post(asked.url, data="outcome=approved", timeout=TIMEOUT).status_code == 415
    assert client.get_intent(asked.intent_id)["intent"]["status"] == "WAITING"
    host = urlsplit(asked.url).netloc
    ours = {"Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    assert requests.post(asked.url, data=body, headers=ours, timeout=TIMEOUT).status_code == 200


def test_a_form_is_bounded(ask: Ask) -> None:
    asked = ask()
    _, form = open_page(asked.url)
    many = "&".join(f"x{n}=1" for n in range(6000))
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert requests.post(asked.url, data=many, headers=kind, timeout=TIMEOUT).status_code == 400
    assert requests.post(asked.url, data=b"a=" + b"b" * 300_000, headers=kind, timeout=TIMEOUT).status_code == 413
    strange = send(asked.url, form, comment="a\x00b\ud83d".encode("utf-8", "surrogatepass"), outcome="approved")
    assert strange.status_code == 200
    assert "a\ufffdb" in strange.text


def test_guesses_are_slowed_down_and_keep_nobody_out(tmp_path: Path) -> None:
    with axme.gateway.start(data_dir=tmp_path / "gateway") as gateway, gateway.client() as client:
        asked = ask_with(client)
        codes = [requests.get(f"{gateway.base_url}/tasks/guess-{n}", timeout=TIMEOUT).status_code for n in range(40)]
        assert codes[:30] == [404] * 30
        assert set(codes[32:]) == {429}
        slowed = requests.get(f"{gateway.base_url}/tasks/guess", timeout=TIMEOUT)
        assert int(slowed.headers["retry-after"]) >= 1
        _check_headers(slowed)
        assert decide_by_page(asked.url, "approved").status_code == 200


def test_no_log_holds_a_link(tmp_path: Path) -> None:
    place = tmp_path / "gateway"
    command = [sys.executable, "-m", "axme.gateway", "--port", "0", "--log-level", "debug", "--data-dir", str(place)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=databases.environment(place))
        try:
            until((place / "ready.json").exists)
            base_url = json.loads((place / "ready.json").read_text())["base_url"]
            key = json.loads((place / "credentials.json").read_text())["api_key"]
            with AxmeClient(AxmeClientConfig(api_key=key, base_url=base_url)) as client:
                asked = ask_with(client)
            token = asked.url.rpartition("/")[2]
            for path in (
                f"/tasks/{token}",
                f"/tasks/{token}/",
                f"/tasks/{token}x",
                f"/tasks/{token}%00",
                f"/x?{token}",
            ):
                requests.get(base_url + path, timeout=TIMEOUT)
            assert decide_by_page(asked.url, "approved").status_code == 200
        finally:
            process.terminate()
            process.wait(TIMEOUT)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    stored = str(databases.state(place))
    assert asked.intent_id in stored
    assert token not in stored
    assert token.encode() not in everything


def test_the_answer_to_a_form_is_looked_at_anew(ask: Ask) -> None:
    asked = ask()
    _, form = open_page(asked.url)
    body = {"outcome": "approved", "form_token": form.fields["form_token"][0]}
    answer = requests.post(asked.url, data=body, timeout=TIMEOUT, allow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, asked.url.rpartition("/")[2])
    assert not read(answer).fields
