"""What a gateway can be told, and what it refuses to be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from axme.gateway.policy.ssrf import Rules
from axme.gateway.settings import Settings, SettingsError, default_data_dir, has_password, without_password

HERE = Path("/nowhere")


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"clock": "sundial"}, "real, test"),
        ({"port": 70000}, "65535"),
        ({"database": "mysql://u:secret@h/d"}, "postgresql://"),
        *[
            ({"public_url": url}, "https://")
            for url in ("axme", "ftp://a", "https://u:secret@a", "https://a?b", "http://[")
        ],
        ({"host": "0.0.0.0"}, "--allow-remote"),
        ({"host": "example.org"}, "--allow-remote"),
        ({"host": "0.0.0.0"}, "--tls-cert"),
        ({"tls_cert": HERE / "cert.pem"}, "--tls-key"),
        ({"tls_cert": HERE / "cert.pem", "tls_key": HERE / "key.pem"}, "cannot speak TLS"),
        ({"node_id": "a b"}, "node id"),
        ({"host": "0.0.0.0", "allow_remote": True, "clock": "test"}, "loopback"),
        ({"host": "0.0.0.0", "allow_remote": True, "allow_local_targets": True}, "loopback"),
    ],
)
def test_a_refusal_says_what_to_change_and_shows_no_secret(given: dict[str, object], word: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(data_dir=HERE, **given)  # type: ignore[arg-type]
    assert word in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_default_is_a_sqlite_file_on_loopback() -> None:
    settings = Settings(data_dir=HERE)
    assert settings.database_url == "sqlite:////nowhere/axme.db"
    assert settings.is_loopback
    assert settings.hosts == {"localhost", "127.0.0.1", "[::1]"}


def test_a_proxy_in_front_may_pass_its_own_name_on() -> None:
    settings = Settings(data_dir=HERE, public_url="https://axme.example.com/tasks-of-ours")
    assert settings.hosts is not None
    assert "axme.example.com" in settings.hosts


def test_a_remote_bind_takes_any_host_name() -> None:
    settings = Settings(data_dir=HERE, host="0.0.0.0", allow_remote=True, database="postgresql://u@h/d")
    assert settings.hosts is None
    assert settings.storage == "postgresql"


def test_where_it_posts_follows_from_who_can_reach_it() -> None:
    assert Settings(data_dir=HERE).push_rules == Rules()
    assert Settings(data_dir=HERE, allow_local_targets=True).push_rules == Rules(allow_local=True)
    remote = Settings(data_dir=HERE, host="0.0.0.0", allow_remote=True)
    assert remote.push_rules == Rules(https_only=True)


def test_the_data_directory_comes_from_the_environment_or_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert default_data_dir({}) == Path("/home/me/.axme/gateway")
    assert default_data_dir({"AXME_GATEWAY_DIR": "/var/axme"}) == Path("/var/axme")


def test_passwords_are_found_and_hidden() -> None:
    assert without_password("postgresql://u:p%40ss@h/d") == "postgresql://u:***@h/d"
    assert has_password("postgresql://u:p@h/d")
    assert not has_password("postgresql://u@h/d")
    assert without_password("postgresql://[broken") == "(not a URL)"
