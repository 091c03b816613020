"""Arguments, then environment, then defaults; mistakes are told in words; secrets stay inside."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from axme.config import CLOUD_URL, AxmeClientConfig
from axme.exceptions import AxmeConfigError

KEY = "axme_sa_builder_0123456789secret"
VARIABLES = ("API_KEY", "BASE_URL", "ACTOR_TOKEN", "OWNER_AGENT", "TIMEOUT", "MAX_RETRIES")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(f"AXME_{name}", raising=False)


def config(**options: Any) -> AxmeClientConfig:
    return AxmeClientConfig(**{"api_key": KEY, **options})


def test_defaults() -> None:
    made = config()
    assert made.base_url == CLOUD_URL
    assert (made.api_key, made.actor_token, made.bearer_token, made.default_owner_agent) == (KEY, None, None, None)
    assert (made.timeout_seconds, made.timeout, made.max_retries, made.retry_backoff_seconds) == (15.0, 30.0, 2, 0.2)
    assert (made.auto_trace_id, made.trust_env, made.proxies, made.verify) == (True, False, None, True)
    assert (made.mcp_endpoint_path, made.mcp_protocol_version, made.mcp_observer) == ("/mcp", "2024-11-05", None)


def test_the_environment_fills_in(monkeypatch: pytest.MonkeyPatch) -> None:
    values = (KEY, "http://127.0.0.1:8100/", "tok-en", "agent://o/w/n", "7.5", "4")
    for name, value in zip(VARIABLES, values, strict=True):
        monkeypatch.setenv(f"AXME_{name}", value)
    made = AxmeClientConfig()
    assert (made.api_key, made.base_url, made.actor_token) == (KEY, "http://127.0.0.1:8100", "tok-en")
    assert (made.default_owner_agent, made.timeout, made.max_retries) == ("agent://o/w/n", 7.5, 4)


def test_arguments_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(f"AXME_{name}", "99")
    made = AxmeClientConfig(
        base_url="http://localhost:1",
        api_key="mine",
        actor_token="me",
        default_owner_agent="own",
        timeout=1,
        max_retries=0,
    )
    assert (made.base_url, made.api_key, made.actor_token) == ("http://localhost:1", "mine", "me")
    assert (made.default_owner_agent, made.timeout, made.max_retries) == ("own", 1, 0)


@pytest.mark.parametrize("key", [None, "", "  "])
def test_without_a_key_the_ways_to_one_are_told(key: str | None) -> None:
    with pytest.raises(AxmeConfigError, match=r"AXME_API_KEY.*axme login.*python -m axme\.gateway"):
        AxmeClientConfig(api_key=key)  # type: ignore[arg-type]


def test_the_two_names_of_the_token() -> None:
    assert config(bearer_token="t").actor_token == "t"
    assert config(actor_token="t").bearer_token == "t"
    assert config(actor_token="t", bearer_token="t").actor_token == "t"
    with pytest.raises(AxmeConfigError, match="two values"):
        config(actor_token="t", bearer_token="u")


def test_a_longer_silence_allows_a_longer_call() -> None:
    assert config(timeout_seconds=60).timeout == 120
    assert config(timeout_seconds=60, timeout=5).timeout == 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"base_url": ""}, "base_url must be a URL"),
        ({"base_url": 7}, "base_url must be a URL"),
        ({"base_url": "api.axme.example"}, r"http\(s\)://host"),
        ({"base_url": "ftp://axme.example"}, r"http\(s\)://host"),
        ({"base_url": "https://"}, r"http\(s\)://host"),
        ({"base_url": "https://h:0"}, r"http\(s\)://host"),
        ({"base_url": "https://h:99999"}, "not a URL"),
        ({"base_url": "https://[::1"}, "not a URL"),
        ({"base_url": "https://user:pass@h"}, "user name or password"),
        ({"base_url": "https://h/a?b=1"}, "plain path"),
        ({"base_url": "https://h/a#b"}, "plain path"),
        ({"base_url": "https://h/../a"}, "plain path"),
        ({"base_url": "https://h/a b"}, "printable ASCII"),
        ({"base_url": "https://h\u00fc"}, "printable ASCII"),
        ({"base_url": "http://axme.example"}, "allow_insecure_http=True"),
        ({"base_url": "http://localhost.evil.example"}, "allow_insecure_http=True"),
        ({"base_url": "http://10.0.0.1"}, "allow_insecure_http=True"),
        ({"api_key": "k\r\nX-Evil: 1"}, "api_key may hold printable ASCII"),
        ({"api_key": "k\x00"}, "api_key may hold printable ASCII"),
        ({"api_key": " k"}, "api_key is empty, or starts or ends with a blank"),
        ({"api_key": b"k"}, "api_key must be text, not bytes"),
        ({"actor_token": "\u00fc"}, "actor_token may hold"),
        ({"default_owner_agent": "x" * 400}, "default_owner_agent has 400 characters"),
        ({"timeout": 0}, "timeout must be"),
        ({"timeout": float("nan")}, "timeout must be"),
        ({"timeout": "5"}, "timeout must be"),
        ({"timeout_seconds": -1}, "timeout_seconds must be"),
        ({"timeout_seconds": float("inf")}, "timeout_seconds must be"),
        ({"timeout_seconds": True}, "timeout_seconds must be"),
        ({"max_retries": -1}, "max_retries must be"),
        ({"max_retries": 1.5}, "max_retries must be"),
        ({"retry_backoff_seconds": -0.1}, "retry_backoff_seconds must be"),
        ({"mcp_endpoint_path": "mcp"}, "must start with '/'"),
    ],
)
def test_mistakes_are_told(options: dict[str, Any], words: str) -> None:
    with pytest.raises(AxmeConfigError, match=words) as caught:
        config(**options)
    assert isinstance(caught.value, ValueError)
    assert "Evil" not in str(caught.value)


@pytest.mark.parametrize("name", ["TIMEOUT", "MAX_RETRIES"])
def test_mistakes_of_the_environment_name_the_variable(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"AXME_{name}", "soon")
    with pytest.raises(AxmeConfigError, match=f"AXME_{name} must be a number, not 'soon'"):
        config()


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8100", True), ("http://localhost", True), ("http://axme.localhost:1", True),
        ("http://[::1]:8100/", True), ("http://127.9.9.9", True), ("https://axme.example/base/", False),
    ],
)  # fmt: skip
def test_good_places(url: str, loopback: bool) -> None:
    made = config(base_url=url)
    assert made.base_url == url.rstrip("/")
    assert made.is_loopback is loopback


def test_insecure_http_is_possible_on_request() -> None:
    assert config(base_url="http://10.0.0.1", allow_insecure_http=True).base_url == "http://10.0.0.1"


def test_no_secret_is_shown_or_pickled() -> None:
    made = config(actor_token="token-of-a-person", proxies={"https": "http://user:hush@proxy:1"})
    text = f"{made!r} {made} {[made.api_key, made.actor_token, made.bearer_token]!r}"
    for secret in (KEY, "axme_sa", "token-of", "hush"):
        assert secret not in text
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(made)


def test_copies_are_the_same_and_changes_are_new() -> None:
    made = config()
    assert copy.copy(made) is made
    assert copy.deepcopy([made])[0] is made
    changed = dataclasses.replace(made, timeout=3.0)
    assert (changed.timeout, changed.api_key, made.timeout) == (3.0, KEY, 30.0)
    assert hash(made) == hash(config())
    assert made == config()
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.timeout = 1  # type: ignore[misc]
