"""The cookie of the console: its name and marks follow from how the browser came."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from axme.gateway.routes.request import Request
from axme.gateway.settings import Settings
from axme.gateway.web.console import cookie
from axme.gateway.web.layer import Visit


def _visit(scheme: str, host: str, public_url: str | None, sent: str = "") -> Visit:
    headers = [(b"host", host.encode()), (b"cookie", sent.encode())]
    scope = {"method": "GET", "path": "/console", "query_string": b"", "scheme": scheme, "headers": headers}
    settings = Settings(data_dir=Path(), public_url=public_url)
    return Visit(cast(Any, SimpleNamespace(settings=settings)), Request(scope, cast(Any, None)), {})


@pytest.mark.parametrize(
    ("scheme", "host", "public_url", "secure"),
    [
        ("http", "127.0.0.1:8100", None, False),
        ("http", "127.0.0.1:8100", "https://axme.example.com", False),
        ("http", "[::1]:8100", "https://axme.example.com", False),
        ("http", "axme.example.com", "https://axme.example.com", True),
        ("http", "inside:8100", "https://axme.example.com", True),
        ("http", "[", "https://axme.example.com", True),
        ("https", "127.0.0.1:8100", None, True),
        ("http", "axme.example.com", "http://axme.example.com", False),
    ],
)
def test_it_is_secure_wherever_tls_is(scheme: str, host: str, public_url: str | None, secure: bool) -> None:
    for header in (cookie.write(_visit(scheme, host, public_url), "x"), cookie.drop(_visit(scheme, host, public_url))):
        text = header[0][1].decode()
        assert text.startswith("__Host-axme_console=") is secure
        assert text.endswith("; Secure") is secure
        assert "; Path=/; " in text
        assert "; HttpOnly; SameSite=Strict" in text
        assert "Domain" not in text


def test_only_its_own_name_and_form_are_read() -> None:
    assert cookie.read(_visit("http", "localhost", None, "a=b; axme_console=abc; c=d")) == "abc"
    assert cookie.read(_visit("https", "localhost", None, "axme_console=abc; __Host-axme_console=own")) == "own"
    assert cookie.read(_visit("https", "localhost", None, "axme_console=abc")) == ""
    assert cookie.read(_visit("http", "localhost", None, "axme_console=" + "a" * 101)) == ""
    assert cookie.read(_visit("http", "localhost", None, "")) == ""
