"""Every code block of the README and the docs runs, in order, against a gateway of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

import axme.gateway

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
#: Languages of blocks that are drawings or files, not programs.
NOT_CODE = {"", "text", "mermaid", "json", "ini"}
SETUP = (
    'python -m pip install -e ".[gateway]" && python examples/quickstart.py',
    "python -m pip install tox && tox",
)

Block = tuple[str, str, int]


def blocks(page: Path) -> Iterator[Block]:
    """Language, text and line of each fenced block."""
    for token in MarkdownIt().parse(page.read_text()):
        if token.type == "fence" and token.map:
            yield token.info.strip(), token.content, token.map[0] + 1


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """What a reader has after the first two minutes: a gateway, and its key in the environment."""
    with axme.gateway.start(data_dir=tmp_path / "gateway") as gateway:
        monkeypatch.setenv("AXME_API_KEY", gateway.api_key)
        monkeypatch.setenv("AXME_BASE_URL", gateway.base_url)
        monkeypatch.chdir(tmp_path)
        yield


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_blocks_of_the_page_run(page: Path, request: pytest.FixtureRequest) -> None:
    if any(language in {"python", "sh"} for language, _, _ in blocks(page)):
        request.getfixturevalue("shell")
    names: dict[str, object] = {"__name__": "page"}
    printed = ""
    for language, text, line in blocks(page):
        if language == "python":
            source = "\n" * line + text
            with redirect_stdout(StringIO()) as out:
                exec(compile(source, str(page), "exec"), names)
            printed = out.getvalue()
        elif language == "output":
            assert re.fullmatch(_pattern(text), printed.strip()), (
                f"{page.name}:{line} promises\n{text}\nbut it printed\n{printed}"
            )
        elif language == "sh":
            _run(text)
        elif not language.startswith("{"):  # {toctree} and its kin are words to the site, and no programs
            assert language in NOT_CODE, f"{page.name}:{line}: a {language!r} block that no test runs"


def test_the_readme_sets_up_in_exactly_two_commands() -> None:
    commands = [text.strip() for language, text, _ in blocks(ROOT / "README.md") if language == "sh"]
    assert tuple(commands[:2]) == SETUP
    assert "python -m pip install tox && tox" in (ROOT / ".ci" / "run").read_text()


def _pattern(text: str) -> str:
    """The promised output; ``…`` stands for anything."""
    return ".*?".join(re.escape(part) for part in text.strip().split("…")).replace("\\\n", "\n")


def _run(text: str) -> None:
    if text.strip() in SETUP:
        return  # set-up itself: run by .ci/run in a fresh environment
    bin_dir = str(Path(sys.executable).parent)
    env = os.environ | {"PATH": f"{bin_dir}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-euc", text], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"$ {text}\n{done.stdout}\n{done.stderr}"
