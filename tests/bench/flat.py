"""The flat SDK in an environment of its own, made once and kept in the cache directory."""

from __future__ import annotations

import os
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path

REQUIREMENT = "axme==0.2.0"


class FlatSdkMissing(RuntimeError):
    """The baseline could not be installed."""


def environment() -> Path:
    """Where it lives: ``$XDG_CACHE_HOME/axme-bench`` or ``~/.cache/axme-bench``."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "axme-bench" / REQUIREMENT.replace("==", "-")


def python(say: Callable[[str], None]) -> str:
    """The interpreter that has the flat SDK; installs it on first use.

    Raises:
        FlatSdkMissing: the package index did not give it.
    """
    home = environment()
    program, ready = home / "bin" / "python", home / "ready"
    if not ready.exists():
        say(f"installing {REQUIREMENT} into {home}")
        venv.create(home, with_pip=True, clear=True)
        found = subprocess.run(
            [program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", REQUIREMENT],
            capture_output=True,
            text=True,
        )
        if found.returncode:
            raise FlatSdkMissing(
                f"{REQUIREMENT} is the baseline and could not be installed from the package index; "
                f"check the network or pip's settings and run again. pip said: {found.stderr.strip()[-400:]}"
            )
        ready.touch()
    return str(program)
