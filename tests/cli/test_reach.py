"""Which gateway is meant, and what is said where none is."""

from __future__ import annotations

from pathlib import Path

import pytest

from axme.gateway import LocalGateway
from tests.cli.conftest import Axme


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who has set nothing yet."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("AXME_API_KEY", "AXME_BASE_URL", "AXME_GATEWAY_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def _profiles(home: Path, text: str, mode: int = 0o600) -> None:
    (home / ".axme").mkdir()
    path = home / ".axme" / "profiles.toml"
    path.write_text(text)
    path.chmod(mode)


def test_the_gateway_of_this_machine_is_found(
    axme: Axme, home: Path, gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXME_GATEWAY_DIR", str(gateway.data_dir))
    ran = axme("whoami")
    assert (ran.code, gateway.base_url in ran.out) == (0, True)
    assert gateway.api_key not in ran.out

    monkeypatch.setenv("AXME_BASE_URL", "https://axme.example.com")
    ran = axme("whoami")
    assert ran.code == 2
    assert "no key for https://axme.example.com: set AXME_API_KEY" in ran.err


def test_where_there_is_none_it_is_said_how_to_get_one(axme: Axme, home: Path) -> None:
    ran = axme("intents", "list")
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert "start one with `python -m axme gateway`" in ran.err
    (home / ".axme" / "gateway").mkdir(parents=True)
    (home / ".axme" / "gateway" / "credentials.json").write_text('{"api_key": "k"}')
    assert "is not running: start it with" in axme("intents", "list").err


def test_a_profile_is_read_from_a_file_that_is_the_users_alone(axme: Axme, home: Path, gateway: LocalGateway) -> None:
    _profiles(home, f'[here]\nbase_url = "{gateway.base_url}"\napi_key = "{gateway.api_key}"\n')
    assert axme("--profile", "here", "whoami", "--json").json["workspace"]["slug"] == "default"
    assert axme("--profile", "other", "whoami").err == (
        "axme: ~/.axme/profiles.toml has no profile 'other'; there is: here\n"
    )
    (home / ".axme" / "profiles.toml").chmod(0o640)
    assert "chmod 600 ~/.axme/profiles.toml" in axme("--profile", "here", "whoami").err


@pytest.mark.parametrize(
    ("text", "said"), [("[a", "is no TOML"), ('[a]\nkey = "k"', "unknown setting 'key'"), ("", "there is: none")]
)
def test_a_profile_that_cannot_be_read_is_a_line(axme: Axme, home: Path, text: str, said: str) -> None:
    _profiles(home, text)
    ran = axme("--profile", "a", "whoami")
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert said in ran.err


def test_nobody_answers_and_nobody_is_known(axme: Axme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXME_API_KEY", "wrong")
    refused = axme("intents", "list")
    assert (refused.code, len(refused.err.splitlines())) == (6, 1)
    monkeypatch.setenv("AXME_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AXME_MAX_RETRIES", "0")
    nobody = axme("intents", "list")
    assert (nobody.code, len(nobody.err.splitlines())) == (5, 1)
