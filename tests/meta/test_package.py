"""What a stranger installs: the wheel holds what is needed and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_wheel_is_complete(tmp_path: Path) -> None:
    source = tmp_path / "source"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(source)], check=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(source)], check=True
    )
    (wheel,) = tmp_path.glob("axme-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in ("axme/py.typed", "axme_sdk/py.typed", "axme/client.py", "axme/gateway/__main__.py"):
        assert needed in names
    assert any("migrations/versions/" in name and name.endswith(".py") for name in names), "migrations are missing"
    assert not any(name.startswith(("tests", "examples", "docs")) for name in names)
