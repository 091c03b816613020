"""The notebooks are kept clean, and run as they stand: each on a gateway of its own, every cell without an error."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.docs.test_pages import ROOT

NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
#: What a reader must find in the pages that came out.
SHOWN = {
    "admin_notebook": ["Northwind", "waits for ines@example.com", "key hint", "image/png", "would cancel", "suspended"],
    "intent_notebook": [
        "COMPLETED",
        "waits for mia@example.com",
        "reminder 2",
        "<svg",
        "intent_terminal",
        "curl -X POST",
    ],
}
SECRET = re.compile(r"axme_[sk]\w*_[A-Za-z0-9]{20,}")
by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def _cells(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text())["cells"]
    return cells


@by_name
def test_a_notebook_is_kept_clean(path: Path) -> None:
    programs = [cell for cell in _cells(path) if cell["cell_type"] == "code"]
    assert programs
    assert not [cell["id"] for cell in programs if cell["outputs"] or cell["execution_count"]]


@by_name
def test_its_links_lead_somewhere(path: Path) -> None:
    text = "".join("".join(cell["source"]) for cell in _cells(path) if cell["cell_type"] == "markdown")
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert (path.parent / target).exists(), target


@pytest.mark.slow
@by_name
def test_a_notebook_runs(path: Path, tmp_path: Path) -> None:
    pytest.importorskip("nbclient", reason="notebooks are run by nbclient: pip install -e '.[dev]'")
    ran = tmp_path / path.name
    ran.write_text(path.read_text())
    env = {name: value for name, value in os.environ.items() if not name.startswith("AXME_")}
    env |= {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path), "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime")}
    command = [sys.executable, "-m", "jupyter", "execute", "--inplace", "--timeout=240", str(ran)]
    done = subprocess.run(command, cwd=ROOT / "examples", env=env, capture_output=True, text=True, timeout=290)
    assert done.returncode == 0, done.stderr[-4000:]
    shown = json.dumps([cell.get("outputs") for cell in _cells(ran)], ensure_ascii=False)
    assert not [text for text in SHOWN[path.stem] if json.dumps(text, ensure_ascii=False)[1:-1] not in shown]
    assert '"stderr"' not in shown
    assert not SECRET.search(shown)
