"""The page about security names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
#: Every test of this room is somebody's proof.
ROOM = sorted(path for path in Path(__file__).parent.glob("test_*.py") if path.name != "test_page.py")


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_named_test_exists(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text())
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("path", ROOM, ids=lambda path: path.name)
def test_every_file_of_this_room_is_on_the_page(path: Path) -> None:
    assert f"tests/security/{path.name}::" in PAGE


def test_every_promise_names_its_proof() -> None:
    table = PAGE.partition("## Each promise and its tests")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 30
    assert [row for row in rows if "`tests/" not in row] == []
