"""The command line, run in this process against the shared gateway."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from axme.__main__ import main
from axme.gateway import LocalGateway


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, read."""
        return json.loads(self.out)


Axme = Callable[..., Ran]


@pytest.fixture
def axme(gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Axme:
    """``axme("intents", "list")``, with the first key of the shared gateway in the environment."""
    monkeypatch.setenv("AXME_BASE_URL", gateway.base_url)
    monkeypatch.setenv("AXME_API_KEY", gateway.api_key)
    monkeypatch.delenv("AXME_PROFILE", raising=False)

    def run(*words: str) -> Ran:
        capsys.readouterr()
        code = main(words)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run
